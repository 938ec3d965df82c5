package circus.tests.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Children that do what is allowed and what nobody reckons with. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class OddChildrenTest {
    private static final Duration SOON = Duration.ofSeconds(20);

    private final Home home;
    private final Path log;

    OddChildrenTest(Home home) {
        this.home = home;
        log = home.path("odd.log");
    }

    private Circus circus() {
        home.script("closer", """
                trap 'echo closer-out >&2; exit 7' TERM
                echo closer-in
                exec 1>&-
                echo closer-goes-on >&2
                while :; do sleep 0.05; done
                """);
        home.script("keeper", """
                (trap 'echo grandchild-out; exit 0' TERM; echo grandchild-in; while :; do sleep 0.05; done) &
                sleep 0.2
                exit 5
                """);
        home.script("escaper", """
                setsid sh -c 'setsid sleep 100003 >/dev/null 2>&1 & sleep 0.05' >/dev/null 2>&1 &
                echo escaper-in
                exec sleep 100004
                """);
        String streams = """
                stdout_stream.class = FileStream
                stdout_stream.filename = %s
                stderr_stream.class = FileStream
                stderr_stream.filename = %s
                """.formatted(log, log);
        return home.circus("odd", "", """
                [watcher:closer]
                cmd = ./closer
                copy_env = true
                %s
                [watcher:keeper]
                cmd = ./keeper
                copy_env = true
                respawn = false
                %s
                [watcher:escaper]
                cmd = ./escaper
                copy_env = true
                %s
                [watcher:stubborn]
                cmd = perl %s %s
                graceful_timeout = 1
                """.formatted(
                        streams, streams, streams, home.resource("faults/stubborn.pl"), home.path("told")));
    }

    @Test
    void all_of_them_are_seen_logged_and_ended() throws Exception {
        Rounds rounds = Rounds.of(Fault.ODD_CHILDREN, 2);
        Circus circus = circus();
        circus.start();
        rounds.each(round -> {
            logged("closer-goes-on", round);
            logged("escaper-in", round);
            logged("grandchild-in", round);
            // The end of the keeper is not held up by whoever has its pipe, and takes it along.
            ended(circus, "keeper", 5, round);
            logged("grandchild-out", round);
            await("it ignores TERM")
                    .atMost(SOON)
                    .until(() -> Home.read(home.path("told")).contains("start"));
            rounds.timed(() -> circus.tell("stop", "--waiting"));
            ended(circus, "closer", 7, round);
            logged("closer-out", round);
            ended(circus, "stubborn", -9, round);
            await("papa and circusd are left")
                    .atMost(SOON)
                    .untilAsserted(() -> assertThat(home.processes())
                            .noneMatch(line -> line.contains("sleep 100004") || line.contains("keeper")));
            // Who left the tree, the session and its parent, and was in no cgroup, belongs to nobody; papa counts it.
            assertThat(circus.askKernel("stats")).contains(" strangers=" + round + " ");
            if (round < rounds.count()) {
                home.write("told", "");
                circus.tell("start", "--waiting");
            }
        });
        circus.terminate();
        escaped().forEach(ProcessHandle::destroyForcibly);
        home.mustBeEmpty();
        rounds.lines(Home.read(log).lines().count());
        rounds.passed();
    }

    private List<ProcessHandle> escaped() {
        return home.processes().stream()
                .filter(line -> line.endsWith(" sleep 100003"))
                .map(line -> ProcessHandle.of(Long.parseLong(line.substring(0, line.indexOf(' '))))
                        .orElseThrow())
                .toList();
    }

    private void logged(String line, int times) {
        await(line)
                .atMost(SOON)
                .untilAsserted(() ->
                        assertThat(Home.read(log).lines().filter(line::equals)).hasSize(times));
    }

    /** Its end is told once in each round, always with this code. */
    private static void ended(Circus circus, String watcher, int code, int times) {
        await("the end of " + watcher).atMost(SOON).untilAsserted(() -> {
            String events = String.valueOf(
                    circus.call("events", Map.of("name", watcher)).fields().get("events"));
            assertThat(count(events, "watcher." + watcher + ".exit")).as(events).isEqualTo(times);
            assertThat(count(events, "exit_code=" + code + ",")).as(events).isGreaterThanOrEqualTo(times);
        });
    }

    private static int count(String text, String part) {
        return text.split(Pattern.quote(part), -1).length - 1;
    }
}
