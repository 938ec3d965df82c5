package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame;

@Timeout(60)
class ProcessLifeTest {
    private final RunningKernel kernel;

    ProcessLifeTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    @Test
    void an_ended_life_stays_beside_its_successor_until_it_is_dealt_with() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "output", "w");
        long first = client.start("w", "echo bye; exit 3");
        client.until(() -> client.has(Frame.End.class, first));
        long second = client.start("w", "sleep 100");
        assertThat(second).isGreaterThan(first);
        assertThat(client.call("list", "processes", "w"))
                .contains("incarnation=" + first, "exit=3")
                .contains("incarnation=" + second);
        client.call("commit", "out", "" + first, "4", "exit", "" + first);
        assertThat(client.call("list", "processes", "w")).doesNotContain("incarnation=" + first + " ");
    }

    @Test
    void a_running_one_stands_in_the_way() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("w", "sleep 100");
        assertThatThrownBy(() -> client.start("w", "sleep 100"))
                .hasMessageContaining("cannot start w: it is running with pid");
    }

    @Test
    void the_exit_of_a_signalled_process_is_minus_the_signal() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "events", "w");
        long process = client.start("w", "sleep 100");
        client.call("signal", "" + process, "9");
        client.until(() -> client.has(Frame.Exit.class, process));
        Frame.Exit exit = (Frame.Exit) client.frames.get(client.frames.size() - 1);
        assertThat(exit.code()).isEqualTo(-9);
        assertThat(client.call("signal", "" + process, "9")).isEqualTo("gone\n");
    }

    @Test
    void a_child_has_its_own_session_its_descriptors_and_exactly_its_environment() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String socket = client.call("make", "socket", "s", "port=0");
        String fd = socket.replaceAll("(?s).*fileno=(\\d+).*", "$1");
        client.call("make", "socket", "other", "port=0");
        client.call("follow", "output", "w");
        long process = client.start(
                "w",
                "echo $$; ps -o sid= -p $$; for f in /proc/$$/fd/*; do echo ${f##*/}; done; pwd; umask; /usr/bin/env",
                "socket.s=",
                "env.PEM=a b\nc=\"d\"\\",
                "env.EMPTY=",
                "working_dir=/usr",
                "umask=027");
        client.until(() -> client.has(Frame.End.class, process));
        List<String> lines = client.output(process).lines().map(String::strip).toList();
        assertThat(lines.get(1)).isEqualTo(lines.get(0));
        assertThat(lines).contains("0", "1", "2", fd, "/usr", "0027", "EMPTY=", "PEM=a b", "c=\"d\"\\");
        long descriptors =
                lines.stream().skip(2).filter(each -> each.matches("\\d{1,3}")).count();
        assertThat(descriptors).as("descriptors in %s", lines).isLessThanOrEqualTo(5);
    }

    @Test
    void a_launch_that_fails_says_at_which_stage() throws Exception {
        RunningKernel.Client client = kernel.connect();
        assertThatThrownBy(() -> client.call("make", "process", "w", "--", "/no/such/program"))
                .isInstanceOf(PapaException.class)
                .hasMessage("cannot start w: finding the program /no/such/program: No such file or directory (ENOENT)");
        assertThatThrownBy(() -> client.call("make", "process", "w", "working_dir=/nope", "--", "/bin/true"))
                .hasMessage("cannot start w: changing directory to /nope: No such file or directory (ENOENT)");
        assertThatThrownBy(() -> client.call("make", "process", "w", "--", "/usr"))
                .hasMessage("cannot start w: finding the program /usr: Permission denied (EACCES)");
        assertThatThrownBy(() -> client.call("make", "process", "w", "path=/bin", "--", "no-such-word"))
                .hasMessageContaining("finding the program no-such-word");
        assertThat(client.call("list", "processes")).isEmpty();
    }

    @Test
    void many_launches_at_once_are_all_answered() throws Exception {
        RunningKernel.Client client = kernel.connect();
        int[] answers = new int[1];
        for (int i = 0; i < 100; i++) {
            client.channel.request(
                    List.of("make", "process", "many." + i, "path=/bin", "--", "true"), new ReplyListener() {
                        @Override
                        public void ok(String text) {
                            answers[0]++;
                        }

                        @Override
                        public void failed(String reason) {
                            throw new AssertionError(reason);
                        }
                    });
        }
        client.until(() -> answers[0] == 100);
        client.until(() -> {
            try {
                return !client.call("list", "processes", "many.*").contains("running");
            } catch (PapaException failed) {
                throw new AssertionError(failed);
            }
        });
        assertThat(client.call("list", "processes", "many.*").lines())
                .hasSize(100)
                .allMatch(each -> each.contains("exit=0"));
    }

    @Test
    void what_a_process_leaves_behind_is_counted_signalled_and_told_when_gone() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "events", "w");
        long process = client.start("w", "(sleep 1000 & sleep 1000) > /dev/null 2>&1 & sleep 0.1; exit 4");
        client.until(() -> client.has(Frame.Exit.class, process));
        Frame.Exit exit = (Frame.Exit) client.frames.stream()
                .filter(Frame.Exit.class::isInstance)
                .findFirst()
                .orElseThrow();
        assertThat(exit.code()).isEqualTo(4);
        assertThat(exit.leftovers()).isEqualTo(1);
        assertThat(client.call("signal", "" + process, "15", "leftovers")).isEqualTo("sent\n");
        client.until(() -> client.has(Frame.Gone.class, process));
        assertThat(client.call("list", "processes", "w")).contains("left=0");
    }
}
