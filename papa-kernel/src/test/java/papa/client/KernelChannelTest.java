package papa.client;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.wire.Frame;

/** Requests, answers and frames on an open connection. */
@Timeout(30)
class KernelChannelTest {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private final List<String> heard = new ArrayList<>();
    private final FrameListener frames = frame -> heard.add(frame.toString());

    @Test
    void words_travel_quoted_and_in_UTF_8() throws Exception {
        List<String> lines = new ArrayList<>();
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    lines.add(script.line());
                    script.answer(
                            lines.get(0),
                            true,
                            new String("zurück\n".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1));
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            String text = channel.call(List.of("set", "circus.a", "", "two words", "ä\n", "env.X=a b"), LIMIT);
            assertThat(text).isEqualTo("zurück\n");
        }
        assertThat(lines).containsExactly("0 set circus.a \"\" \"two words\" \"Ã¤\\n\" \"env.X=a b\"");
    }

    @Test
    void a_refusal_is_told_in_the_kernels_words() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(
                        script -> script.answer(script.line(), false, "cannot take lease x: held by pid 7 (epoch 3)"));
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            assertThatThrownBy(() -> channel.call(List.of("lease", "take", "x"), LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessage("cannot take lease x: held by pid 7 (epoch 3)");
        }
    }

    @Test
    void answers_find_their_requests_in_whatever_order_they_come() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    String first = script.line();
                    String second = script.line();
                    String third = script.line();
                    script.answer(third, true, "3");
                    script.answer(first, true, "1");
                    script.send("gone 9\n");
                    script.answer(second, false, "2");
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            channel.request(List.of("a"), listener("a"));
            channel.request(List.of("b"), listener("b"));
            assertThat(channel.wantsWrite()).isTrue();
            channel.call(List.of("c"), LIMIT);
            while (heard.size() < 3) {
                channel.pump(System.nanoTime() + LIMIT.toNanos());
            }
            assertThat(heard).containsExactly("a ok 1", new Frame.Gone(9).toString(), "b failed 2");
            assertThat(channel.wantsWrite()).isFalse();
        }
    }

    @Test
    void a_thousand_requests_at_once_pass_a_kernel_that_first_writes_for_long() throws Exception {
        String data = "out 1 0 5 16384\n" + "x".repeat(16384) + "\n";
        String big = "v".repeat(3000);
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    for (int i = 0; i < 500; i++) {
                        script.send(data);
                    }
                    for (int i = 0; i <= 1000; i++) {
                        script.answer(script.line(), true, "" + i);
                    }
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frame -> heard.add("frame"))) {
            for (int i = 0; i < 1000; i++) {
                channel.request(List.of("make", "process", "p" + i, "env.X=" + big), listener("p" + i));
            }
            assertThat(channel.call(List.of("list"), LIMIT)).isEqualTo("1000");
            assertThat(heard).hasSize(1500).contains("p0 ok 0", "p999 ok 999");
        }
    }

    @Test
    void a_listener_may_ask_on_but_not_wait() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    script.answer(script.line(), true, "");
                    script.answer(script.line(), true, "asked on");
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            channel.request(List.of("a"), new ReplyListener() {
                @Override
                public void ok(String text) {
                    assertThatThrownBy(() -> channel.call(List.of("b"), LIMIT))
                            .isInstanceOf(IllegalStateException.class);
                    channel.request(List.of("c"), listener("c"));
                }

                @Override
                public void failed(String reason) {
                    heard.add(reason);
                }
            });
            while (heard.isEmpty()) {
                channel.pump(System.nanoTime() + LIMIT.toNanos());
            }
            assertThat(heard).containsExactly("c ok asked on");
        }
    }

    @Test
    void a_kernel_that_does_not_answer_is_waited_for_no_longer_than_said() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    String first = script.line();
                    String second = script.line();
                    script.answer(first, true, "late");
                    script.answer(second, true, "in time");
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            assertThatThrownBy(() -> channel.call(List.of("list"), Duration.ofMillis(40)))
                    .isInstanceOf(PapaException.class)
                    .hasMessage("the kernel at " + kernel.path() + " did not answer \"list\" within 40 ms");
            assertThat(channel.call(List.of("list"), LIMIT)).isEqualTo("in time");
        }
    }

    @Test
    void an_interrupted_thread_stops_waiting_and_stays_interrupted() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(ScriptedKernel::awaitClose);
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            Thread.currentThread().interrupt();
            assertThatThrownBy(() -> channel.call(List.of("list"), LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessageEndingWith(": interrupted");
            assertThat(Thread.interrupted()).isTrue();
        }
    }

    @Test
    void when_the_kernel_goes_every_unanswered_request_fails_in_order() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    script.answer(script.line(), true, "last words");
                    script.line();
                    script.line();
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            String gone = "the kernel at " + kernel.path() + " has gone";
            channel.request(List.of("a"), listener("a"));
            channel.request(List.of("b"), listener("b"));
            assertThatThrownBy(() -> channel.call(List.of("c"), LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessage(gone);
            assertThat(heard).containsExactly("a ok last words", "b failed " + gone);

            channel.request(List.of("d"), listener("d"));
            assertThat(heard).last().isEqualTo("d failed " + gone);
            assertThat(channel.wantsWrite()).isFalse();
            assertThatThrownBy(channel::flush).isInstanceOf(PapaException.class).hasMessage(gone);
            assertThatThrownBy(channel::onReadable)
                    .isInstanceOf(PapaException.class)
                    .hasMessage(gone);
        }
    }

    @Test
    void what_the_kernel_said_before_it_went_is_heard_even_if_writing_fails_first() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(
                        script -> script.answer(script.line(), false, "cannot read so long a line"));
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            channel.request(List.of("a"), listener("a"));
            channel.flush();
            kernel.awaitEnd();
            channel.request(List.of("b", "x".repeat(4 << 20)), listener("b"));
            channel.flush();
            assertThat(channel.wantsWrite()).isFalse();
            assertThatThrownBy(() -> {
                        while (true) {
                            channel.onReadable();
                        }
                    })
                    .isInstanceOf(PapaException.class);
            assertThat(heard)
                    .containsExactly(
                            "a failed cannot read so long a line",
                            "b failed the kernel at " + kernel.path() + " has gone");
        }
    }

    @Test
    void bytes_that_are_not_the_wire_end_the_connection_and_are_quoted() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    script.line();
                    script.send("zork\n");
                    script.awaitClose();
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            channel.request(List.of("a"), listener("a"));
            assertThatThrownBy(() -> channel.call(List.of("b"), LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessageStartingWith("cannot understand the kernel at " + kernel.path())
                    .hasMessageContaining("\"zork\"");
            assertThat(heard).singleElement().asString().startsWith("a failed cannot understand");
        }
    }

    @Test
    void an_answer_that_nobody_asked_for_ends_the_connection() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(script -> {
                    script.line();
                    script.send("ok zz 0\n\n");
                    script.awaitClose();
                });
                KernelChannel channel = KernelChannel.open(kernel.path(), frames)) {
            assertThatThrownBy(() -> channel.call(List.of("b"), LIMIT))
                    .isInstanceOf(PapaException.class)
                    .hasMessageEndingWith("it answers a request \"zz\" that was never made");
        }
    }

    @Test
    void closing_fails_what_was_not_answered() throws Exception {
        try (ScriptedKernel kernel = ScriptedKernel.greeting(ScriptedKernel::awaitClose)) {
            KernelChannel channel = KernelChannel.open(kernel.path(), frames);
            channel.request(List.of("a"), listener("a"));
            channel.close();
            assertThat(heard)
                    .containsExactly("a failed the connection to the kernel at " + kernel.path() + " was closed");
        }
    }

    private ReplyListener listener(String name) {
        return new ReplyListener() {
            @Override
            public void ok(String text) {
                heard.add(name + " ok " + text);
            }

            @Override
            public void failed(String reason) {
                heard.add(name + " failed " + reason);
            }
        };
    }
}
