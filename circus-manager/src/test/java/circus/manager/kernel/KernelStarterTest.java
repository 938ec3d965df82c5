package circus.manager.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.client.PapaException;

/** Finding or starting a kernel, with a stand-in program in its place. */
@Timeout(60)
class KernelStarterTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    @TempDir
    private Path temp;

    private KernelAddress address;

    @BeforeEach
    void chooseAddress() {
        address = new KernelAddress(temp.resolve("k.sock"), false);
    }

    /** A stand-in ends when it gets a byte. */
    @AfterEach
    void endKernel() throws IOException {
        if (Files.exists(address.socket())) {
            try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(address.socket()))) {
                channel.write(ByteBuffer.wrap(new byte[1]));
                while (channel.read(ByteBuffer.allocate(1)) >= 0) {
                    // Until it closes, which is when it ends.
                }
            }
        }
    }

    private List<String> standIn() {
        return List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                StandInKernel.class.getName(),
                address.socket().toString());
    }

    private static List<String> shell(String script) {
        return List.of("/bin/sh", "-c", script);
    }

    @Test
    void a_kernel_that_answers_is_used_and_none_is_started() throws Exception {
        try (ServerSocketChannel server = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            server.bind(UnixDomainSocketAddress.of(address.socket()));
            KernelStarter starter = KernelStarter.begin(address, () -> {
                throw new AssertionError("no kernel is needed");
            });
            starter.await(LIMIT);
            assertThat(starter.hasStarted()).isFalse();
        }
        Files.delete(address.socket());
    }

    @Test
    void where_none_answers_one_is_started_and_its_words_go_to_its_log() throws Exception {
        KernelStarter starter = KernelStarter.begin(address, this::standIn);
        assertThat(starter.hasStarted()).isTrue();
        starter.await(LIMIT);
        assertThat(Files.readString(address.log())).startsWith("going to listen\n");
    }

    @Test
    void a_socket_file_that_a_dead_kernel_left_does_not_pass_for_one() throws Exception {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(address.socket()));
        }
        assertThat(address.socket()).exists();
        KernelStarter starter = KernelStarter.begin(address, this::standIn);
        starter.await(LIMIT);
        assertThat(starter.hasStarted()).isTrue();
    }

    @Test
    void two_managers_at_the_same_instant_end_with_one_kernel() throws Exception {
        KernelStarter first = KernelStarter.begin(address, this::standIn);
        KernelStarter second = KernelStarter.begin(address, this::standIn);
        first.await(LIMIT);
        second.await(LIMIT);
        while (Files.readAllLines(address.log()).size() < 2) {
            Thread.onSpinWait();
        }
        assertThat(Files.readAllLines(address.log()))
                .containsExactlyInAnyOrder(
                        "going to listen", "cannot run at " + address.socket() + ": another kernel does");
    }

    @Test
    void a_kernel_that_goes_before_it_is_used_is_replaced() throws Exception {
        KernelStarter starter;
        try (ServerSocketChannel leaving = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            leaving.bind(UnixDomainSocketAddress.of(address.socket()));
            starter = KernelStarter.begin(address, this::standIn);
            assertThat(starter.hasStarted()).isFalse();
        }
        starter.await(LIMIT);
        assertThat(starter.hasStarted()).isTrue();
    }

    @Test
    void a_kernel_that_cannot_start_is_quoted() throws Exception {
        Files.writeString(address.log(), "an old story\n");
        KernelStarter starter =
                KernelStarter.begin(address, () -> shell("for i in 1 2 3 4 5 6; do echo reason $i; done >&2; exit 7"));
        assertThatThrownBy(() -> starter.await(LIMIT))
                .isInstanceOf(PapaException.class)
                .hasMessageStartingWith("cannot start a kernel at " + address.socket()
                        + ": it ended with exit code 7. Its log " + address.log() + " ends:\n  reason 1\n  reason 2\n")
                .hasMessageEndingWith("reason 6")
                .hasMessageNotContaining("old story");
    }

    @Test
    void a_kernel_that_says_nothing_is_said_to() throws Exception {
        KernelStarter starter = KernelStarter.begin(address, () -> shell("exit 1"));
        assertThatThrownBy(() -> starter.await(LIMIT))
                .isInstanceOf(PapaException.class)
                .hasMessageEndingWith("it ended with exit code 1. Its log " + address.log() + " says nothing");
    }

    @Test
    void a_kernel_that_never_answers_is_not_waited_for_nor_left_behind() throws Exception {
        KernelStarter starter = KernelStarter.begin(address, () -> shell("echo $$; exec sleep 60"));
        assertThatThrownBy(() -> starter.await(Duration.ofMillis(300)))
                .isInstanceOf(PapaException.class)
                .hasMessageContaining("it did not answer within 300 ms");
        long pid = Long.parseLong(Files.readString(address.log()).strip());
        while (!ProcessLife.isOver(pid)) {
            Thread.onSpinWait();
        }
    }

    @Test
    void a_missing_program_is_told_at_once() {
        assertThatThrownBy(() -> KernelStarter.begin(address, () -> List.of("/nonexistent/papa")))
                .isInstanceOf(PapaException.class)
                .hasMessageStartingWith("cannot start a kernel: Cannot run program \"/nonexistent/papa\"");
    }

    @Test
    void the_launcher_of_this_installation_is_run_apart_from_the_terminal() throws Exception {
        Path launcher = Files.createDirectories(temp.resolve("home/bin")).resolve("papa");
        Files.writeString(launcher, "#!/bin/sh\necho \"$@\"\npwd\nreadlink /proc/$$/fd/0\n");
        Files.setPosixFilePermissions(launcher, PosixFilePermissions.fromString("rwx------"));
        System.setProperty("circus.home", temp.resolve("home").toString());
        try {
            KernelStarter starter = KernelStarter.begin(address);
            assertThatThrownBy(() -> starter.await(LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessageEndingWith(
                            "ends:\n  --unix-socket " + address.socket() + " --exit-when-idle\n  /\n  /dev/null");
        } finally {
            System.clearProperty("circus.home");
        }
    }
}
