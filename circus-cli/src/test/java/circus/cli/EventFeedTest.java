package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.client.Answer;
import circus.client.CallException;
import circus.curve.KeyFileException;
import circus.message.Json;
import circus.message.JsonException;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What {@code circusctl events} asks for, and what it prints of the answers. */
class EventFeedTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();
    private final List<String> asked = new ArrayList<>();
    private final Deque<String> answers = new ArrayDeque<>();

    private static Route straight() {
        try {
            return new Route(((Invocation.RunShell) Arguments.parse(List.of(), Map.of())).settings());
        } catch (UsageException | ArgumentException | CallException | KeyFileException impossible) {
            throw new AssertionError(impossible);
        }
    }

    private int run(boolean json, Map<String, @Nullable Object> properties) throws CallException {
        EventFeed feed = new EventFeed(
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                "tcp://127.0.0.1:5555",
                straight(),
                json,
                properties);
        return feed.run(request -> {
            asked.add(Json.write(request));
            try {
                return new Answer(Json.readObject(answers.remove()));
            } catch (JsonException impossible) {
                throw new AssertionError(impossible);
            }
        });
    }

    private static String answer(String events, long last, long lost, long next) {
        return "{\"status\": \"ok\", \"events\": [" + events + "], \"first\": 1, \"last\": " + last + ", \"lost\": "
                + lost + ", \"next\": " + next + ", \"pubsub_endpoint\": \"tcp://127.0.0.1:1\"}";
    }

    private static String start(long seq) {
        return "{\"seq\": " + seq + ", \"topic\": \"watcher.web.start\", \"time\": 7.5}";
    }

    private static String text(ByteArrayOutputStream stream) {
        return stream.toString(StandardCharsets.UTF_8);
    }

    @Test
    void asks_page_by_page_until_what_was_the_latest_at_first() throws CallException {
        answers.add(answer(start(8), 9, 0, 8));
        answers.add(answer(start(9) + ", " + start(10), 10, 0, 10));

        int code = run(true, new LinkedHashMap<>(Map.of("names", List.of(), "since", 7L)));

        assertThat(code).isEqualTo(Console.DONE);
        assertThat(text(out)).isEqualTo(start(8) + "\n" + start(9) + "\n" + start(10) + "\n");
        assertThat(text(err)).isEmpty();
        assertThat(asked).hasSize(2);
        assertThat(asked.get(0)).contains("\"since\": 7");
        assertThat(asked.get(1)).contains("\"since\": 8");
    }

    @Test
    void a_limit_holds_for_all_pages_together() throws CallException {
        answers.add(answer(start(8) + ", " + start(9), 20, 0, 9));
        answers.add(answer(start(10) + ", " + start(11), 20, 0, 11));

        run(true, new LinkedHashMap<>(Map.of("limit", 3L)));

        assertThat(text(out).lines()).hasSize(3);
        assertThat(asked).containsExactly("{\"limit\": 3}", "{\"limit\": 1, \"since\": 9}");
    }

    @Test
    void tells_what_is_lost_beside_what_it_prints() throws CallException {
        answers.add(answer(start(8), 8, 3, 8));
        run(true, Map.of("since", 4L));
        answers.add(answer(start(8), 8, -1, 8));
        run(true, Map.of("since", 4L));

        assertThat(text(err)).isEqualTo("""
                        circusctl: 3 events after 4 are not kept any more
                        circusctl: cannot tell how many events after 4 are lost: circusd numbers them anew
                        """);
    }

    @Test
    void a_refusal_is_told_as_that_of_any_command() throws CallException {
        String refusal = "{\"status\": \"error\", \"reason\": \"unknown command: 'events'\", \"errno\": 2}";
        answers.add(refusal);
        assertThat(run(false, Map.of())).isEqualTo(Console.REFUSED);
        assertThat(text(err)).isEqualTo("error: unknown command: 'events'\n");
        answers.add(refusal);
        assertThat(run(true, Map.of("follow", true))).isEqualTo(Console.DONE);
        assertThat(text(out)).isEqualTo(refusal + "\n");
    }

    @Test
    void lines_are_in_columns_and_cannot_move_a_cursor() throws JsonException {
        EventLines lines = new EventLines(ZoneOffset.UTC);
        String exit = "{\"seq\": 1795209527101116, \"topic\": \"watcher.web.exit\", \"process_pid\": 4243, \"time\":"
                + " 1795209527.1011164, \"exit_code\": -9, \"reason\": \"died\"}";
        String failure =
                "{\"seq\": 9, \"topic\": \"watcher.a\\u001b[2Jlong name.hook_failure\", \"name\": \"before_start\","
                        + " \"time\": 1795209527, \"error\": \"no \\u001b[2J\"}";

        assertThat(lines.line(Json.readObject(exit)))
                .isEqualTo("1795209527101116  2026-11-20 21:18:47.101  web       exit      process_pid=4243"
                        + " exit_code=-9 reason=died");
        assertThat(lines.line(Json.readObject(failure)))
                .isEqualTo("9  2026-11-20 21:18:47.000  a?[2Jlong name  hook_failure  name=before_start"
                        + " error=\"no \\u001b[2J\"");
        assertThat(lines.line(Json.readObject(start(10))))
                .isEqualTo("10  1970-01-01 00:00:07.500  web             start");
    }
}
