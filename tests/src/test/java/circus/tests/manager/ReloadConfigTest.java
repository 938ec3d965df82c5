package circus.tests.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.client.Answer;
import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** An edited file, with real daemons: what is told beforehand is what happens, and nothing else does. */
@ExtendWith(HomeExtension.class)
class ReloadConfigTest {
    private static final Duration PATIENCE = Duration.ofSeconds(20);

    private final Home home;

    ReloadConfigTest(Home home) {
        this.home = home;
    }

    private Circus circus(String sections) {
        Circus circus = home.circus("edited", "", sections);
        circus.start();
        return circus;
    }

    @Test
    void only_what_has_changed_is_touched() {
        Circus circus = circus("""
                [watcher:cmd]
                cmd = sleep 1000

                [watcher:gone]
                cmd = sleep 1000

                [watcher:more]
                cmd = sleep 1000

                [watcher:same]
                cmd = sleep 1000
                numprocesses = 2

                [watcher:soft]
                cmd = sleep 1000
                max_retry = 3
                """);
        List<Integer> same = circus.awaitWorkers("same", 2);
        List<Integer> soft = circus.awaitWorkers("soft", 1);
        List<Integer> more = circus.awaitWorkers("more", 1);
        List<Integer> cmd = circus.awaitWorkers("cmd", 1);
        circus.edit("[watcher:cmd]\ncmd = sleep 1000", "[watcher:cmd]\ncmd = sleep 2000");
        circus.edit("[watcher:gone]\ncmd = sleep 1000", "[watcher:new]\ncmd = sleep 1000");
        circus.edit("[watcher:more]", "[watcher:more]\nnumprocesses = 2");
        circus.edit("max_retry = 3", "max_retry = 4");

        String plan = circus.tell("reloadconfig", "--plan");
        assertThat(plan)
                .contains("restart  watcher cmd", "sleep 1000 -> sleep 2000, replaces the processes")
                .contains("stop     watcher gone", "no longer in the file")
                .contains("start    watcher new", "new in the file")
                .contains("resize   watcher more", "1 -> 2, changes their number")
                .contains("keep     watcher soft", "3 -> 4, applied live")
                .doesNotContain("watcher same");
        assertThat(circus.pids("cmd")).as("a plan does nothing").isEqualTo(cmd);

        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");

        assertThat(circus.tell("status"))
                .isEqualTo("cmd: active\nmore: active\nnew: active\nsame: active\nsoft: active");
        assertThat(circus.pids("same")).isEqualTo(same);
        assertThat(circus.pids("soft")).isEqualTo(soft);
        assertThat(circus.pids("more")).hasSize(2).containsAll(more);
        assertThat(circus.pids("cmd")).hasSize(1).doesNotContainAnyElementsOf(cmd);
        assertThat(circus.tell("get", "soft", "max_retry")).isEqualTo("max_retry: 4");
        assertThat(circus.tell("reloadconfig", "--plan")).contains("Nothing to do");
        circus.terminate();
    }

    @Test
    void exactly_the_plan_that_was_looked_at_or_none() {
        Circus circus = circus("[watcher:a]\ncmd = sleep 1000\n");
        List<Integer> before = circus.awaitWorkers("a", 1);
        circus.edit("sleep 1000", "sleep 2000");
        Answer plan = circus.call("reloadconfig", Map.of("plan", true));
        String id = String.valueOf(plan.fields().get("plan_id"));

        circus.tell("incr", "--waiting", "a");
        Answer refused = circus.call("reloadconfig", Map.of("plan_id", id, "waiting", true));
        assertThat(String.valueOf(refused.fields().get("reason"))).startsWith("cannot carry out plan " + id);
        assertThat(circus.pids("a")).hasSize(2).containsAll(before);

        String today = String.valueOf(
                circus.call("reloadconfig", Map.of("plan", true)).fields().get("plan_id"));
        assertThat(circus.call("reloadconfig", Map.of("plan_id", today, "waiting", true))
                        .fields())
                .containsEntry("status", "ok");
        assertThat(circus.pids("a")).hasSize(2).doesNotContainAnyElementsOf(before);
        circus.terminate();
    }

    @Test
    void sockets_are_opened_closed_and_opened_anew() throws Exception {
        int first = Home.freePort();
        int second = Home.freePort();
        int third = Home.freePort();
        Circus circus = circus("""
                [socket:web]
                port = %d

                [socket:old]
                port = %d

                [watcher:serves]
                cmd = sleep 1000 $(circus.sockets.web)
                shell = true
                use_sockets = true
                """.formatted(first, second));
        List<Integer> before = circus.awaitWorkers("serves", 1);
        assertThat(isOpen(first)).isTrue();
        assertThat(isOpen(second)).isTrue();
        circus.edit("[socket:old]\nport = " + second, "[socket:more]\nport = " + third);
        circus.edit("port = " + first, "port = " + second);

        assertThat(circus.tell("reloadconfig", "--plan"))
                .contains("reopen", "close", "open", "its socket 'web' is opened anew");
        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");

        assertThat(isOpen(first)).isFalse();
        assertThat(isOpen(second)).isTrue();
        assertThat(isOpen(third)).isTrue();
        assertThat(circus.pids("serves")).hasSize(1).doesNotContainAnyElementsOf(before);
        circus.terminate();
        assertThat(isOpen(second)).isFalse();
    }

    private static boolean isOpen(int port) {
        try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
            return socket.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void a_file_with_mistakes_changes_nothing_and_all_mistakes_are_told() {
        Circus circus = circus("[watcher:a]\ncmd = sleep 1000\n");
        List<Integer> before = circus.awaitWorkers("a", 1);
        circus.edit("cmd = sleep 1000", "cmd = sleep 2000\nnumprocesses = many\nmax_retry = few");
        assertThat(circus.ctl("reloadconfig", "--waiting").toString())
                .contains("'many' is not an integer", "'few' is not an integer");
        assertThat(circus.pids("a")).isEqualTo(before);
        assertThat(circus.tell("get", "a", "cmd")).isEqualTo("cmd: sleep 1000");
        circus.terminate();
    }

    @Test
    void an_edit_while_no_manager_ran_is_a_plan_that_is_told_and_applied() {
        Circus circus = circus("""
                [watcher:a]
                cmd = sleep 1000

                [watcher:b]
                cmd = sleep 1000
                """);
        List<Integer> b = circus.awaitWorkers("b", 1);
        circus.tell("detach");
        circus.manager().awaitExit(PATIENCE);
        circus.edit("[watcher:a]\ncmd = sleep 1000", "[watcher:a]\ncmd = sleep 2000\n\n[watcher:c]\ncmd = sleep 1000");

        circus.start();

        circus.awaitWorkers("c", 1);
        await("the new command")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.pids("a"))
                        .hasSize(1)
                        .allSatisfy(pid -> assertThat(ProcessHandle.of(pid)
                                        .orElseThrow()
                                        .info()
                                        .arguments())
                                .hasValueSatisfying(words -> assertThat(words).containsExactly("2000"))));
        assertThat(circus.pids("b")).isEqualTo(b);
        assertThat(circus.manager().errors())
                .contains("the file has changed since it was applied last", "sleep 1000 -> sleep 2000");
        circus.terminate();
    }

    @Test
    void or_it_is_left_pending() {
        Circus circus = circus("[watcher:a]\ncmd = sleep 1000\n");
        List<Integer> before = circus.awaitWorkers("a", 1);
        circus.manager().kill9();
        circus.edit("sleep 1000", "sleep 2000");
        circus.start("--no-apply");
        assertThat(circus.pids("a")).isEqualTo(before);
        kill(before.get(0));
        await("a worker of the old command")
                .atMost(PATIENCE)
                .untilAsserted(() -> assertThat(circus.pids("a")).hasSize(1).doesNotContainAnyElementsOf(before));
        assertThat(circus.tell("get", "a", "cmd")).isEqualTo("cmd: sleep 1000");
        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");
        assertThat(circus.tell("get", "a", "cmd")).isEqualTo("cmd: sleep 2000");
        circus.terminate();
    }

    @Test
    void a_change_of_circus_itself_is_applied_where_it_can_be() {
        Circus circus = circus("[watcher:a]\ncmd = sleep 1000\n");
        List<Integer> before = circus.awaitWorkers("a", 1);
        circus.edit("[circus]\n", "[circus]\nloglevel = debug\npidfile = " + home.path("c.pid") + "\n");
        assertThat(circus.tell("reloadconfig", "--plan")).contains("applied live", "needs a restart of circusd");
        assertThat(circus.tell("reloadconfig", "--waiting")).isEqualTo("ok");
        assertThat(circus.pids("a")).isEqualTo(before);
        circus.tell("stop", "--waiting", "a");
        await("debug messages")
                .atMost(PATIENCE)
                .until(() -> circus.manager().errors().contains("[DEBUG]"));
        circus.terminate();
    }

    private static void kill(int pid) {
        assertThat(ProcessHandle.of(pid).map(ProcessHandle::destroyForcibly)).contains(true);
    }
}
