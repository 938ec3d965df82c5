package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.wire.Frame;

/** What a kernel holds, handed on to another one on the same descriptors, as an exec would. */
@Timeout(120)
class KernelStateTest {
    private RunningKernel kernel = new RunningKernel();

    KernelStateTest() throws Exception {}

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private RunningKernel.Client succeed() throws Exception {
        kernel = kernel.successor();
        return kernel.connect();
    }

    @Test
    void everything_is_the_same_afterwards() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("set", "value", "a b\n\u00ff\"=");
        client.call("set", "empty", "");
        String value = client.call("get", "value");
        String socket = client.call("make", "socket", "s", "port=0", "reuseport=1");
        client.call("make", "socket", "icmp", "type=raw", "proto=1");
        client.call("make", "socket", "keeper", "port=0", "reuseport=1", "listen=0");
        Path path = Path.of(kernel.socket + ".own");
        client.call("make", "socket", "u", "path=" + path, "mode=0600", "replace=1");
        long running = client.start(
                "runs",
                "echo one; echo two >&2; read x",
                "socket.s=name",
                "env.A= b",
                "umask=027",
                "working_dir=/usr",
                "rlimit.core=0:infinity",
                "rlimit.nofile=100",
                "nice=3",
                "groups=",
                "annotate.k=v w",
                "bufsize=64k");
        client.call("follow", "output", "*");
        long ended = client.start("ended", "echo three; exit 7", "annotate.x=");
        client.until(() ->
                client.has(Frame.End.class, ended) && client.output(running).contains("two"));
        long again = client.start("ended", "sleep 1000", "stdout=0", "stderr=stdout");
        client.call("commit", "out", "" + running, "2");
        String processes = client.call("list", "processes");
        String sockets = client.call("list", "sockets");
        assertThat(processes).contains("incarnation=" + again, "exit=7", "out=2:4", "annotate.k=\"v w\"");

        assertThat(kernel.stateOfAnother()).contains("value name=empty");
        RunningKernel.Client after = succeed();
        assertThat(after.call("list", "processes")).isEqualTo(processes);
        assertThat(after.call("list", "sockets")).isEqualTo(sockets).contains("\n");
        assertThat(after.call("get", "value")).isEqualTo(value);
        after.call("follow", "output", "*");
        after.until(
                () -> after.has(Frame.End.class, ended) && after.output(running).length() == 6);
        assertThat(after.output(running)).contains("e\n", "two\n");
        assertThat(after.output(ended)).isEqualTo("three\n");
        String port = socket.replaceAll("(?s).* port=(\\d+).*", "$1");
        try (Socket connection = new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port))) {
            assertThat(connection.isConnected()).isTrue();
        }
        after.call("remove", "sockets", "u");
        assertThat(Files.exists(path)).isFalse();
        assertThat(after.start("next", "true")).isGreaterThan(again);
    }

    @Test
    void who_ends_meanwhile_or_later_is_told_with_the_right_code() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long later = client.start("later", "while [ ! -e " + kernel.socket + ".go ]; do sleep 0.02; done; exit 5");
        RunningKernel.Client after = succeed();
        after.call("follow", "events", "*");
        Files.createFile(Path.of(kernel.socket + ".go"));
        after.until(() -> after.has(Frame.Exit.class, later));
        Files.delete(Path.of(kernel.socket + ".go"));
        assertThat(after.call("list", "processes")).contains("exit=5", "left=0");
        RunningKernel.Client third = succeed();
        assertThat(third.call("list", "processes")).contains("exit=5");
        third.call("commit", "exit", "" + later);
        assertThat(third.call("list", "processes")).isEmpty();
    }

    @Test
    void what_is_left_behind_stays_known_and_can_be_ended() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "events", "w");
        long process = client.start("w", "(sleep 1000 & sleep 1000) > /dev/null 2>&1 & sleep 0.1; exit 4");
        client.until(() -> client.has(Frame.Exit.class, process));
        assertThat(kernel.stateOfAnother()).contains("\nadopted ", " left=1\n");
        RunningKernel.Client after = succeed();
        after.call("follow", "events", "w");
        assertThat(after.call("list", "processes", "w")).contains("left=1");
        assertThat(after.call("signal", "" + process, "15", "leftovers")).isEqualTo("sent\n");
        after.until(() -> after.has(Frame.Gone.class, process));
        assertThat(after.call("list", "processes", "w")).contains("left=0");
    }

    @Test
    void output_goes_on_where_it_was() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start(
                "w", "i=0; while [ $i -lt 30000 ]; do echo line $i; i=$((i+1)); done; echo end", "bufsize=16m");
        StringBuilder all = new StringBuilder();
        RunningKernel.Client now = client;
        int rounds = 0;
        for (boolean complete = false; !complete; rounds++) {
            RunningKernel.Client reading = now;
            reading.call("follow", "output", "w");
            int wanted = (rounds + 1) * 20_000;
            reading.until(() -> reading.output(process).length() > 20_000
                    || reading.output(process).endsWith("end\n")
                    || all.length() + reading.output(process).length() > wanted);
            String got = reading.output(process);
            all.append(got);
            complete = got.endsWith("end\n");
            reading.call("commit", "out", "" + process, "" + all.length());
            if (!complete) {
                now = succeed();
            }
        }
        assertThat(rounds).isGreaterThan(2);
        List<String> lines = all.toString().lines().toList();
        assertThat(lines).hasSize(30_001);
        for (int i = 0; i < 30_000; i++) {
            assertThat(lines.get(i)).isEqualTo("line " + i);
        }
    }

    @Test
    void who_asks_again_in_papas_words_gets_the_process_that_is_there() throws Exception {
        String make = "make process p env.A=b rlimit.core=5 nice=2 umask=022 sleep 1000 $(socket.shared.fileno)";
        String listed;
        try (Person person = new Person(kernel.socket)) {
            person.ask("make socket shared port=0 reuseport=1");
            listed = person.ask(make);
        }
        assertThat(kernel.stateOfAnother()).contains("\nshare of=shared process=p fd=");
        kernel = kernel.successor();
        try (Person person = new Person(kernel.socket)) {
            assertThat(person.ask(make)).isEqualTo(listed);
            assertThat(person.ask(make.replace("env.A=b", "env.A=c"))).contains("Error");
        }
    }

    @Test
    void a_process_that_is_held_back_stays_so_and_loses_nothing() throws Exception {
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "held");
        long process = manager.start("held.a", "head -c 100000 /dev/zero; sleep 1000", "bufsize=20k");
        manager.until(() -> manager.callUnchecked("stats", "held.a").contains("heldback=1"));
        assertThat(kernel.stateOfAnother()).contains(" held-back=");
        kernel = kernel.handOver(); // with the holder of the lease
        assertThat(manager.call("stats", "held.a")).contains("heldback=1");
        manager.call("follow", "output", "held.*");
        manager.until(() -> {
            manager.callUnchecked(
                    "commit", "out", "" + process, "" + manager.output(process).length());
            return manager.output(process).length() == 100_000;
        });
        assertThat(manager.call("list", "processes", "held.a")).contains(" lost=0");
    }

    @Test
    void streams_that_wait_for_memory_go_on_waiting() throws Exception {
        kernel.close();
        kernel = new RunningKernel(6 * 16 * 1024);
        RunningKernel.Client manager = kernel.connect();
        manager.call("lease", "take", "held");
        long first = manager.start("held.a", "head -c 300000 /dev/zero", "bufsize=1m");
        manager.until(() -> manager.callUnchecked("stats").contains("starved=1"));
        assertThat(kernel.stateOfAnother()).contains("\nstarved ", " hunger=");
        RunningKernel.Client after = succeed();
        after.call("follow", "output", "*");
        after.until(() -> after.has(Frame.End.class, first)); // nobody has the lease: the oldest give way
        assertThat(after.call("stats", "held.a")).contains(":300000:");
    }

    @Test
    void the_pipe_of_one_that_is_held_no_more_stays_open() throws Exception {
        RunningKernel.Client client = kernel.connect();
        Path go = Path.of(kernel.socket + ".go");
        Path done = Path.of(kernel.socket + ".done");
        client.start("w", "(while [ ! -e " + go + " ]; do echo x || exit 1; sleep 0.02; done; echo > " + done + ") &");
        client.call("remove", "processes", "w");
        client.until(() -> client.callUnchecked("list", "processes").isEmpty());
        client.until(() -> state().contains(" released=1"));
        kernel.stateOfAnother();
        RunningKernel.Client after = succeed();
        for (int i = 0; i < 5; i++) {
            after.call("get", "x");
            Thread.onSpinWait();
        }
        Files.createFile(go);
        after.until(() -> Files.exists(done));
        after.until(() -> !state().contains("process name=w"));
        Files.delete(go);
        Files.delete(done);
    }

    private String state() {
        try {
            return kernel.state();
        } catch (Exception failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void a_stranger_stays_one() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("w", "setsid sh -c 'exec > /dev/null 2>&1; (setsid sleep 1000 &) ; exit' & wait; sleep 0.1");
        client.until(() -> client.callUnchecked("list", "processes").contains("state=ended"));
        kernel.stateOfAnother();
    }

    /** The figures are told; how many: -Dpapa.state.processes. */
    @Test
    void many_processes_are_saved_and_restored_soon() throws Exception {
        int many = Integer.getInteger("papa.state.processes", 100);
        RunningKernel.Client client = kernel.connect();
        for (int i = 0; i < many; i++) {
            client.start("many." + i, "echo $$; exec sleep 1000", "env.A=b", "annotate.slot=" + i);
        }
        client.until(() -> client.callUnchecked("stats").contains("output="));
        StringBuilder figures = new StringBuilder();
        for (int i = 0; i < Integer.getInteger("papa.state.rounds", 8); i++) {
            long[] nanos = kernel.timeOfState();
            figures.append(String.format("%n%d µs to save, %d µs to restore", nanos[0] / 1000, nanos[1] / 1000));
        }
        System.out.println(many + " processes:" + figures);
        kernel.stateOfAnother();
        assertThat(kernel.state().lines().filter(each -> each.startsWith("process ")))
                .hasSize(many);
    }
}
