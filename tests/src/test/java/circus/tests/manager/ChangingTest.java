package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** What commands and an edited file change while everything runs, and what does not move. */
@ExtendWith(HomeExtension.class)
class ChangingTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;
    private final Circus circus;

    ChangingTest(Home home) {
        this.home = home;
        circus = home.circus("changing", "", """
                [watcher:web]
                cmd = sleep 1000
                numprocesses = 2
                [watcher:other]
                cmd = sleep 2000
                """);
    }

    @BeforeEach
    void start() {
        circus.start();
        circus.awaitWorkers("web", 2);
        circus.awaitWorkers("other", 1);
    }

    private void edit(String from, String to) {
        String text = Home.read(circus.file());
        assertThat(text).contains(from);
        home.write("changing.ini", text.replace(from, to));
    }

    private List<Integer> both() {
        return List.of(circus.pids("web").get(0), circus.pids("other").get(0));
    }

    @Test
    void set_replaces_what_depends_on_it_and_touches_nothing_else() {
        List<Integer> web = circus.pids("web");
        List<Integer> other = circus.pids("other");

        circus.tell("set", "--waiting", "web", "graceful_timeout", "7", "max_retry", "-1");
        assertThat(circus.pids("web")).isEqualTo(web);
        circus.tell("set", "--waiting", "web", "cmd", "sleep 3000", "env", "A=b");
        assertThat(circus.awaitWorkers("web", 2)).doesNotContainAnyElementsOf(web);
        assertThat(circus.tell("get", "web", "cmd", "env", "graceful_timeout"))
                .isEqualTo("cmd: sleep 3000\nenv: A=b\ngraceful_timeout: 7.0");
        circus.tell("set", "--waiting", "web", "numprocesses", "3");
        circus.awaitWorkers("web", 3);

        assertThat(circus.pids("other")).isEqualTo(other);
        assertThat(circus.tell("status", "--changes"))
                .isEqualTo("web: cmd, env, graceful_timeout, max_retry, numprocesses");
        Commands.Result refused = circus.ctl("set", "web", "uid", "no-such-user");
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.errors()).contains("'no-such-user' isn't a valid user name");
    }

    @Test
    void what_was_done_at_run_time_holds_over_the_death_of_the_manager() {
        circus.tell("set", "--waiting", "web", "cmd", "sleep 3000");
        circus.tell("add", "--start", "--waiting", "new", "sleep", "4000");
        circus.tell("rm", "--waiting", "other");
        List<Integer> before = List.of(
                circus.pids("web").get(0),
                circus.pids("web").get(1),
                circus.pids("new").get(0));
        String changes = circus.tell("status", "--changes");
        assertThat(changes).isEqualTo("new: added\nother: removed\nweb: cmd");

        circus.manager().kill9();
        circus.start();

        assertThat(List.of(
                        circus.pids("web").get(0),
                        circus.pids("web").get(1),
                        circus.pids("new").get(0)))
                .isEqualTo(before);
        assertThat(circus.tell("status")).isEqualTo("new: active\nweb: active");
        assertThat(circus.tell("status", "--changes")).isEqualTo(changes);
        assertThat(circus.tell("reloadconfig", "--plan")).startsWith("Nothing to do");
    }

    @Test
    void an_edited_file_is_a_plan_that_is_told_then_carried_out() {
        List<Integer> other = circus.pids("other");
        List<Integer> web = circus.pids("web");
        edit("cmd = sleep 1000", "cmd = sleep 1111");
        home.write("changing.ini", Home.read(circus.file()) + "[watcher:third]\ncmd = sleep 3\n");

        String plan = circus.tell("reloadconfig", "--plan");
        assertThat(plan)
                .contains("start    watcher third", "restart  watcher web", "sleep 1000 -> sleep 1111", "1 untouched");
        assertThat(circus.pids("web")).isEqualTo(web);
        Answer told = circus.call("reloadconfig", Map.of("plan", true));
        String id = String.valueOf(told.fields().get("plan_id"));

        edit("cmd = sleep 3\n", "cmd = sleep 3333\n");
        Commands.Result moved = circus.ctl("reloadconfig", "--waiting", "--plan_id", id);
        assertThat(moved.exit()).isEqualTo(3);
        assertThat(moved.errors()).contains("cannot carry out plan " + id);
        assertThat(circus.pids("web")).isEqualTo(web);

        circus.tell("reloadconfig", "--waiting");
        assertThat(circus.awaitWorkers("web", 2)).doesNotContainAnyElementsOf(web);
        circus.awaitWorkers("third", 1);
        assertThat(circus.pids("other")).isEqualTo(other);
        assertThat(circus.tell("reloadconfig", "--plan")).startsWith("Nothing to do");

        edit("[watcher:third]\ncmd = sleep 3333\n", "");
        circus.tell("reloadconfig", "--waiting");
        assertThat(circus.tell("list")).isEqualTo("other,web");
    }

    @Test
    void a_file_with_a_mistake_changes_nothing() {
        List<Integer> before = both();
        edit("cmd = sleep 1000", "cmd = sleep 1111\nstop_signal = TREM");
        Commands.Result refused = circus.ctl("reloadconfig", "--waiting");
        assertThat(refused.exit()).isEqualTo(3);
        assertThat(refused.errors()).contains("'TREM' is not a signal");
        assertThat(both()).isEqualTo(before);
    }

    @Test
    void a_file_that_was_edited_while_no_manager_ran_is_carried_out_at_the_start() {
        List<Integer> other = circus.pids("other");
        List<Integer> web = circus.pids("web");
        circus.tell("incr", "--waiting", "other");
        circus.tell("detach");
        await("the manager has gone")
                .atMost(LIMIT)
                .until(() -> !circus.manager().isAlive());
        edit("cmd = sleep 1000", "cmd = sleep 1111");

        circus.start();

        await("new ones run")
                .atMost(LIMIT)
                .until(() -> circus.pids("web").size() == 2
                        && circus.pids("web").stream().noneMatch(web::contains));
        assertThat(circus.awaitWorkers("other", 2)).containsAll(other);
        assertThat(circus.manager().errors()).contains("restart  watcher web", "sleep 1000 -> sleep 1111");
    }

    @Test
    void rm_with_nostop_leaves_processes_alone_for_the_next_manager_too() {
        List<Integer> left = circus.pids("web");
        circus.tell("rm", "--nostop", "web");
        assertThat(circus.tell("status")).isEqualTo("other: active");

        circus.manager().kill9();
        circus.start();

        assertThat(circus.tell("status")).isEqualTo("other: active");
        assertThat(left).allMatch(pid -> ProcessHandle.of(pid).isPresent());
        assertThat(circus.ctl("add", "web", "sleep 3000").toString()).contains("rm --nostop has left alone");
        left.forEach(pid -> ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly));
        await("the name is free")
                .atMost(LIMIT)
                .untilAsserted(() -> assertThat(circus.ctl("add", "--start", "web", "sleep 3000")
                                .exit())
                        .isZero());
        circus.awaitWorkers("web", 1);
        circus.terminate();
    }
}
