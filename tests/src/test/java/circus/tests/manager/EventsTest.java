package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.tests.harness.Background;
import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What is published, and what of it a later manager can still tell. */
@ExtendWith(HomeExtension.class)
class EventsTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int ROUNDS = Integer.getInteger("circus.rounds", 3);

    private final Home home;
    private final Circus circus;

    EventsTest(Home home) {
        this.home = home;
        this.circus = home.circus("told", "", """
                [watcher:sleeper]
                cmd = sleep 1000
                numprocesses = 2

                [watcher:Short Lived]
                cmd = sleep 0.05
                numprocesses = 2
                autostart = false
                """);
    }

    /** All that is kept, as {@code topic {body}} by number. */
    private Map<Long, String> kept(Circus of) {
        Map<Long, String> kept = new ConcurrentSkipListMap<>();
        long since = 0;
        while (true) {
            Answer answer = of.call("events", Map.of("since", since));
            JsonNode fields = JSON.valueToTree(answer.fields());
            for (JsonNode event : fields.get("events")) {
                String before = kept.put(event.get("seq").asLong(), shown(event));
                assertThat(before).isNull();
            }
            since = fields.get("next").asLong();
            if (since >= fields.get("last").asLong()) {
                return kept;
            }
        }
    }

    private static String shown(JsonNode event) {
        return event.get("topic").asText() + " " + event.path("process_pid").asText() + " " + event.get("time");
    }

    private List<String> topics(long since) {
        List<String> topics = new ArrayList<>();
        JSON.valueToTree(circus.call("events", Map.of("since", since)).fields())
                .get("events")
                .forEach(event -> topics.add(event.get("topic").asText().replaceFirst("watcher\\.", "")));
        return topics;
    }

    private long last() {
        return (Long) circus.call("events", Map.of("limit", 1)).fields().getOrDefault("last", 0L);
    }

    @Test
    void a_subscriber_gets_what_it_missed_over_the_death_of_the_manager_once_and_in_order() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        circus.tell("start", "short lived");
        Map<Long, String> heard = new ConcurrentSkipListMap<>();
        List<String> twice = new ArrayList<>();
        try (Background subscriber = Background.start("subscriber", () -> subscribe(heard, twice))) {
            await("something is heard").atMost(PATIENCE).until(() -> !heard.isEmpty());
            for (int round = 0; round < ROUNDS; round++) {
                int before = heard.size();
                await("more is heard").atMost(PATIENCE).until(() -> heard.size() > before + 20);
                circus.manager().kill9();
                circus.start();
            }
            int before = heard.size();
            await("more is heard").atMost(PATIENCE).until(() -> heard.size() > before + 5);
            circus.tell("stop", "--waiting", "short lived");

            Map<Long, String> kept = kept(circus);

            subscriber.check();
            assertThat(twice).isEmpty();
            assertThat(kept).containsAllEntriesOf(heard);
            long first = kept.keySet().iterator().next();
            assertThat(kept.keySet())
                    .as("no number is missing and none comes twice")
                    .containsExactlyElementsOf(
                            LongStream.range(first, first + kept.size()).boxed().toList());
            Map<String, Integer> ends = new HashMap<>();
            kept.values().stream()
                    .filter(event -> event.contains(".exit "))
                    .forEach(end -> ends.merge(end, 1, Integer::sum));
            assertThat(ends)
                    .isNotEmpty()
                    .allSatisfy((end, times) -> assertThat(times).as(end).isEqualTo(1));
        }
        circus.terminate();
    }

    /** Ends with the thread, or with the test's JVM. */
    private void subscribe(Map<Long, String> heard, List<String> twice) throws CallException {
        try (CircusClient events = new CircusClient(circus.eventEndpoint())) {
            events.subscribe(List.of("watcher."), (topic, body) -> {
                JsonNode event;
                try {
                    event = JSON.readTree(body);
                } catch (IOException malformed) {
                    throw new UncheckedIOException(malformed);
                }
                String text = topic + " " + event.path("process_pid").asText() + " " + event.get("time");
                if (heard.put(event.get("seq").asLong(), text) != null) {
                    twice.add(text);
                }
                return !topic.equals("watcher.short_lived.stop");
            });
        }
    }

    @Test
    void follow_prints_each_event_once_over_restarts_of_the_manager() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        assertFollowed(() -> {
            circus.tell("incr", "--waiting", "sleeper");
            circus.manager().kill9();
            circus.start();
            circus.tell("incr", "--waiting", "sleeper");
            circus.tell("detach");
            circus.manager().awaitExit(PATIENCE);
            circus.start();
            circus.tell("restart", "--waiting", "sleeper");
        });
        circus.terminate();
    }

    @Test
    void follow_prints_each_event_once_over_an_upgrade_of_the_manager() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        circus.tell("start", "short lived");
        assertFollowed(() -> {
            circus.tell("upgrade", "--probation", "0");
            circus.tell("incr", "--waiting", "sleeper");
            circus.tell("stop", "--waiting", "short lived");
        });
        circus.terminate();
    }

    /** The former manager publishes what the new one tells it; only when the probation is over its connections end. */
    @Test
    void a_subscriber_misses_nothing_in_a_hand_over() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        circus.tell("start", "short lived");
        Map<Long, String> heard = new ConcurrentSkipListMap<>();
        List<String> twice = new ArrayList<>();
        try (Background subscriber = Background.start("subscriber", () -> subscribe(heard, twice))) {
            await("something is heard").atMost(PATIENCE).until(() -> !heard.isEmpty());
            circus.call("upgrade", Map.of("probation", 30));
            await("another one serves")
                    .atMost(PATIENCE)
                    .until(() -> circus.call("upgrade", Map.of("look", true))
                            .fields()
                            .toString()
                            .contains("step=probation"));
            int before = heard.size();
            await("more is heard").atMost(PATIENCE).until(() -> heard.size() > before + 20);

            subscriber.check();
            List<Long> numbers = List.copyOf(heard.keySet());
            assertThat(twice).isEmpty();
            assertThat(numbers)
                    .containsExactlyElementsOf(LongStream.range(numbers.get(0), numbers.get(0) + numbers.size())
                            .boxed()
                            .toList());
        }
        circus.terminate();
    }

    /** One who follows while this happens has printed, in the end, all that is kept, each event once. */
    private void assertFollowed(Runnable happenings) {
        Path output = home.path("followed");
        Process follower = follow(output);
        try {
            happenings.run();
            List<Long> kept = List.copyOf(kept(circus).keySet());

            await("all is printed")
                    .atMost(PATIENCE)
                    .untilAsserted(() -> assertThat(numbers(output)).containsExactlyElementsOf(kept));
        } finally {
            follower.destroy();
        }
    }

    private Process follow(Path output) {
        ProcessBuilder builder = new ProcessBuilder(
                        Installation.launcher("circusctl").toString(),
                        "--endpoint",
                        circus.endpoint(),
                        "--json",
                        "events",
                        "--follow")
                .redirectOutput(output.toFile())
                .redirectError(home.path("followed.err").toFile());
        builder.environment().put(Installation.MARK, home.directory().toString());
        try {
            return builder.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static List<Long> numbers(Path output) {
        return Home.read(output)
                .lines()
                .map(line -> Long.valueOf(line.replaceAll(".*\"seq\": (\\d+).*", "$1")))
                .toList();
    }

    @Test
    void what_is_published_when_is_as_in_circus() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        await("the start").atMost(PATIENCE).until(() -> topics(0).contains("sleeper.start"));
        assertThat(topics(0)).containsExactly("sleeper.spawn", "sleeper.spawn", "sleeper.start");

        long before = last();
        circus.tell("restart", "--waiting", "sleeper");
        assertThat(topics(before).subList(0, 2)).containsExactly("sleeper.kill", "sleeper.kill");
        assertThat(topics(before).subList(2, 6))
                .containsExactlyInAnyOrder("sleeper.reap", "sleeper.exit", "sleeper.reap", "sleeper.exit");
        assertThat(topics(before).subList(6, 10))
                .containsExactly("sleeper.stop", "sleeper.spawn", "sleeper.spawn", "sleeper.start");

        before = last();
        circus.tell("set", "--waiting", "sleeper", "cmd", "sleep 1001", "max_retry", "7");
        assertThat(topics(before).subList(0, 6))
                .containsExactly(
                        "sleeper.updated",
                        "sleeper.updated",
                        "sleeper.spawn",
                        "sleeper.spawn",
                        "sleeper.kill",
                        "sleeper.kill");
        assertThat(topics(before)).hasSize(9).contains("sleeper.exit").endsWith("sleeper.reload");

        before = last();
        circus.tell("decr", "--waiting", "sleeper");
        circus.tell("incr", "--waiting", "sleeper");
        assertThat(topics(before)).containsExactly("sleeper.kill", "sleeper.exit", "sleeper.spawn");

        before = last();
        circus.tell("add", "New One", "sleep 1002");
        circus.tell("start", "--waiting", "new one");
        circus.tell("rm", "--waiting", "NEW ONE");
        assertThat(topics(before))
                .containsExactly(
                        "new_one.add",
                        "new_one.spawn",
                        "new_one.start",
                        "new_one.remove",
                        "new_one.kill",
                        "new_one.reap",
                        "new_one.exit",
                        "new_one.stop");
        circus.terminate();
    }

    @Test
    void the_end_of_what_rm_has_left_alone_is_told_by_whoever_manages_then() {
        circus.start();
        List<Integer> left = circus.awaitWorkers("sleeper", 2);
        circus.tell("rm", "--nostop", "sleeper");
        long before = last();
        kill(left.get(0));
        await("the first end").atMost(PATIENCE).until(() -> topics(before).size() == 1);
        circus.manager().kill9();
        kill(left.get(1));
        circus.start();
        await("the second end").atMost(PATIENCE).until(() -> topics(before).size() == 2);
        assertThat(topics(before)).containsOnly("sleeper.exit");
        assertThat(circus.tell("events", "sleeper", "--kind", "exit").lines())
                .hasSize(2)
                .allMatch(line -> line.contains("exit_code=-9 reason=left"));
        circus.terminate();
    }

    private static void kill(int pid) {
        ProcessHandle.of(pid).orElseThrow().destroyForcibly();
    }

    @Test
    void a_quit_removes_the_file_and_the_numbers_of_the_next_circusd_are_greater() throws IOException {
        Path file = home.path("told.sock." + arbiter() + ".events");
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        long before = last();
        assertThat(Files.size(file)).isEqualTo(64 + (1 << 20));
        circus.terminate();
        assertThat(file).doesNotExist();

        circus.start();
        circus.awaitWorkers("sleeper", 2);

        assertThat(kept(circus).keySet()).allMatch(seq -> seq > before);
        assertThat(circus.call("events", Map.of("since", before)).fields()).containsEntry("lost", -1L);
        circus.terminate();
    }

    private String arbiter() {
        return Circus.defaultKernelSocket(circus.file())
                .getFileName()
                .toString()
                .replaceFirst("\\.sock$", "");
    }

    @Test
    void without_a_file_events_are_published_and_kept_all_the_same() throws IOException {
        Path file = home.path("told.sock." + arbiter() + ".events");
        Files.createDirectories(file.resolve("in the way"));
        Daemon manager = circus.start();
        circus.awaitWorkers("sleeper", 2);

        assertThat(kept(circus).values()).anyMatch(event -> event.startsWith("watcher.sleeper.spawn"));
        assertThat(manager.errors()).contains("cannot keep events in " + file);
        long before = last();
        manager.kill9();
        circus.start();
        circus.tell("incr", "--waiting", "sleeper");

        assertThat(circus.call("events", Map.of("since", before)).fields()).containsEntry("lost", -1L);
        assertThat(last()).isGreaterThan(before);
        circus.terminate();
    }
}
