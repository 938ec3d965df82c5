package circus.tests.client;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An unmodified Python client drives our manager: the frames of {@code circus/client.py} over libzmq, both ways. */
@ExtendWith(HomeExtension.class)
class PythonClientTest {
    private final Circus circus;

    PythonClientTest(Home home) {
        circus = home.circus("python", "", """
                [watcher:Sleeper]
                cmd = sleep 1000
                numprocesses = 2
                [env:Sleeper]
                FOO = bär
                """);
    }

    @Test
    void replies_have_the_fields_of_circus_in_the_order_of_circus() {
        circus.start();
        List<Integer> pids = circus.awaitWorkers("sleeper", 2);
        try (PythonClient client = new PythonClient(circus)) {
            JsonNode list = client.call("{\"command\": \"list\", \"properties\": {}}");
            assertThat(names(list)).containsExactly("status", "time", "watchers", "id");
            assertThat(list.get("watchers").toString()).isEqualTo("[\"sleeper\"]");

            JsonNode workers = client.call("{\"command\": \"LIST\", \"properties\": {\"name\": \"SLEEPER\"}}");
            assertThat(workers.get("pids").toString()).isEqualTo(pids.toString().replace(" ", ""));

            JsonNode status = client.call("{\"command\": \"status\", \"properties\": {\"name\": \"sleeper\"}}");
            assertThat(status.get("status").asText()).isEqualTo("active");

            JsonNode got = client.call(
                    "{\"command\": \"get\", \"properties\": {\"name\": \"sleeper\", \"keys\": [\"env\", \"numprocesses\"]}}");
            assertThat(got.get("options").toString()).isEqualTo("{\"env\":{\"FOO\":\"bär\"},\"numprocesses\":2}");

            JsonNode stats = client.call("{\"command\": \"stats\", \"properties\": {\"name\": \"sleeper\"}}");
            assertThat(names(stats)).containsExactly("status", "time", "name", "info", "id");
            assertThat(names(stats.get("info").get(pids.get(0).toString())))
                    .containsExactly(
                            "mem_info1",
                            "mem_info2",
                            "cpu",
                            "mem",
                            "ctime",
                            "pid",
                            "username",
                            "nice",
                            "create_time",
                            "age",
                            "cmdline",
                            "children",
                            "started",
                            "wid");
        }
    }

    @Test
    void what_runs_is_changed_with_the_requests_and_replies_of_circus() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        try (PythonClient client = new PythonClient(circus)) {
            // As the web console does it: add, then set.
            assertThat(names(client.call("{\"command\": \"add\", \"properties\": {\"name\": \"New One\","
                            + " \"cmd\": \"sleep 301\"}}")))
                    .containsExactly("status", "time", "id");
            JsonNode set = client.call("{\"command\": \"set\", \"properties\": {\"name\": \"new one\", \"options\":"
                    + " {\"numprocesses\": 2, \"working_dir\": null, \"shell\": false}, \"waiting\": true}}");
            assertThat(names(set)).containsExactly("status", "time", "id");
            JsonNode started = client.call("{\"command\": \"add\", \"properties\": {\"name\": \"other\", \"cmd\":"
                    + " \"sleep 302\", \"start\": true, \"waiting\": true}}");
            assertThat(names(started)).containsExactly("status", "time", "started", "kept", "id");
            assertThat(started.get("started").toString())
                    .isEqualTo(circus.pids("other").toString());

            JsonNode wrong = client.call("{\"command\": \"set\", \"properties\": {\"name\": \"sleeper\", \"options\":"
                    + " {\"numprocesses\": \"2\"}}}");
            assertThat(wrong.get("reason").asText()).isEqualTo("'numprocesses' isn't an integer");
            assertThat(wrong.get("errno").asInt()).isEqualTo(3);
            JsonNode twice =
                    client.call("{\"command\": \"add\", \"properties\": {\"name\": \"NEW ONE\", \"cmd\": \"x\"}}");
            assertThat(twice.get("reason").asText()).contains("'NEW ONE' already exist");
            assertThat(twice.get("errno").asInt()).isEqualTo(5);

            JsonNode removed =
                    client.call("{\"command\": \"rm\", \"properties\": {\"name\": \"NEW ONE\", \"waiting\": true}}");
            assertThat(names(removed)).containsExactly("status", "time", "id");
            JsonNode reloaded = client.call("{\"command\": \"reloadconfig\", \"properties\": {\"waiting\": true}}");
            assertThat(names(reloaded)).containsExactly("status", "time", "id");
            assertThat(client.call("{\"command\": \"list\"}").get("watchers").toString())
                    .isEqualTo("[\"other\",\"sleeper\"]");
        }
    }

    @Test
    void errors_have_the_numbers_and_words_of_circus() {
        circus.start();
        try (PythonClient client = new PythonClient(circus)) {
            JsonNode unknown = client.call("{\"command\": \"list\", \"properties\": {\"name\": \"nope\"}}");
            assertThat(names(unknown)).containsExactly("status", "reason", "tb", "time", "errno", "id");
            assertThat(unknown.get("reason").asText()).isEqualTo("program nope not found");
            assertThat(unknown.get("errno").asInt()).isEqualTo(3);

            JsonNode bogus = client.call("{\"command\": \"bogus\"}");
            assertThat(bogus.get("reason").asText()).isEqualTo("unknown command: 'bogus'");
            assertThat(bogus.get("errno").asInt()).isEqualTo(2);

            JsonNode missing = client.call("{\"command\": \"incr\", \"properties\": {}}");
            assertThat(missing.get("reason").asText()).isEqualTo("message invalid 'name' is missing");
            assertThat(missing.get("errno").asInt()).isEqualTo(3);
        }
    }

    @Test
    void a_restart_is_answered_with_the_pids_and_told_event_by_event() {
        circus.start();
        List<Integer> before = circus.awaitWorkers("sleeper", 2);
        try (PythonClient client = new PythonClient(circus)) {
            client.awaitSubscription("sleeper");
            client.call("{\"command\": \"incr\", \"properties\": {\"name\": \"sleeper\", \"waiting\": true}}");
            JsonNode first = client.event();
            assertThat(first.get(0).asText()).isEqualTo("watcher.sleeper.spawn");

            JsonNode reply = client.call(
                    "{\"command\": \"restart\", \"properties\": {\"name\": \"sleeper\", \"waiting\": true}}");

            List<Integer> after = circus.pids("sleeper");
            assertThat(names(reply.get("info"))).containsExactly("stopped", "started", "kept");
            assertThat(ints(reply.get("info").get("stopped"))).hasSize(3).containsAll(before);
            assertThat(ints(reply.get("info").get("started"))).containsExactlyInAnyOrderElementsOf(after);
            List<String> topics = new ArrayList<>();
            while (!topics.contains("watcher.sleeper.start")) {
                JsonNode event = client.event();
                topics.add(event.get(0).asText());
                if (event.get(0).asText().endsWith(".reap")) {
                    assertThat(names(event.get(1))).containsExactly("process_pid", "time", "exit_code", "seq");
                    assertThat(event.get(1).get("exit_code").asInt()).isEqualTo(-15);
                }
            }
            assertThat(topics)
                    .containsSubsequence(
                            "watcher.sleeper.kill",
                            "watcher.sleeper.reap",
                            "watcher.sleeper.stop",
                            "watcher.sleeper.spawn",
                            "watcher.sleeper.start");
            assertThat(topics.stream().filter("watcher.sleeper.spawn"::equals)).hasSize(3);
        }
    }

    @Test
    void events_have_numbers_and_those_that_were_missed_are_told_again() {
        circus.start();
        circus.awaitWorkers("sleeper", 2);
        try (PythonClient client = new PythonClient(circus)) {
            client.awaitSubscription("sleeper");
            client.call("{\"command\": \"incr\", \"properties\": {\"name\": \"sleeper\", \"waiting\": true}}");
            JsonNode seen = client.event();
            assertThat(names(seen.get(1))).containsExactly("process_pid", "time", "seq");
            client.call("{\"command\": \"decr\", \"properties\": {\"name\": \"sleeper\", \"waiting\": true}}");

            // The end of a worker is told when its last words are in their place; the reply does not wait for that.
            List<JsonNode> published = List.of(client.event(), client.event());
            JsonNode missed = client.call("{\"command\": \"events\", \"properties\": {\"since\": "
                    + seen.get(1).get("seq").asLong() + "}}");

            assertThat(names(missed))
                    .containsExactly(
                            "status", "time", "events", "first", "last", "lost", "next", "pubsub_endpoint", "id");
            assertThat(missed.get("lost").asLong()).isZero();
            assertThat(missed.get("pubsub_endpoint").asText()).isEqualTo(circus.eventEndpoint());
            assertThat(names(missed.get("events").get(0))).containsExactly("seq", "topic", "process_pid", "time");
            assertThat(names(missed.get("events").get(1)))
                    .containsExactly("seq", "topic", "process_pid", "time", "exit_code", "reason");
            for (int i = 0; i < published.size(); i++) {
                JsonNode again = missed.get("events").get(i);
                assertThat(published.get(i).get(0)).isEqualTo(again.get("topic"));
                assertThat(published.get(i).get(1).get("seq")).isEqualTo(again.get("seq"));
                assertThat(published.get(i).get(1).get("time")).isEqualTo(again.get("time"));
            }
        }
    }

    @Test
    void quit_is_answered_before_the_manager_goes() {
        circus.start();
        try (PythonClient client = new PythonClient(circus)) {
            JsonNode reply = client.call("{\"command\": \"quit\", \"properties\": {\"waiting\": true}}");

            assertThat(reply.get("status").asText()).isEqualTo("ok");
        }
    }

    private static List<String> names(JsonNode object) {
        List<String> names = new ArrayList<>();
        object.fieldNames().forEachRemaining(names::add);
        return names;
    }

    private static List<Integer> ints(JsonNode array) {
        List<Integer> numbers = new ArrayList<>();
        array.forEach(number -> numbers.add(number.asInt()));
        return numbers;
    }
}
