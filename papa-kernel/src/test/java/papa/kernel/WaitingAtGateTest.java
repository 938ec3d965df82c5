package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.ReplyListener;
import papa.launch.LeftAtGate;
import papa.posix.Attributes;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.wire.Frame;

/**
 * A child that waits at the gate outlives a kernel that is killed. What it has open of the kernel's by then stays open: the
 * lock, so that no other kernel could start; connections, so that no manager would learn of the end.
 */
@Timeout(60)
class WaitingAtGateTest {
    private final CountDownLatch reached = new CountDownLatch(1);
    private final CountDownLatch mayGoOn = new CountDownLatch(1);
    private volatile int child;

    /** The real machine, but setting a limit waits. */
    private Posix machine() {
        Posix real = new NativePosix();
        ClassLoader loader = Posix.class.getClassLoader();
        Attributes attributes = (Attributes) Proxy.newProxyInstance(
                loader, new Class<?>[] {Attributes.class}, (proxy, method, arguments) -> {
                    if (method.getName().equals("setLimit")) {
                        child = (Integer) arguments[0];
                        reached.countDown();
                        mayGoOn.await();
                    }
                    return call(method, real.attributes(), arguments);
                });
        return (Posix) Proxy.newProxyInstance(
                loader,
                new Class<?>[] {Posix.class},
                (proxy, method, arguments) ->
                        method.getName().equals("attributes") ? attributes : call(method, real, arguments));
    }

    private static Object call(Method method, Object target, Object[] arguments) throws Throwable {
        try {
            return method.invoke(target, arguments);
        } catch (InvocationTargetException failed) {
            throw failed.getCause();
        }
    }

    /** What a process has open, but for its outputs and the gate. */
    private static List<String> open(int pid) throws IOException {
        List<String> found = new ArrayList<>();
        try (Stream<Path> all = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path each : all.toList()) {
                String what = Files.readSymbolicLink(each).toString();
                boolean output = List.of("1", "2").contains(each.getFileName().toString());
                if (!output && !what.contains("/.gate-")) {
                    found.add(each.getFileName() + " " + what);
                }
            }
        }
        return found;
    }

    private void holdsOnlyItsOwn(int sockets, String... options) throws Exception {
        try (RunningKernel kernel = new RunningKernel(64L * 1024 * 1024, machine())) {
            RunningKernel.Client client = kernel.connect();
            String line = client.call("make", "socket", "s", "port=0");
            String number = line.replaceAll("(?s).*fileno=(\\d+).*", "$1");
            String socket =
                    Files.readSymbolicLink(Path.of("/proc/self/fd/" + number)).toString();
            List<String> words = new ArrayList<>(List.of("make", "process", "w", "rlimit.core=0", "rlimit.nofile=32"));
            words.addAll(List.of(options));
            words.addAll(List.of("--", "/bin/sh", "-c", "readlink /proc/$$/fd/* | grep -c socket"));
            List<String> answers = new ArrayList<>();
            client.call("follow", "output", "*");
            client.channel.request(words, keep(answers));
            client.until(() -> reached.getCount() == 0);
            List<String> found;
            try {
                found = open(child);
            } finally {
                mayGoOn.countDown();
            }
            assertThat(found).isNotEmpty().allMatch(each -> each.endsWith(socket));
            client.until(() -> !answers.isEmpty());
            long incarnation = Long.parseLong(answers.get(0).replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
            client.until(() -> client.has(Frame.End.class, incarnation));
            assertThat(client.output(incarnation)).isEqualTo(sockets + "\n");
        }
    }

    /** It would wait for ever, with all that it holds. */
    @Test
    void one_whose_kernel_was_killed_is_found_and_ended() throws Exception {
        Posix posix = new NativePosix();
        try (RunningKernel kernel = new RunningKernel(64L * 1024 * 1024, machine())) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "events", "*");
            List<String> answers = new ArrayList<>();
            client.channel.request(
                    List.of("make", "process", "w", "rlimit.core=0", "--", "/bin/sleep", "100"), keep(answers));
            client.until(() -> reached.getCount() == 0);
            try {
                assertThat(LeftAtGate.end(posix, 1)).isZero(); // it is another's
                assertThat(LeftAtGate.end(posix, posix.pid())).isEqualTo(1);
            } finally {
                mayGoOn.countDown();
            }
            client.until(() -> client.frames.stream().anyMatch(Frame.Exit.class::isInstance));
            assertThat(client.frames)
                    .filteredOn(Frame.Exit.class::isInstance)
                    .singleElement()
                    .matches(each -> ((Frame.Exit) each).code() == -Posix.SIGKILL);
        }
    }

    private static ReplyListener keep(List<String> answers) {
        return new ReplyListener() {
            @Override
            public void ok(String text) {
                answers.add(text);
            }

            @Override
            public void failed(String reason) {
                answers.add(reason);
            }
        };
    }

    @Test
    void a_child_holds_nothing_of_the_kernels() throws Exception {
        holdsOnlyItsOwn(1, "socket.s=");
    }

    @Test
    void nor_when_its_sockets_have_low_numbers() throws Exception {
        holdsOnlyItsOwn(1, "socket.s=", "listen_fds=1");
    }

    @Test
    void nor_when_a_socket_is_its_standard_input() throws Exception {
        holdsOnlyItsOwn(1, "stdin=s");
    }

    @Test
    void nor_when_it_gets_one_twice() throws Exception {
        holdsOnlyItsOwn(2, "stdin=s", "socket.s=");
    }
}
