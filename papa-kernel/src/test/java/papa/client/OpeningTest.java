package papa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** How a connection begins, and the ways in which it does not. */
@Timeout(20)
class OpeningTest {
    private static final FrameListener NO_FRAMES = frame -> {
        throw new AssertionError("unexpected " + frame);
    };

    @Test
    void a_kernel_introduces_itself() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(ScriptedKernel::awaitClose);
                KernelChannel channel = KernelChannel.open(kernel.path(), NO_FRAMES)) {
            Hello hello = channel.hello();
            assertThat(hello.version()).isEqualTo("0.1.0");
            assertThat(hello.wire()).isEqualTo(1);
            assertThat(hello.instance()).isEqualTo("0123456789abcdef");
            assertThat(hello.pid()).isEqualTo(42);
            assertThat(hello.started()).isEqualTo(Instant.ofEpochSecond(1795209723));
            assertThat(hello.can("follow")).isTrue();
            assertThat(hello.can("upgrade")).isFalse();
            assertThat(channel.channel().isBlocking()).isFalse();
        }
    }

    @Test
    void a_greeting_may_come_byte_by_byte_and_frames_right_behind_it() throws Exception {
        String all = ScriptedKernel.GREETING + ScriptedKernel.HELLO + "gone 7\n";
        List<Object> frames = new java.util.ArrayList<>();
        try (ScriptedKernel kernel = new ScriptedKernel(script -> {
                    for (int i = 0; i < all.length(); i++) {
                        script.send(all.substring(i, i + 1));
                    }
                    script.line();
                    script.answer(script.line(), true, "");
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames::add)) {
            channel.call(List.of("list"), java.time.Duration.ofSeconds(10));
            assertThat(frames).containsExactly(new papa.wire.Frame.Gone(7));
        }
    }

    @Test
    void where_nobody_listens_the_path_is_named(@TempDir Path directory) {
        Path path = directory.resolve("none.sock");
        assertThatThrownBy(() -> KernelChannel.open(path, NO_FRAMES))
                .isInstanceOf(PapaException.class)
                .hasMessageStartingWith("cannot reach a kernel at " + path + ": ");
    }

    @Test
    void a_path_too_long_for_a_socket_is_an_error_like_any_other(@TempDir Path directory) {
        Path path = directory.resolve("x".repeat(200));
        assertThatThrownBy(() -> KernelChannel.open(path, NO_FRAMES))
                .isInstanceOf(PapaException.class)
                .hasMessageStartingWith("cannot reach a kernel at ");
    }

    @Test
    void papas_old_kernel_is_told_from_ours() throws Exception {
        assertRefused(
                ScriptedKernel.GREETING + "Error: Unknown command \"hello\"\n> ",
                "it does not introduce itself as papa but says \"Error: Unknown command \"hello\"\"");
    }

    @Test
    void a_kernel_without_framed_sessions_cannot_be_used() throws Exception {
        assertRefused(
                ScriptedKernel.GREETING + ScriptedKernel.HELLO.replace("wire=1", "wire=0"),
                "its wire is version 0, needed is 1");
    }

    @Test
    void a_hello_without_its_fields_is_quoted() throws Exception {
        assertRefused(
                ScriptedKernel.GREETING + "papa 0.1.0 wire=1\n> ", "its hello has no instance: \"papa 0.1.0 wire=1\"");
    }

    @Test
    void a_hello_whose_numbers_are_none_is_quoted() throws Exception {
        assertRefused(
                ScriptedKernel.GREETING + ScriptedKernel.HELLO.replace("pid=42", "pid=x"),
                "its hello makes no sense: ");
    }

    @Test
    void another_kind_of_server_is_not_listened_to_for_ever() throws Exception {
        assertRefused("<html>".repeat(20_000), "it does not speak papa's language");
    }

    @Test
    void a_kernel_that_closes_at_once_is_an_error() throws Exception {
        assertRefused("", "it closed the connection");
    }

    private static void assertRefused(String said, String why) throws Exception {
        try (ScriptedKernel kernel = new ScriptedKernel(script -> {
            script.line();
            try {
                script.send(said);
            } catch (java.io.IOException e) {
                // The client need not listen to all of it.
            }
        })) {
            assertThatThrownBy(() -> KernelChannel.open(kernel.path(), NO_FRAMES))
                    .isInstanceOf(PapaException.class)
                    .hasMessageStartingWith("cannot use the kernel at " + kernel.path() + ": ")
                    .hasMessageContaining(why);
        }
    }
}
