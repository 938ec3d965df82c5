package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Verb;

/** Promise 8: the kernel does not die, hang or grow by anything that a client sends. */
@Timeout(60)
class HostileClientTest {
    private final RunningKernel kernel;

    HostileClientTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void stillServesAndEnds() throws Exception {
        assertThat(kernel.connect().call("help")).contains("exit-if-idle");
        kernel.close();
    }

    private SocketChannel connect() throws IOException {
        return SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket));
    }

    @Test
    void a_line_without_an_end_is_refused_at_a_mebibyte() throws Exception {
        try (SocketChannel channel = connect()) {
            String chunk = "x".repeat(64 * 1024);
            try {
                for (int i = 0; i < 1024; i++) {
                    RawBytes.send(channel, chunk);
                }
            } catch (IOException closed) {
                // as it should be
            }
            assertThat(RawBytes.readToEnd(channel)).startsWith(Session.GREETING);
        }
    }

    @Test
    void the_longest_line_that_is_allowed_is_read() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String value = "v".repeat(1024 * 1024 - 64);
        client.call("set", "long", value);
        assertThat(client.call("get", "long")).isEqualTo(value);
    }

    @Test
    void noise_is_answered_with_errors() throws Exception {
        Random random = new Random(1);
        for (int round = 0; round < 50; round++) {
            byte[] noise = new byte[2000];
            random.nextBytes(noise);
            try (SocketChannel channel = connect()) {
                if (round % 2 == 0) {
                    RawBytes.send(channel, round % 4 == 0 ? "hello\n" : "hello framed\n");
                }
                RawBytes.send(channel, new String(noise, StandardCharsets.ISO_8859_1).replace("q", "-"));
                channel.shutdownOutput();
                assertThat(RawBytes.readToEnd(channel)).startsWith(Session.GREETING);
            }
        }
    }

    @Test
    void every_verb_takes_senseless_words() throws Exception {
        String[] words = {"", "*", "-1", "a=b", "99999999999999999999", "\u00ff", "out", "$(socket.", "\\", "\"", "--"};
        Random random = new Random(2);
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "hello\n");
            StringBuilder lines = new StringBuilder();
            for (Verb verb : Verb.values()) {
                if (verb == Verb.QUIT || verb == Verb.EXIT_IF_IDLE) {
                    continue;
                }
                for (int i = 0; i < 40; i++) {
                    lines.append(verb.word());
                    // "lease force" ends the process that holds the lease, which here is the test's own.
                    List<String> seconds = verb.seconds().stream()
                            .filter(each -> !each.equals("force"))
                            .toList();
                    if (!seconds.isEmpty() && random.nextInt(5) > 0) {
                        lines.append(' ').append(seconds.get(random.nextInt(seconds.size())));
                    }
                    for (int n = random.nextInt(4); n > 0; n--) {
                        lines.append(' ').append(words[random.nextInt(words.length)]);
                    }
                    lines.append('\n');
                }
            }
            Thread reader = new Thread(() -> RawBytes.readToEnd(channel));
            reader.start();
            RawBytes.send(channel, lines.toString());
            channel.shutdownOutput();
            reader.join();
        }
    }

    @Test
    void a_client_that_never_reads_its_answers_is_read_no_further() throws Exception {
        RunningKernel.Client other = kernel.connect();
        for (int i = 0; i < 200; i++) {
            other.call("set", "value." + i, "v".repeat(1000));
        }
        try (SocketChannel channel = connect()) {
            channel.configureBlocking(false);
            ByteBuffer lines = ByteBuffer.wrap("list values\n".repeat(2000).getBytes(StandardCharsets.US_ASCII));
            long deadline = System.nanoTime() + 1_000_000_000L;
            while (lines.hasRemaining() && System.nanoTime() < deadline) {
                channel.write(lines);
            }
            assertThat(other.call("get", "value.1")).hasSize(1000);
        }
    }

    @Test
    void more_connections_than_it_serves_are_told_so() throws Exception {
        List<SocketChannel> channels = new ArrayList<>();
        for (int i = 0; i < 257; i++) {
            channels.add(connect());
        }
        SocketChannel last = channels.get(256);
        assertThat(RawBytes.readToEnd(last)).isEqualTo("Error: cannot serve more than 256 connections\n");
        for (SocketChannel channel : channels) {
            channel.close();
        }
        Thread.onSpinWait();
        RunningKernel.Client again = null;
        while (again == null) {
            try {
                again = kernel.connect();
            } catch (PapaException stillFull) {
                Thread.onSpinWait();
            }
        }
    }

    @Test
    void a_request_without_a_tag_ends_a_framed_connection() throws Exception {
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "hello framed\n");
            RawBytes.send(channel, "*bad* list processes\n");
            assertThat(RawBytes.readToEnd(channel)).endsWith("\n> ");
        }
    }

    @Test
    void a_name_longer_than_the_room_for_a_header_is_refused() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String name = "n".repeat(200_000);
        for (String[] words : new String[][] {
            {"make", "process", name, "--", "/bin/echo", "hi"},
            {"make", "socket", name},
            {"lease", "take", name},
        }) {
            assertThatThrownBy(() -> client.call(words))
                    .as(words[0] + " " + words[1])
                    .hasMessage("cannot take a name of 200000 bytes: 1024 are the most");
        }
        String longest = "n".repeat(1024);
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "make process " + longest + " /bin/echo hi\n");
            client.until(() -> {
                try {
                    return client.call("list", "processes", longest).contains("state=ended");
                } catch (PapaException failed) {
                    throw new AssertionError(failed);
                }
            });
            RawBytes.send(channel, "watch processes " + longest + "\n");
            channel.shutdownOutput();
            assertThat(RawBytes.readToEnd(channel)).contains("out:" + longest + ":", "closed:" + longest + ":");
        }
    }

    @Test
    void who_reads_nothing_and_sends_a_line_without_an_end_is_told_once() throws Exception {
        RunningKernel.Client other = kernel.connect();
        other.call("set", "value", "v".repeat(450_000)); // more than the connection takes, less than stops the reading
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "get value\n");
            RawBytes.send(channel, "x".repeat(1024 * 1024 + 1));
            other.call("get", "x");
            assertThat(RawBytes.readToEnd(channel).split("cannot read a line", -1))
                    .hasSize(2);
        }
    }

    @Test
    void who_says_no_more_still_gets_the_answers_that_take_a_while() throws Exception {
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "hello framed\n1 make process a -- /bin/true\n2 make process b -- /bin/true\n");
            channel.shutdownOutput();
            assertThat(RawBytes.readToEnd(channel)).contains("ok 1 ", "ok 2 ", "a incarnation=", "b incarnation=");
        }
    }

    @Test
    void long_lines_of_many_connections_are_bounded_together() throws Exception {
        List<SocketChannel> channels = new ArrayList<>();
        int refused = 0;
        for (int i = 0; i < 40; i++) {
            SocketChannel channel = connect();
            channels.add(channel);
            try {
                RawBytes.send(channel, "x".repeat(1024 * 1024 - 1));
            } catch (IOException closed) {
                refused++;
            }
        }
        for (SocketChannel channel : channels) {
            try {
                RawBytes.send(channel, "x");
            } catch (IOException closed) {
                refused++;
            }
            channel.close();
        }
        assertThat(refused).isBetween(30, 40);
    }

    @Test
    void values_have_a_ceiling_and_say_so() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String large = "v".repeat(900_000);
        for (int i = 0; i < 4; i++) {
            client.call("set", "v" + i, large);
        }
        assertThatThrownBy(() -> client.call("set", "v4", large))
                .hasMessageContaining("values may take 4194304 bytes in all");
        client.call("set", "v0");
        client.call("set", "v4", large);
    }

    @Test
    void a_flood_of_large_launches_is_read_only_as_fast_as_they_are_done() throws Exception {
        RunningKernel.Client client = kernel.connect();
        int[] answers = new int[2];
        String large = "x".repeat(120_000);
        for (int i = 0; i < 200; i++) {
            client.channel.request(
                    List.of("make", "process", "large." + i, "path=/bin", "env.A=" + large, "--", "true"),
                    new ReplyListener() {
                        @Override
                        public void ok(String text) {
                            answers[0]++;
                        }

                        @Override
                        public void failed(String reason) {
                            answers[1]++;
                        }
                    });
        }
        client.until(() -> answers[0] + answers[1] == 200);
        assertThat(answers[1]).isZero();
    }

    @Test
    void the_words_of_all_processes_have_a_ceiling_and_say_so() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String large = "x".repeat(120_000);
        assertThatThrownBy(() -> {
                    for (int i = 0; i < 120; i++) {
                        client.call("make", "process", "w" + i, "path=/bin", "--", "sh", "-c", "sleep 100 # " + large);
                    }
                })
                .hasMessageContaining("the words and notes of all processes take 12582912 bytes already");
    }

    private void setValues(int count) throws PapaException {
        RunningKernel.Client client = kernel.connect();
        for (int i = 0; i < count; i += 10_000) {
            List<String> words = new ArrayList<>(List.of("commit"));
            for (int n = i; n < i + 10_000; n++) {
                words.addAll(List.of("set", "v" + n, "1"));
            }
            client.channel.call(words, RunningKernel.LIMIT);
        }
    }

    @Test
    void requests_that_come_thousands_at_once_let_others_in_between() throws Exception {
        setValues(50_000);
        RunningKernel.Client other = kernel.connect();
        try (SocketChannel channel = connect()) {
            RawBytes.send(channel, "set begun 1\n" + "list values z*\n".repeat(4000) + "set done 1\n");
            while (other.call("get", "begun").isEmpty()) {
                Thread.onSpinWait();
            }
            assertThat(other.call("get", "done")).isEmpty();
        }
    }

    @Test
    void as_many_beginnings_as_fit_into_a_line_cost_little() throws Exception {
        setValues(50_000);
        List<String> words = new ArrayList<>(List.of("list", "values"));
        for (int i = 0; i < 60_000; i++) {
            words.add("x" + i + "*");
        }
        RunningKernel.Client client = kernel.connect();
        assertThat(client.channel.call(words, RunningKernel.LIMIT)).isEmpty();
    }
}
