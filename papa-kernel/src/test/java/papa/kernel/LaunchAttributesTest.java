package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.wire.Frame;
import papa.wire.Limit;

/** What a process can be given beyond its program. These tests run as root, as the continuous integration does. */
@Timeout(120)
class LaunchAttributesTest {
    private final RunningKernel kernel;
    private final RunningKernel.Client client;

    LaunchAttributesTest() throws Exception {
        kernel = new RunningKernel();
        client = kernel.connect();
        client.call("follow", "output", "*");
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    /** What a script says that was started with these options. */
    private String said(String name, String script, String... options) throws Exception {
        long process = client.start(name, script, options);
        client.until(() -> client.has(Frame.End.class, process));
        return client.output(process);
    }

    @Test
    void a_user_brings_its_group_and_groups() throws Exception {
        assertThat(said("w", "id -u; id -g; id -G", "uid=nobody")).isEqualTo("65534\n65534\n65534\n");
        assertThat(said("w", "id -u; id -g; id -G", "uid=65534", "gid=daemon")).isEqualTo("65534\n1\n1\n");
        assertThat(said("w", "id -u; id -g; id -G", "uid=nobody", "groups=daemon,2"))
                .isEqualTo("65534\n65534\n65534 1 2\n");
        assertThat(said("w", "id -u; id -g; id -G", "gid=1")).startsWith("0\n1\n");
        // Circus gives an unprivileged user with gid 0 all groups of the daemon; ours only those that were asked for.
        assertThat(said("w", "grep -E '^(Uid|Gid|Groups|CapEff)' /proc/self/status", "uid=nobody", "gid=0"))
                .matches("(?s)Uid:\t65534\t65534\t65534\t65534\nGid:\t0\t0\t0\t0\nGroups:\t0 \nCapEff:\t0+\n");
    }

    @Test
    void another_program_runs_under_the_first_word() throws Exception {
        String script = "tr '\\0' ' ' < /proc/$$/cmdline; readlink /proc/$$/exe; :";
        String exe = Path.of("/bin/bash").toRealPath().toString();
        assertThat(said("w", script, "program=/bin/bash")).startsWith("sh -c ").endsWith(exe + "\n");
        assertThat(said("w", script, "program=bash", "path=/nowhere:/bin")).endsWith(exe + "\n");
        assertThatThrownBy(() -> client.start("w", "true", "program=/no/such")).hasMessageContaining("/no/such");
    }

    @Test
    void the_kernels_own_input_is_read_by_who_asks_for_it() throws Exception {
        String ours = Files.readSymbolicLink(Path.of("/proc/self/fd/0")).toString();
        assertThat(said("w", "readlink /proc/$$/fd/0", "inherit_stdin=1")).isEqualTo(ours + "\n");
        assertThat(said("w", "readlink /proc/$$/fd/0", "inherit_stdin=1", "nice=1"))
                .isEqualTo(ours + "\n");
        assertThatThrownBy(() -> client.start("w", "true", "inherit_stdin=1", "stdin=s"))
                .hasMessageContaining("cannot take both inherit_stdin=1 and stdin=s");
    }

    @Test
    void every_limit_can_be_set() throws Exception {
        List<String> options = new ArrayList<>();
        Map<String, String> expected = new TreeMap<>();
        String[][] limits = {
            {"cpu", "1000", "Max cpu time"},
            {"fsize", "1000000", "Max file size"},
            {"data", "2000000000", "Max data size"},
            {"stack", "8000000", "Max stack size"},
            {"core", "0", "Max core file size"},
            {"rss", "12345678", "Max resident set"},
            {"nproc", "20000", "Max processes"},
            {"nofile", "123", "Max open files"},
            {"memlock", "65536", "Max locked memory"},
            {"as", "4000000000", "Max address space"},
            {"locks", "77", "Max file locks"},
            {"sigpending", "88", "Max pending signals"},
            {"msgqueue", "99999", "Max msgqueue size"},
            {"nice", "5", "Max nice priority"},
            {"rtprio", "6", "Max realtime priority"},
            {"rttime", "700000", "Max realtime timeout"}
        };
        Map<String, String> own = limits(said("own", "cat /proc/self/limits"));
        for (String[] each : limits) {
            String hard = own.getOrDefault(each[2], "").replaceAll(".* ", "");
            boolean within = hard.equals("unlimited") || Long.parseLong(hard) >= Long.parseLong(each[1]);
            String value = within ? each[1] : hard; // not every root may raise a limit
            options.add("rlimit." + each[0] + "=" + value);
            expected.put(each[2], value + " " + value);
        }
        assertThat(limits(said("w", "cat /proc/self/limits", options.toArray(new String[0]))))
                .containsAllEntriesOf(expected);
    }

    @Test
    void a_user_and_limits_go_together_with_or_without_the_capability_for_other_users_limits() throws Exception {
        String all = said(
                "w",
                "ulimit -n; ulimit -c; nice; grep -E '^(Uid|Gid|Groups|Cap)' /proc/self/status",
                "uid=nobody",
                "gid=daemon",
                "rlimit.nofile=64",
                "rlimit.core=0",
                "nice=4");
        assertThat(all)
                .startsWith("64\n0\n4\nUid:\t65534\t65534\t65534\t65534\nGid:\t1\t1\t1\t1\nGroups:\t1 \n")
                .contains("CapPrm:\t0000000000000000", "CapEff:\t0000000000000000", "CapAmb:\t0000000000000000");
        assertThat(said("w", "grep -E '^(Uid|Gid|Groups|CapEff)' /proc/self/status"))
                .isEqualTo(said("w", "grep -E '^(Uid|Gid|Groups|CapEff)' /proc/self/status", "rlimit.core=0"))
                .contains("Uid:\t0\t0\t0\t0");
    }

    /** Soft and hard limits by their names. */
    private static Map<String, String> limits(String table) {
        Map<String, String> limits = new TreeMap<>();
        table.lines().skip(1).forEach(line -> {
            String[] columns = line.split(" {2,}", -1);
            limits.put(columns[0], columns[1] + " " + columns[2]);
        });
        return limits;
    }

    @Test
    void a_limit_may_be_infinite_or_differ_for_soft_and_hard() throws Exception {
        String own = said("own", "cat /proc/self/limits");
        String hard = limits(own).getOrDefault("Max open files", "").replaceAll(".* ", "");
        assertThat(limits(said(
                        "w",
                        "cat /proc/self/limits",
                        "rlimit.core=infinity",
                        "rlimit.stack=-1",
                        "rlimit.cpu=100:infinity",
                        "rlimit.fsize=10:20",
                        "rlimit.nofile=infinity")))
                .containsAllEntriesOf(Map.of(
                        "Max core file size", "unlimited unlimited",
                        "Max stack size", "unlimited unlimited",
                        "Max cpu time", "100 unlimited",
                        "Max file size", "10 20",
                        "Max open files", hard + " " + hard));
    }

    @Test
    void limits_that_make_no_sense_are_refused() {
        assertThatThrownBy(() -> client.start("w", "true", "rlimit.zork=1")).hasMessage("Unknown rlimit \"zork\"");
        assertThatThrownBy(() -> client.start("w", "true", "rlimit.nofile=x"))
                .hasMessage("The rlimit value for \"nofile\" must be an integer, not \"x\"");
        assertThatThrownBy(() -> client.start("w", "true", "rlimit.cpu=9:8"))
                .hasMessage("cannot set the limit cpu to 9:8: the soft one is above the hard one");
        assertThatThrownBy(() -> client.start("w", "true", "rlimit.cpu=9", "rlimit.CPU=8"))
                .hasMessage("cannot set the limit cpu twice");
        assertThatThrownBy(() -> client.start("w", "true", "rlimit.nofile=0")).hasMessageContaining("1 is the least");
    }

    @Test
    void niceness_is_set() throws Exception {
        assertThat(said("w", "nice", "nice=7")).isEqualTo("7\n");
        assertThat(said("w", "nice", "nice=-3", "uid=nobody")).isEqualTo("-3\n");
        assertThatThrownBy(() -> client.start("w", "true", "nice=20"))
                .hasMessage("cannot set niceness 20: not between -20 and 19");
    }

    @Test
    void a_held_socket_can_be_standard_input() throws Exception {
        client.call("make", "socket", "s", "port=0");
        assertThat(said("w", "readlink /proc/self/fd/0", "stdin=s")).startsWith("socket:");
        assertThat(said("w", "readlink /proc/self/fd/0")).isEqualTo("/dev/null\n");
        assertThatThrownBy(() -> client.start("w", "true", "stdin=nope")).hasMessage("Socket nope not found");
    }

    @Test
    void sockets_can_be_passed_as_systemd_does() throws Exception {
        client.call("make", "socket", "b", "port=0");
        client.call("make", "socket", "a", "port=0");
        assertThat(said(
                        "w",
                        "echo $$ $LISTEN_PID; echo $LISTEN_FDS $LISTEN_FDNAMES; ls /proc/$$/fd; /usr/bin/env | grep -c LISTEN",
                        "listen_fds=1",
                        "socket.b=",
                        "socket.a=web",
                        "env.LISTEN_PID=1",
                        "env.LISTEN_FDS=99"))
                .matches("(?s)(\\d+) \\1\n2 b:web\n0\n1\n2\n3\n4\n3\n");
        assertThatThrownBy(() -> client.start("w", "true", "listen_fds=1"))
                .hasMessageContaining("name its sockets with socket.NAME=");
        assertThatThrownBy(() -> client.start("w", "true", "listen_fds=1", "socket.a=x:y"))
                .hasMessageContaining("LISTEN_FDNAMES separates names by colons");
    }

    @Test
    void as_many_sockets_are_passed_as_have_room_and_as_many_groups_as_are_allowed() throws Exception {
        List<String> options = new ArrayList<>(List.of("listen_fds=1"));
        for (int i = 0; i < Limit.LISTEN_FDS.most(); i++) {
            client.call("make", "socket", "s" + i, "port=0");
            options.add("socket.s" + i + "=");
        }
        assertThat(said("w", "echo $LISTEN_FDS; readlink /proc/$$/fd/63", options.toArray(new String[0])))
                .startsWith("61\nsocket:");
        client.call("make", "socket", "more", "port=0");
        options.add("socket.more=");
        assertThatThrownBy(() -> client.start("w", "true", options.toArray(new String[0])))
                .hasMessage("cannot pass 62 sockets with listen_fds=1: 61 are the most");
        String most = "groups=" + "2,".repeat(Limit.GROUPS.most() - 1) + "2";
        assertThat(said("w", "id -G", most)).isEqualTo("0 2\n");
        assertThatThrownBy(() -> client.start("w", "true", most + ",2"))
                .hasMessage("cannot set more than 1024 supplementary groups");
    }

    @Test
    void a_zero_byte_is_refused_wherever_it_would_cut_a_word_short() {
        for (String option : List.of("env.A=b\0c", "uid=nobody\0", "working_dir=/\0", "groups=\0", "path=/bin\0")) {
            assertThatThrownBy(() -> client.start("w", "true", option))
                    .as(option)
                    .hasMessage("cannot start w: no word, variable or path of a process may hold a zero byte");
        }
        assertThatThrownBy(() -> client.start("w", "tr\0ue")).hasMessageContaining("zero byte");
    }
}
