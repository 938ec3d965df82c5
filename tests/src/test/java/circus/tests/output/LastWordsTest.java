package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.tests.harness.Background;
import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Who hears of the end of a worker finds in its log what it wrote. */
@ExtendWith(HomeExtension.class)
class LastWordsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final Duration SHORT = Duration.ofMillis(5);
    private static final ObjectMapper JSON = new ObjectMapper();

    /** What somebody saw who looked into the log at the moment of an event. */
    private record Seen(String kind, int pid, String log) {}

    private final Home home;
    private final Path log;
    private final List<Seen> seen = new CopyOnWriteArrayList<>();

    LastWordsTest(Home home) {
        this.home = home;
        log = home.path("out.log");
    }

    private Circus talker(Path file, String options) {
        return home.circus(
                "talk",
                "",
                "[watcher:talker]\ncmd = ./talk.sh\ncopy_env = true\n" + options
                        + "stdout_stream.class = FileStream\nstdout_stream.filename = " + file + "\n");
    }

    private Background listener(Circus circus) {
        return Background.start("listener", () -> {
            try (CircusClient events = new CircusClient(circus.eventEndpoint())) {
                events.subscribe(List.of("watcher."), (topic, body) -> {
                    seen.add(new Seen(topic.substring(topic.lastIndexOf('.') + 1), pid(body), Home.read(log)));
                    return !topic.endsWith(".stop");
                });
            } catch (CallException gone) {
                assertThat(seen).as("heard before " + gone).isNotEmpty();
            }
        });
    }

    private static int pid(byte[] body) {
        try {
            JsonNode event = JSON.readTree(body);
            return event.path("process_pid").asInt();
        } catch (IOException malformed) {
            throw new UncheckedIOException(malformed);
        }
    }

    private List<Seen> ends() {
        return seen.stream()
                .filter(each -> each.kind().equals("reap") || each.kind().equals("exit"))
                .toList();
    }

    @Test
    void what_a_worker_wrote_is_in_its_log_when_its_end_is_told_however_it_ended() {
        home.script(
                "talk.sh",
                "seq 1 3000; printf \"last words of $$\"; case $(($$ % 3)) in 0) exit 0;; 1) kill -9 $$;; esac; exec sleep 1000\n");
        Circus circus = talker(log, "numprocesses = 3\n");
        circus.start();
        try (Background listener = listener(circus)) {
            await("ends are told").atMost(PATIENCE).until(() -> {
                circus.pids("talker").forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
                return ends().size() >= 16;
            });
            circus.tell("stop", "--waiting", "talker");
            await("the stop is told")
                    .atMost(PATIENCE)
                    .until(() -> seen.stream().anyMatch(each -> each.kind().equals("stop")));
            listener.check();
        }
        for (Seen end : ends()) {
            String own = "last words of " + end.pid();
            // One that was killed at once has said nothing, and has nothing of it in the log later either.
            assertThat(end.log().contains(own))
                    .as("%s of %d is in the log when that is told", end.kind(), end.pid())
                    .isEqualTo(Home.read(log).contains(own));
        }
        assertThat(ends().stream().filter(end -> end.log().contains("last words of " + end.pid())))
                .as("ends of workers that had said something")
                .hasSizeGreaterThan(5);
    }

    @Test
    void a_grandchild_that_keeps_the_pipe_delays_the_news_a_little_and_the_replacement_not_at_all() {
        Path go = home.path("go");
        home.script(
                "talk.sh",
                "echo $$ >> starts; [ $(wc -l < starts) -gt 1 ] && exec sleep 1000\n"
                        + "(trap '' TERM; until [ -e " + go + " ]; do sleep 0.1; done; echo the rest) &\n"
                        + "echo last words; exit 3\n");
        Circus circus = talker(log, "graceful_timeout = 60\n");
        List<String> started = new CopyOnWriteArrayList<>();
        circus.start();
        // Within the second that the news may wait, it has to be asked at least once, also on a busy machine.
        await("the end is told")
                .pollDelay(Duration.ZERO)
                .pollInterval(SHORT)
                .atMost(PATIENCE)
                .until(() -> {
                    boolean told = isTold(circus, "exit");
                    if (!told && Home.read(home.path("starts")).lines().count() == 2) {
                        started.add("the replacement");
                    }
                    return told;
                });
        assertThat(Home.read(log)).isEqualTo("last words\n");
        assertThat(started).as("what there was before the end was told").isNotEmpty();
        home.write("go", "");
        await("the rest comes")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(Home.read(log)).isEqualTo("last words\nthe rest\n"));
    }

    private static boolean isTold(Circus circus, String kind) {
        return JSON.valueToTree(circus.call("events", Map.of("since", 0)).fields())
                .toString()
                .contains("watcher.talker." + kind);
    }

    @Test
    void a_full_disk_does_not_hold_the_news_back() {
        home.script("talk.sh", "echo hello; exec sleep 1000\n");
        Circus circus = talker(Path.of("/dev/full"), "");
        circus.start();
        int pid = circus.awaitWorkers("talker", 1).get(0);
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
        await("the end is told").atMost(PATIENCE).until(() -> isTold(circus, "exit"));
        assertThat(circus.pids("talker")).doesNotContain(pid).hasSize(1);
    }
}
