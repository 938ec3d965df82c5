package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.ReplyListener;
import papa.descent.Orphans;
import papa.posix.NativePosix;
import papa.posix.Proc;
import papa.wire.Frame;

@Timeout(120)
class SignalSetTest {
    /** Leaves its parent, its session and its streams, twice over. */
    private static final String DAEMON = """
            import os, sys, time
            def leave():
                if os.fork(): os._exit(0)
                os.setsid()
            if os.fork():
                time.sleep(float(sys.argv[2]))
                os._exit(3)
            if sys.argv[1] != 'keep':
                null = os.open('/dev/null', os.O_RDWR)
                for fd in 0, 1, 2: os.dup2(null, fd)
            leave()
            leave()
            os.execvp('sleep', ['sleep', '1000'])
            """;

    /** Traces a process, and looks at its end only when it is told to. */
    private static final String TRACER = """
            import ctypes, os, signal, sys
            signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
            pid, PTRACE_SEIZE, WALL = int(sys.argv[1]), 0x4206, 0x40000000
            assert ctypes.CDLL(None).ptrace(PTRACE_SEIZE, pid, None, None) == 0
            print('seized')
            signal.sigwait([signal.SIGUSR1])
            os.waitpid(pid, WALL)
            signal.pause()
            """;

    private final RunningKernel kernel;
    private final Proc proc = new Proc(new NativePosix());
    private RunningKernel.Client client;

    SignalSetTest() throws Exception {
        kernel = new RunningKernel();
        client = kernel.connect();
    }

    @BeforeEach
    void follow() throws Exception {
        client.call("follow", "output", "*");
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private long started(String name, String script) throws Exception {
        long process = client.start(name, script);
        client.until(() -> client.output(process).contains("ready"));
        return process;
    }

    /** The numbers that a process has printed, each on a line of its own. */
    private List<Integer> pids(long process, int count) throws Exception {
        client.until(() -> client.output(process)
                        .lines()
                        .filter(each -> each.matches("\\d+"))
                        .count()
                >= count);
        return client.output(process)
                .lines()
                .filter(each -> each.matches("\\d+"))
                .map(Integer::valueOf)
                .toList();
    }

    private boolean runs(int pid) {
        Optional<Proc.Stat> stat = proc.stat(pid);
        return stat.isPresent() && !stat.get().hasEnded();
    }

    private Frame.Exit exitOf(long process) throws Exception {
        client.until(() -> client.has(Frame.Exit.class, process));
        return (Frame.Exit) client.frames.stream()
                .filter(each -> each instanceof Frame.Exit && each.incarnation() == process)
                .findFirst()
                .orElseThrow();
    }

    @Test
    void a_tree_is_all_that_descends_whatever_its_session() throws Exception {
        long process = started(
                "w", "setsid sh -c 'echo $$; sleep 1000 & echo $!; wait' & sleep 1000 & echo $!; echo ready; wait");
        List<Integer> pids = pids(process, 3);
        assertThat(client.call("signal", "w", "0", "tree")).matches("sent 4( [0-9]+){4}\n");
        assertThat(client.call("signal", "w", "SIGTERM", "tree")).matches("sent 4( [0-9]+){4}\n");
        client.until(() -> pids.stream().noneMatch(this::runs));
        assertThat(exitOf(process).code()).isEqualTo(-15);
    }

    @Test
    void killing_a_tree_catches_what_forks_as_fast_as_it_can() throws Exception {
        // Each generation starts the next in a session of its own and ends; three such lines at once.
        long process = started(
                "w",
                "f() { setsid sh -c \"$1\" \"$1\" & }; "
                        + "run='setsid sh -c \"$0\" \"$0\" & sleep 0.02'; f \"$run\"; f \"$run\"; f \"$run\"; echo ready; sleep 1000");
        String answer = client.call("signal", "w", "KILL", "tree");
        assertThat(answer).startsWith("sent ");
        assertThat(exitOf(process).code()).isEqualTo(-9);
        if (exitOf(process).leftovers() > 0) {
            client.call("signal", "" + process, "KILL", "leftovers");
        }
        client.until(() -> client.callUnchecked("list", "processes", "w").contains("left=0"));
    }

    @Test
    void children_are_those_that_it_has_now() throws Exception {
        long process =
                started("w", "sh -c 'sleep 1000 & echo $!; wait' & echo $!; sleep 0.1; echo ready; wait; sleep 1000");
        List<Integer> pids = pids(process, 2);
        assertThat(client.call("signal", "w", "KILL", "children")).matches("sent 1( [0-9]+){1}\n");
        client.until(() -> pids.stream().filter(this::runs).count() == 1);
        assertThat(client.call("list", "processes", "w")).contains("state=running");
    }

    @Test
    void one_child_is_only_that_and_only_if_it_is_one() throws Exception {
        long process = started(
                "w",
                "sleep 1000 & echo $!; sh -c 'sleep 1000 & echo $!; wait' & echo $!; sleep 0.1; echo ready; wait; sleep 1000");
        List<Integer> pids = pids(process, 3);
        int first = pids.get(0);
        List<Integer> shells = pids.stream()
                .filter(pid -> pid != first
                        && proc.stat(pid).orElseThrow().parent()
                                == proc.stat(first).orElseThrow().parent())
                .toList();
        int grandchild = pids.stream()
                .filter(pid -> pid != first && !shells.contains(pid))
                .findFirst()
                .orElseThrow();
        assertThat(client.call("signal", "w", "TERM", "child=" + grandchild)).isEqualTo("gone\n");
        assertThat(client.call(
                        "signal",
                        "w",
                        "TERM",
                        "child=" + ProcessHandle.current().pid()))
                .isEqualTo("gone\n");
        assertThat(client.call("signal", "" + process, "TERM", "child=" + first))
                .matches("sent 1( [0-9]+){1}\n");
        client.until(() -> !runs(first));
        assertThat(shells).hasSize(1).allMatch(this::runs);
        assertThat(runs(grandchild)).isTrue();
        assertThat(client.call("list", "processes", "w")).contains("state=running");
        for (String pid : List.of("0", "-1", "x", "", "99999999999999999999", "4294967297")) {
            assertThatThrownBy(() -> client.call("signal", "w", "TERM", "child=" + pid))
                    .as(pid)
                    .hasMessageContaining("cannot");
        }
    }

    @Test
    void a_group_is_what_did_not_leave_it() throws Exception {
        long process = started("w", "sleep 1000 & echo $!; setsid sleep 1000 & echo $!; echo ready; wait");
        List<Integer> pids = pids(process, 2);
        client.until(() -> proc.stat(pids.get(1)).orElseThrow().group() == pids.get(1));
        assertThat(client.call("signal", "w", "TERM", "group")).matches("sent 2( [0-9]+){2}\n");
        client.until(() -> !runs(pids.get(0)));
        assertThat(runs(pids.get(1))).isTrue();
        assertThat(exitOf(process).leftovers()).isPositive();
        assertThat(client.call("signal", "" + process, "TERM", "group")).isEqualTo("gone\n");
        assertThat(client.call("signal", "" + process, "TERM", "tree")).matches("sent 1( [0-9]+){1}\n");
    }

    private long python(String name, String program, String... arguments) throws Exception {
        List<String> words = new ArrayList<>(
                List.of("make", "process", name, "path=/usr/bin:/bin", "--", "python3", "-uc", program));
        words.addAll(List.of(arguments));
        String answer = client.channel.call(words, RunningKernel.LIMIT);
        return Long.parseLong(answer.replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
    }

    @Test
    void who_leaves_twice_is_known_by_its_output() throws Exception {
        long process = python("w", DAEMON, "keep", "0.3");
        assertThat(exitOf(process).leftovers()).isEqualTo(1);
        assertThat(client.call("signal", "" + process, "TERM", "leftovers")).isEqualTo("sent\n");
        RunningKernel.Client other = kernel.connect();
        other.call("follow", "events", "w");
        other.until(() -> client.callUnchecked("list", "processes", "w").contains("left=0"));
        assertThat(kernel.strangers()).isEmpty();
    }

    @Test
    void who_was_seen_before_is_known_without_its_output() throws Exception {
        long process = started(
                "w",
                "setsid sh -c 'exec > /dev/null 2>&1; sleep 1000 & wait' & sleep 0.2; echo ready; read x < /dev/zero; sleep 1000");
        assertThat(client.call("signal", "w", "0", "tree")).startsWith("sent ");
        client.call("signal", "w", "KILL");
        assertThat(exitOf(process).leftovers()).isEqualTo(1);
        assertThat(client.call("signal", "" + process, "KILL", "tree")).matches("sent 2( [0-9]+){2}\n");
        client.until(() -> client.callUnchecked("list", "processes", "w").contains("left=0"));
    }

    @Test
    void who_left_everything_is_a_stranger() throws Exception {
        long process = python("w", DAEMON, "leave", "0.5");
        exitOf(process);
        client.until(
                () -> kernel.strangers().stream().anyMatch(each -> each.name().equals("sleep")));
        Orphans.Stranger stranger = kernel.strangers().iterator().next();
        assertThat(proc.stat(stranger.pid()).orElseThrow().startTicks()).isEqualTo(stranger.startTicks());
        new NativePosix().kill(stranger.pid(), 9);
        client.until(() -> kernel.strangers().isEmpty());
    }

    @Test
    void gone_is_told_when_the_last_of_a_line_has_ended() throws Exception {
        RunningKernel.Client events = kernel.connect();
        events.call("follow", "events", "w");
        long process = client.start("w", "(sleep 0.3; (setsid sleep 0.3; setsid sleep 0.3; echo last) & ) & exit 0");
        events.until(() -> events.has(Frame.Gone.class, process));
        client.until(() -> client.has(Frame.End.class, process));
        assertThat(client.output(process)).isEqualTo("last\n");
        long gone = events.frames.stream()
                .filter(each -> each instanceof Frame.Gone)
                .count();
        assertThat(gone).isEqualTo(1);
    }

    @Test
    void what_is_stopped_dies_of_kill_and_gets_term_when_it_goes_on() throws Exception {
        long process = started("w", "sleep 1000 & echo $!; kill -STOP $!; echo ready; wait");
        int child = pids(process, 1).get(0);
        assertThat(client.call("signal", "w", "STOP", "tree")).matches("sent 2( [0-9]+){2}\n");
        client.until(() -> proc.stat(child).orElseThrow().state() == 'T');
        assertThat(client.call("signal", "w", "TERM", "children")).matches("sent 1( [0-9]+){1}\n");
        assertThat(runs(child)).isTrue();
        assertThat(client.call("signal", "w", "KILL", "tree")).matches("sent 2( [0-9]+){2}\n");
        client.until(() -> !runs(child));
        assertThat(exitOf(process).code()).isEqualTo(-9);
    }

    @Test
    void nobody_is_there_once_it_has_ended() throws Exception {
        long process = client.start("w", "exit 0");
        exitOf(process);
        for (String set : List.of("process", "group", "children", "tree", "leftovers")) {
            assertThat(client.call("signal", "" + process, "TERM", set)).isEqualTo("gone\n");
            assertThat(client.call("signal", "4711", "TERM", set)).isEqualTo("gone\n");
        }
    }

    @Test
    void what_cannot_be_understood_is_refused() {
        assertThatThrownBy(() -> client.call("signal", "nobody", "TERM"))
                .hasMessage("cannot signal nobody: there is no process of that name");
        assertThatThrownBy(() -> client.call("signal", "1", "TREM"))
                .hasMessage("cannot send signal TREM: neither a name such as TERM, nor between 0 and 64");
        assertThatThrownBy(() -> client.call("signal", "1", "65")).hasMessageContaining("cannot send signal 65");
        assertThatThrownBy(() -> client.call("signal", "1", "15", "tre"))
                .hasMessageContaining("process, group, children, tree, leftovers, cgroup are the sets");
        assertThatThrownBy(() -> client.call("signal", "1")).hasMessageContaining("cannot signal: ");
    }

    @Test
    void without_a_cgroup_it_cannot_be_signalled() throws Exception {
        client.start("w", "sleep 1000");
        assertThatThrownBy(() -> client.call("signal", "w", "KILL", "cgroup"))
                .hasMessage("cannot signal the cgroup of w: it was not started with cgroup=1");
    }

    @Test
    void the_end_of_a_traced_process_is_told_when_its_tracer_lets_go() throws Exception {
        long process = started("w", "echo $$; echo ready; sleep 1000");
        int pid = pids(process, 1).get(0);
        long tracer = python("tracer", TRACER, "" + pid);
        client.until(() -> client.output(tracer).contains("seized"));
        assertThat(client.call("signal", "w", "KILL")).isEqualTo("sent\n");
        client.until(() -> proc.stat(pid).orElseThrow().hasEnded());
        assertThat(client.call("list", "processes", "w")).contains("state=running");
        client.call("signal", "tracer", "USR1");
        assertThat(exitOf(process).code()).isEqualTo(-9);
    }

    @Test
    void a_tree_of_a_thousand_does_not_hold_up_others() throws Exception {
        long process = started("w", "i=0; while [ $i -lt 999 ]; do sleep 1000 & i=$((i+1)); done; echo ready; wait");
        List<String> answers = new ArrayList<>();
        ReplyListener listener = new ReplyListener() {
            @Override
            public void ok(String text) {
                answers.add(text);
            }

            @Override
            public void failed(String reason) {
                throw new AssertionError(reason);
            }
        };
        client.call("set", "x", "meanwhile");
        client.channel.request(List.of("signal", "w", "KILL", "tree"), listener);
        client.channel.request(List.of("get", "x"), listener);
        client.until(() -> answers.size() == 2);
        assertThat(answers.get(0)).isEqualTo("meanwhile");
        assertThat(answers.get(1)).matches("sent 1000( [0-9]+){1000}\n");
        assertThat(exitOf(process).code()).isEqualTo(-9);
    }

    @Test
    void a_cgroup_that_cannot_be_made_is_refused() throws Exception {
        assertThatThrownBy(() -> client.start("w", "sleep 1000", "cgroup=1"))
                .hasMessage("cannot start w in a cgroup: papa was told to make none; start it without cgroup=1, or run"
                        + " papa where it may make cgroups");
        assertThat(client.callUnchecked("list", "processes")).isEmpty();
        assertThat(client.start("w", "sleep 1000")).isPositive();
    }
}
