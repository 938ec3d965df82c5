package circus.top;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class ModelTest {
    private final SampleFeed feed = new SampleFeed();

    private List<Long> pids(String watcher) {
        Model.Group group = feed.model.find(watcher);
        return group == null
                ? List.of()
                : group.members().stream().map(each -> each.figures().pid()).toList();
    }

    @Test
    void a_watcher_is_the_sum_of_its_processes_and_as_old_as_the_oldest() {
        feed.usual();
        Model.Group web = Objects.requireNonNull(feed.model.find("web"));
        assertThat(web.cpuSum()).isEqualTo(12.5);
        assertThat(web.memorySum()).isEqualTo(0.5);
        assertThat(web.residentSum()).isEqualTo(4.0 * 1024 * 1024);
        assertThat(web.age()).isEqualTo(3_700);
        assertThat(web.cpu().size()).isEqualTo(1);
        assertThat(Totals.of(feed.model)).isEqualTo(new Totals(2, 3, 14.4, 4.125, 46.0 * 1024 * 1024));
    }

    @Test
    void a_process_without_news_goes_after_the_timeout_and_not_before() {
        feed.usual();
        for (int second = 1; second <= 3; second++) {
            feed.after(1).process("web", 4242, "1.0", "0.25", 1).group("web", 4242);
            assertThat(pids("web")).as("after " + second).containsExactly(4242L, 4243L);
        }
        feed.after(1).process("web", 4242, "1.0", "0.25", 1).group("web", 4242);
        assertThat(pids("web")).containsExactly(4242L);
    }

    @Test
    void a_watcher_of_which_nothing_is_told_goes_too() {
        feed.usual();
        for (int second = 1; second <= 4; second++) {
            feed.after(1).daemon("circusd", 4200, 0.4).group("circus", 4200);
        }
        assertThat(feed.model.watchers()).isEmpty();
    }

    @Test
    void nothing_goes_because_the_feed_has_stopped_and_come_back() {
        feed.usual().after(60).usual().after(1).usual();
        assertThat(pids("web")).containsExactly(4242L, 4243L);
        feed.after(60).process("web", 4243, "0.0", "0.25", 65).group("web", 4243);
        assertThat(pids("web")).as("its message is only late").containsExactly(4242L, 4243L);
        assertThat(Objects.requireNonNull(feed.model.find("web")).cpu().size()).isEqualTo(4);
    }

    @Test
    void nothing_goes_because_of_a_pause() {
        feed.usual();
        for (int second = 0; second < 10; second++) {
            feed.after(1).model.alive(feed.now);
        }
        feed.model.refresh();
        feed.after(1).process("web", 4242, "1.0", "0.25", 1).group("web", 4242);
        assertThat(pids("web")).containsExactly(4242L, 4243L);
    }

    @Test
    void a_name_with_dots_or_blanks_is_one_watcher() {
        feed.process("a.b.c", 77, "1.0", "0.1", 1)
                .group("a.b.c", 77)
                .process("shelly two", 78, "1.0", "0.1", 1)
                .process("shelly_two", 79, "1.0", "0.1", 1);
        assertThat(feed.model.watchers()).containsExactly("a.b.c", "shelly_two");
        assertThat(pids("a.b.c")).containsExactly(77L);
        assertThat(pids("shelly_two")).containsExactly(78L, 79L);
    }

    @Test
    void what_is_not_known_is_not_a_number_and_spoils_no_total() {
        feed.process("web", 4242, "\"N/A\"", "\"N/A\"", 5).group("web", 4242).process("db", 1, "2.0", "1.0", 5);
        assertThat(Objects.requireNonNull(feed.model.find("web")).cpuSum()).isNaN();
        assertThat(Totals.of(feed.model).cpu()).isEqualTo(2.0);
    }

    @Test
    void what_is_no_message_of_a_feed_is_passed_over() {
        for (String body : List.of("", "[]", "{", "{}", "{\"pid\": 5}", "{\"pid\": \"x\"}", "{\"fd\": 1}")) {
            assertThat(StatMessage.read("stat.web.7", body.getBytes(StandardCharsets.UTF_8)))
                    .as(body)
                    .isEmpty();
        }
        assertThat(StatMessage.read("watcher.web.spawn", "{\"pid\": []}".getBytes(StandardCharsets.UTF_8)))
                .isEmpty();
    }

    @Test
    void there_are_limits() {
        for (int pid = 1; pid <= Model.MOST_PROCESSES + 1; pid++) {
            feed.process("web", pid, "0.0", "0.0", 1);
        }
        assertThat(pids("web")).hasSize(Model.MOST_PROCESSES);
        assertThat(feed.model.isDropping()).isTrue();
        for (int i = 0; i <= Model.MOST_GROUPS; i++) {
            feed.group("g" + i);
        }
        assertThat(feed.model.watchers()).hasSize(Model.MOST_GROUPS);
        for (int i = 0; i <= Model.MOST_SOCKETS; i++) {
            feed.socket(i, "x", 0);
        }
        assertThat(feed.model.sockets()).hasSize(Model.MOST_SOCKETS);
    }

    @Test
    void the_command_endpoint_adds_watchers_that_have_no_process() throws Exception {
        feed.usual();
        feed.model.reports(WatcherReport.read(circus.message.Json.readObject("""
                {"statuses": {"Web": "active", "Off Duty": "stopped", "circusd-stats": "active"},
                 "details": {"Web": {"state": "active", "processes": 2, "wanted": 3, "since": 1.5, "restarts": 7,
                   "last_exit": {"pid": 5, "wid": 1, "code": -9, "time": 940.0, "reason": "died"}}}}
                """)));
        assertThat(feed.model.watchers()).containsExactly("db", "off_duty", "web");
        WatcherReport web = Objects.requireNonNull(feed.model.report("web"));
        assertThat(web.name()).isEqualTo("Web");
        assertThat(web.restarts()).isEqualTo(7);
        assertThat(Objects.requireNonNull(web.lastExit()).text(1_000)).isEqualTo("signal 9, 1m00s ago");
        assertThat(Objects.requireNonNull(feed.model.report("off_duty")).restarts())
                .isEqualTo(-1);
    }
}
