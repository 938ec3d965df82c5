package circus.manager.feed;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.feed.Population.SocketHits;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The samples of the contract (events-and-stats.md, 3). */
class FeedMessageTest {
    private final List<FeedMessage> messages = new ArrayList<>();

    private List<String> told() {
        return messages.stream()
                .map(each -> each.topic() + " " + new String(each.body(), StandardCharsets.UTF_8))
                .toList();
    }

    private static Map<String, @Nullable Object> info(int pid, Object cpu, Object mem, Object age) {
        Map<String, @Nullable Object> info = new LinkedHashMap<>();
        info.put("cpu", cpu);
        info.put("mem", mem);
        info.put("pid", pid);
        info.put("age", age);
        return info;
    }

    @Test
    void each_process_then_the_group_with_mean_sum_and_age_of_the_oldest() {
        FeedMessage.group(
                "stat.web",
                List.of(7, 8, 9),
                Map.of(8, "circusd"),
                Map.of(7, info(7, 1.0, 0.5, 10.0), 8, info(8, 3.0, 0.25, 20.5))::get,
                any -> true,
                messages);
        assertThat(told())
                .containsExactly(
                        "stat.web.7 {\"cpu\": 1.0, \"mem\": 0.5, \"pid\": 7, \"age\": 10.0, \"subtopic\": 7, \"name\": null}",
                        "stat.web.8 {\"cpu\": 3.0, \"mem\": 0.25, \"pid\": 8, \"age\": 20.5, \"subtopic\": 8, \"name\": \"circusd\"}",
                        "stat.web {\"pid\": [7, 8], \"cpu\": 2.0, \"mem\": 0.75, \"age\": 20.5}");
    }

    @Test
    void nobody_is_told_as_circus_does() {
        FeedMessage.group("stat.shelly two", List.of(), Map.of(), nobody -> null, any -> true, messages);
        assertThat(told()).containsExactly("stat.shelly two {\"pid\": [], \"cpu\": 0.0, \"mem\": 0, \"age\": \"N/A\"}");
    }

    @Test
    void what_is_not_known_of_one_is_not_known_of_all_but_for_the_age() {
        FeedMessage.group(
                "stat.web",
                List.of(7, 8),
                Map.of(),
                Map.of(7, info(7, "N/A", "N/A", "N/A"), 8, info(8, 3.0, 0.25, 20.5))::get,
                any -> true,
                messages);
        assertThat(told().get(2))
                .isEqualTo("stat.web {\"pid\": [7, 8], \"cpu\": \"N/A\", \"mem\": \"N/A\", \"age\": 20.5}");
    }

    @Test
    void sockets_and_their_sum_and_nothing_without_any() {
        FeedMessage.sockets(
                List.of(new SocketHits(9, "127.0.0.1:16080", 3), new SocketHits(10, "/tmp/x/ux.sock", 4)),
                any -> true,
                messages);
        assertThat(told())
                .containsExactly(
                        "stat.sockets.9 {\"fd\": 9, \"subtopic\": 9, \"reads\": 3, \"address\": \"127.0.0.1:16080\"}",
                        "stat.sockets.10 {\"fd\": 10, \"subtopic\": 10, \"reads\": 4, \"address\": \"/tmp/x/ux.sock\"}",
                        "stat.sockets {\"addresses\": [\"127.0.0.1:16080\", \"/tmp/x/ux.sock\"], \"reads\": 7}");
        messages.clear();
        FeedMessage.sockets(List.of(), any -> true, messages);
        assertThat(told()).isEmpty();
    }

    @Test
    void nothing_is_made_of_what_nobody_wants() {
        List<SocketHits> sockets = List.of(new SocketHits(9, "/x", 3), new SocketHits(10, "/y", 4));
        List<String> wanted = List.of("stat.web.8", "stat.sockets");
        FeedMessage.group(
                "stat.web",
                List.of(7, 8),
                Map.of(),
                Map.of(7, info(7, new Object(), 0.5, 10.0), 8, info(8, 3.0, 0.25, 20.5))::get,
                wanted::contains,
                messages);
        FeedMessage.sockets(sockets, wanted::contains, messages);
        assertThat(messages).extracting(FeedMessage::topic).containsExactly("stat.web.8", "stat.sockets");
    }
}
