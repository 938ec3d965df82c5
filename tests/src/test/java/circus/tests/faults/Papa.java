package circus.tests.faults;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The kernel of a circusd, as a process of the machine. One thread uses it. */
final class Papa {
    private static final Duration SOON = Duration.ofSeconds(60);
    private static final Duration TO_ANSWER = Duration.ofSeconds(2);

    private Papa() {}

    /** Of the one that has the lock; 0 if there is none. */
    static int pid(Circus circus) {
        String text = Home.read(Path.of(circus.kernelSocket() + ".lock")).strip();
        return text.matches("[0-9]+") ? Integer.parseInt(text) : 0;
    }

    /** As an operator, or the machine, would at the worst moment; does not wait. */
    static void kill9(Circus circus) {
        ProcessHandle.of(pid(circus)).ifPresent(ProcessHandle::destroyForcibly);
    }

    /** Kills it, and returns when the next one answers, and circusd does. */
    static void killAndAwaitAnother(Circus circus) {
        int before = pid(circus);
        kill9(circus);
        await("another kernel").atMost(SOON).pollInterval(Duration.ofMillis(10)).until(() -> {
            int now = pid(circus);
            return now > 0 && now != before && circus.hasKernel();
        });
        awaitAnswer(circus);
    }

    /** Waits until circusd answers. */
    static void awaitAnswer(Circus circus) {
        await("circusd answers")
                .atMost(SOON)
                .pollInterval(Duration.ofMillis(10))
                .until(() -> circus.ask("numwatchers", Map.of(), TO_ANSWER)
                        .filter(answer -> "ok".equals(answer.fields().get("status")))
                        .isPresent());
    }
}
