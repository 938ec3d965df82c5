package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.arbiter.House;
import circus.manager.kernel.ListedSocket;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Stage;
import circus.options.CircusOptions;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What kill, signal and the commands that look at the daemon answer, word for word as contract/commands.md has it. */
class ProcessCommandsTest {
    private final House house = new House();
    private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final Commands commands = new Commands(
            house.arbiter,
            new StatsReader(loop::add, house),
            house.changes,
            house.whereabouts,
            house.eventsCommand,
            house.tails,
            () -> {});

    @BeforeEach
    void open() {
        house.add("Web", Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.GRACEFUL_TIMEOUT, 3.0));
        house.open();
        house.news();
    }

    private List<String> send(String command, String properties) {
        return Exchange.send(commands, command, properties);
    }

    private List<String> settled(String command, String properties) {
        List<String> replies = send(command, properties);
        house.settle();
        return replies;
    }

    private static String error(int errno, String reason) {
        return "{\"status\": \"error\", \"reason\": \"" + reason + "\", \"tb\": null, \"errno\": " + errno + "}";
    }

    // ---- kill

    @Test
    void a_kill_is_answered_at_once_or_when_all_are_dead() {
        assertThat(send("kill", "{'name': 'WEB'}")).containsExactly("{\"status\": \"ok\"}");
        house.settle();
        assertThat(house.news())
                .containsExactly("Web.kill", "Web.kill", "Web.exit", "Web.exit", "Web.spawn", "Web.spawn");
        List<String> waiting = send("kill", "{'name': 'web', 'pid': '1003', 'waiting': 1}");
        assertThat(waiting).isEmpty();
        house.settle();
        assertThat(waiting).containsExactly("{\"status\": \"ok\"}");
        assertThat(house.news()).containsExactly("Web.kill", "Web.exit", "Web.spawn");
    }

    @Test
    void a_kill_takes_signal_and_patience_as_numbers_or_texts() {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        List<String> waiting =
                send("kill", "{'name': 'web', 'signum': 'int', 'graceful_timeout': '0.5', 'waiting': true}");
        house.pass(0.4);
        assertThat(house.kernel.signals).containsExactly("1 2", "2 2");
        house.pass(0.1);
        assertThat(house.kernel.signals).contains("1 9", "2 9");
        assertThat(waiting).containsExactly("{\"status\": \"ok\"}");
    }

    @Test
    void a_kill_stands_in_nobody_s_way_and_nobody_in_its() {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        send("restart", "{'name': 'web'}");
        assertThat(send("kill", "{'name': 'web', 'signum': 9}")).containsExactly("{\"status\": \"ok\"}");
        house.settle();
        assertThat(house.kernel.names()).containsExactlyInAnyOrder("web.1", "web.2");
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        send("kill", "{'name': 'web'}");
        assertThat(send("incr", "{'name': 'web'}")).containsExactly("{\"status\": \"ok\"}");
    }

    @Test
    void a_kill_works_while_the_daemon_waits_for_its_end() {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        send("quit", "{}");
        assertThat(settled("kill", "{'name': 'web', 'signum': 'KILL', 'waiting': true}"))
                .containsExactly("{\"status\": \"ok\"}");
        assertThat(house.farewells).hasSize(1);
    }

    @Test
    void what_a_kill_cannot_mean_is_refused_before_anything_happens() {
        assertThat(send("kill", "{'name': 'nope'}")).containsExactly(error(3, "program nope not found"));
        assertThat(send("kill", "{'name': 'nope', 'waiting': true}"))
                .containsExactly(error(3, "program nope not found"));
        assertThat(send("kill", "{'name': 'web', 'signum': '-'}")).containsExactly(error(3, "signal invalid"));
        assertThat(send("kill", "{'name': 'web', 'graceful_timeout': 'x'}"))
                .containsExactly(error(3, "'graceful_timeout' isn't a number of seconds"));
        assertThat(send("kill", "{'name': 'web', 'pid': 4711, 'waiting': true}"))
                .containsExactly("{\"status\": \"ok\"}");
        assertThat(send("kill", "{'name': 'web', 'pid': 0}")).containsExactly("{\"status\": \"ok\"}");
        house.settle();
        assertThat(house.kernel.signals).isEmpty();
    }

    // ---- signal

    @Test
    void a_signal_is_answered_when_it_was_sent() {
        List<String> replies = send("signal", "{'name': 'web', 'signum': 'SIGHUP'}");
        assertThat(replies).isEmpty();
        house.settle();
        assertThat(replies).containsExactly("{\"status\": \"ok\"}");
        settled("signal", "{'name': 'web', 'pid': 1002, 'signum': 1, 'recursive': true}");
        settled("signal", "{'name': 'web', 'pid': '1002', 'signum': '12', 'children': true, 'recursive': true}");
        assertThat(house.kernel.signals).containsExactly("1 1", "2 1", "2 1 tree", "2 12 children");
        assertThat(house.news()).isEmpty();
    }

    @Test
    void a_pid_that_is_none_of_the_watcher_s_is_no_error_unless_its_children_are_meant() {
        assertThat(settled("signal", "{'name': 'web', 'pid': 4711, 'signum': 1}"))
                .containsExactly("{\"status\": \"ok\"}");
        assertThat(settled("signal", "{'name': 'web', 'pid': 4711, 'signum': 1, 'children': true}"))
                .containsExactly(error(5, "process 4711 not found in 'web'"));
        assertThat(settled("signal", "{'name': 'web', 'pid': 4711, 'signum': 1, 'childpid': 1}"))
                .containsExactly(error(5, "process 4711 not found in 'web'"));
        assertThat(house.kernel.signals).isEmpty();
    }

    @Test
    void a_child_is_found_in_both_spellings() {
        house.kernel.child(1).children.add(77);
        for (String spelling : List.of("childpid", "child_pid")) {
            assertThat(settled("signal", "{'name': 'web', 'pid': 1001, 'signum': 1, '" + spelling + "': 77}"))
                    .containsExactly("{\"status\": \"ok\"}");
        }
        assertThat(house.kernel.signals).containsExactly("1 1 child=77", "1 1 child=77");
        assertThat(settled("signal", "{'name': 'web', 'pid': 1002, 'signum': 1, 'childpid': 77}"))
                .containsExactly(error(5, "process 77 is not a child of process 1002, or has ended"));
        assertThat(settled("signal", "{'name': 'web', 'signum': 1, 'childpid': 77}"))
                .containsExactly(error(5, "cannot specify childpid without pid"));
    }

    @Test
    void what_the_resource_watcher_of_circus_sends_hits_the_child_and_nobody_else() {
        house.kernel.child(2).children.add(77);
        assertThat(settled("signal", "{'name': 'web', 'signum': 15, 'child_pid': 77}"))
                .containsExactly("{\"status\": \"ok\"}");
        assertThat(house.kernel.signals).containsExactly("1 15 child=77", "2 15 child=77");
        assertThat(settled("signal", "{'name': 'web', 'signum': 15, 'child_pid': '78'}"))
                .containsExactly(error(5, "process 78 is not a child of any process of 'web', or has ended"));
        assertThat(house.kernel.running).hasSize(2);
        assertThat(send("signal", "{'name': 'web', 'signum': 15, 'child_pid': 4294967373}"))
                .containsExactly(error(5, "no process can have the pid 4294967373"));
    }

    @Test
    void a_signal_that_the_machine_refuses_is_an_error_of_the_machine() {
        house.kernel.signalFailures.add("cannot signal web.1 with SIGHUP: EPERM");
        assertThat(settled("signal", "{'name': 'web', 'signum': 1}"))
                .containsExactly(error(4, "cannot signal web.1 with SIGHUP: EPERM"));
        assertThat(send("signal", "{'name': 'nope', 'signum': 1}")).containsExactly(error(3, "program nope not found"));
        assertThat(send("signal", "{'name': 'web', 'signum': 'SIGBOGUS'}").get(0))
                .contains("'SIGBOGUS' is not a signal", "\"errno\": 5");
    }

    // ---- listsockets

    @Test
    void sockets_are_listed_by_their_numbers_as_they_are_bound() {
        house.kernel.listed.add(new ListedSocket("web", 65, 2048, Optional.of("127.0.0.1"), 16080, Optional.empty()));
        house.kernel.listed.add(new ListedSocket("ux", 64, 5, Optional.empty(), 0, Optional.of("/tmp/x/ux.sock")));
        assertThat(settled("listsockets", "{}"))
                .containsExactly("{\"status\": \"ok\", \"sockets\": [{\"fd\": 64, \"name\": \"ux\", \"backlog\": 5,"
                        + " \"path\": \"/tmp/x/ux.sock\"}, {\"fd\": 65, \"name\": \"web\", \"backlog\": 2048,"
                        + " \"host\": \"127.0.0.1\", \"port\": 16080}]}");
    }

    @Test
    void sockets_of_worker_slots_are_told_with_the_one_whose_name_they_share() {
        Optional<String> host = Optional.of("0.0.0.0");
        house.kernel.listed.add(new ListedSocket("web.SLOT.app.1", 64, 9, host, 80, Optional.empty()));
        house.kernel.listed.add(new ListedSocket("web", 70, 9, host, 80, Optional.empty()));
        house.kernel.listed.add(new ListedSocket("web.SLOT.app.2", 71, 9, host, 80, Optional.empty()));
        house.kernel.listed.add(new ListedSocket("dns.SLOT.app.1", 66, 9, host, 53, Optional.empty()));
        assertThat(settled("listsockets", "{}"))
                .containsExactly("{\"status\": \"ok\", \"sockets\": [{\"fd\": 66, \"name\": \"dns\", \"backlog\": 9,"
                        + " \"host\": \"0.0.0.0\", \"port\": 53, \"slots\": [66]}, {\"fd\": 70, \"name\": \"web\","
                        + " \"backlog\": 9, \"host\": \"0.0.0.0\", \"port\": 80, \"slots\": [64, 71]}]}");
    }

    @Test
    void a_kernel_that_does_not_tell_its_sockets_is_an_error() {
        house.kernel.socketFailures.add("the kernel has gone");
        assertThat(settled("listsockets", "{}"))
                .containsExactly(error(5, "cannot list the sockets, since the kernel does not: the kernel has gone"));
    }

    // ---- globaloptions, dstats, ipython

    @Test
    void global_options_are_told_in_their_order_or_one_of_them() {
        assertThat(send("globaloptions", "{}"))
                .containsExactly("{\"status\": \"ok\", \"options\": {\"endpoint\": \"tcp://127.0.0.1:5555\","
                        + " \"stats_endpoint\": \"tcp://127.0.0.1:5557\", \"pubsub_endpoint\": \"tcp://127.0.0.1:5556\","
                        + " \"check_delay\": 5.0, \"multicast_endpoint\": \"udp://237.219.251.97:12027\"}}");
        assertThat(send("globaloptions", "{'option': 'check_delay'}"))
                .containsExactly("{\"status\": \"ok\", \"options\": {\"check_delay\": 5.0}}");
        assertThat(send("globaloptions", "{'option': 'zzz'}"))
                .containsExactly(error(3, "'zzz' not an existing option"));
        assertThat(send("globaloptions", "{'option': 5}")).containsExactly(error(3, "5 not an existing option"));
        assertThat(send("globaloptions", "{'option': null}").get(0)).contains("multicast_endpoint");
        assertThat(send("globaloptions", "{'option': ''}").get(0)).contains("multicast_endpoint");
    }

    @Test
    void another_pace_is_told_at_once_and_other_endpoints_only_when_they_are_bound() {
        house.whereabouts.applied(OptionValues.NONE
                .with(CircusOptions.CHECK_DELAY, 2.0)
                .with(CircusOptions.ENDPOINT, "tcp://127.0.0.1:1"));
        assertThat(send("globaloptions", "{}").get(0))
                .contains("\"endpoint\": \"tcp://127.0.0.1:5555\"", "\"check_delay\": 2.0");
    }

    @Test
    void the_daemon_s_own_figures_have_no_started_and_no_wid() throws InterruptedException {
        List<String> replies = send("dstats", "{}");
        Runnable answer = loop.poll(10, TimeUnit.SECONDS);
        assertThat(answer).isNotNull();
        answer.run();
        assertThat(replies.get(0))
                .matches(
                        "\\{\"status\": \"ok\", \"info\": \\{\"mem_info1\": \"[0-9.]+[A-Z]\", \"mem_info2\": .*\"cpu\": .*"
                                + "\"mem\": .*\"ctime\": .*\"pid\": "
                                + ProcessHandle.current().pid()
                                + ", \"username\": .*\"nice\": .*\"create_time\": .*\"age\": .*\"cmdline\": \"java\","
                                + " \"children\": \\[]}}");
    }

    @Test
    void there_is_no_ipython() {
        assertThat(send("ipython", "{}"))
                .containsExactly("{\"status\": \"ok\", \"shell\": false, \"msg\": \"not supported: this circusd is no"
                        + " Python program\"}");
    }
}
