package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.launch.Spawner;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.socket.HeldSocket;
import papa.wire.Frame;

/** One program that cannot be executed for the time being must not keep the others from starting. */
@Timeout(120)
class HangingLaunchTest {
    private final Posix posix = new NativePosix();

    /** Asks for a process and does not wait; the answers come into the list. */
    private static List<String> ask(RunningKernel.Client client, String... words) throws PapaException {
        List<String> answers = new ArrayList<>();
        client.channel.request(List.of(words), new ReplyListener() {
            @Override
            public void ok(String text) {
                answers.add(text);
            }

            @Override
            public void failed(String reason) {
                answers.add(reason);
            }
        });
        return answers;
    }

    @Test
    void others_start_all_the_same_and_it_starts_when_it_can() throws Exception {
        try (LeasedProgram program = new LeasedProgram("/bin/true");
                RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "events", "*");
            List<String> hanging = ask(client, "make", "process", "hanging", "--", program.path);
            long other = client.start("other", "exit 0");
            client.until(() -> client.has(Frame.Exit.class, other));
            assertThat(hanging).isEmpty();
            program.release();
            client.until(() -> !hanging.isEmpty());
            assertThat(hanging.get(0)).contains("incarnation=");
        }
    }

    @Test
    void a_kernel_can_be_ended_while_a_start_hangs() throws Exception {
        try (LeasedProgram program = new LeasedProgram("/bin/true")) {
            RunningKernel kernel = new RunningKernel();
            RunningKernel.Client client = kernel.connect();
            List<String> hanging = ask(client, "make", "process", "hanging", "--", program.path);
            client.call("get", "x");
            assertThat(hanging).isEmpty();
            kernel.close();
            assertThat(kernel.hasEnded()).isTrue();
        }
    }

    @Test
    void a_child_that_hangs_holds_none_of_the_kernels_own_files() throws Exception {
        try (LeasedProgram program = new LeasedProgram("/bin/true");
                RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            client.call("make", "socket", "s", "port=0");
            List<String> hanging = ask(client, "make", "process", "hanging", "socket.s=", "--", program.path);
            Optional<String> java = ProcessHandle.current().info().command();
            List<Path> low = new ArrayList<>();
            client.until(() -> ProcessHandle.current()
                    .children()
                    .filter(each -> each.info().command().equals(java))
                    .anyMatch(each -> {
                        low.clear();
                        for (int number = 3; number < HeldSocket.LOWEST_NUMBER; number++) {
                            Path link = Path.of("/proc/" + each.pid() + "/fd/" + number);
                            if (Files.exists(link, LinkOption.NOFOLLOW_LINKS)) {
                                low.add(link);
                            }
                        }
                        return low.isEmpty() && each.isAlive();
                    }));
            assertThat(hanging).as("it hangs still").isEmpty();
            program.release();
            client.until(() -> !hanging.isEmpty());
            assertThat(hanging.get(0)).contains("incarnation=");
        }
    }

    private static long launchingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(each -> each.getName().equals("papa-spawner"))
                .count();
    }

    @Test
    void eight_may_hang_and_then_the_rest_waits() throws Exception {
        try (LeasedProgram program = new LeasedProgram("/bin/true");
                RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            long before = launchingThreads();
            List<List<String>> hanging = new ArrayList<>();
            for (int i = 0; i < Spawner.MOST_THREADS; i++) {
                hanging.add(ask(client, "make", "process", "hanging." + i, "--", program.path));
            }
            List<String> last = ask(client, "make", "process", "last", "--", "/bin/true");
            client.until(() -> launchingThreads() == before + Spawner.MOST_THREADS - 1);
            assertThat(last).isEmpty();
            program.release();
            client.until(() -> !last.isEmpty() && hanging.stream().noneMatch(List::isEmpty));
            assertThat(last.get(0)).contains("incarnation=");
            assertThat(launchingThreads()).isEqualTo(before + Spawner.MOST_THREADS - 1);
        }
    }

    @Test
    void the_limit_of_open_files_is_low_for_a_moment_only_and_right_in_every_child() throws Exception {
        long[] own = new long[2];
        posix.fileLimit(own);
        long low = own[0] - 1000;
        try (LeasedProgram program = new LeasedProgram("/bin/sh");
                RunningKernel kernel = new RunningKernel(64L * 1024 * 1024, low)) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "output", "*");
            String script = "ulimit -S -n; ulimit -H -n";
            List<String> hanging = ask(client, "make", "process", "hanging", "--", program.path, "-c", script);
            // Its child has been made, and so the limit lowered, once there is one that still runs our own program.
            Optional<String> java = ProcessHandle.current().info().command();
            client.until(() -> ProcessHandle.current()
                    .children()
                    .anyMatch(each -> each.info().command().equals(java)));
            client.until(() -> {
                long[] now = new long[2];
                posix.fileLimit(now);
                return now[0] == own[0];
            });
            assertThat(hanging).as("it hangs still").isEmpty();
            String expected = low + "\n" + own[1] + "\n";
            long meanwhile = client.start("meanwhile", script);
            client.until(() -> client.has(Frame.End.class, meanwhile));
            assertThat(client.output(meanwhile)).isEqualTo(expected);
            assertThat(hanging).as("it hangs still").isEmpty();
            program.release();
            client.until(() -> !hanging.isEmpty());
            long late = Long.parseLong(hanging.get(0).replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
            client.until(() -> client.has(Frame.End.class, late));
            assertThat(client.output(late)).isEqualTo(expected);
            long after = client.start("after", script);
            client.until(() -> client.has(Frame.End.class, after));
            assertThat(client.output(after)).isEqualTo(expected);
            long[] now = new long[2];
            posix.fileLimit(now);
            assertThat(now).isEqualTo(own);
        }
    }

    @Test
    void a_socket_that_is_removed_while_a_launch_waits_is_handed_over_all_the_same() throws Exception {
        try (LeasedProgram program = new LeasedProgram("/bin/true");
                RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "output", "*");
            String line = client.call("make", "socket", "s", "port=0");
            String number = line.replaceAll("(?s).*fileno=(\\d+).*", "$1");
            Path ours = Path.of("/proc/self/fd/" + number);
            String socket = Files.readSymbolicLink(ours).toString();
            List<String> hanging = ask(client, "make", "process", "hanging", "--", program.path);
            List<String> words =
                    List.of("make", "process", "w", "socket.s=", "--", "/bin/readlink", "/proc/self/fd/" + number);
            List<String> waiting = ask(client, words.toArray(new String[0]));
            client.call("remove", "sockets", "s");
            client.call("list", "sockets");
            client.until(() -> !waiting.isEmpty());
            long process = Long.parseLong(waiting.get(0).replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
            client.until(() -> client.has(Frame.End.class, process));
            assertThat(client.output(process)).isEqualTo(socket + "\n");
            assertThat(Files.exists(ours, LinkOption.NOFOLLOW_LINKS))
                    .as("still open")
                    .isFalse();
            program.release();
            client.until(() -> !hanging.isEmpty());
        }
    }
}
