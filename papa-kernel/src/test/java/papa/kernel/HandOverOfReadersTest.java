package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.process.OutputFlow;
import papa.wire.Frame;

/** Who follows, watches or tails does not notice that another kernel goes on: every byte comes once and in order. */
@Timeout(180)
class HandOverOfReadersTest extends HandedOverKernel {
    HandOverOfReadersTest() throws Exception {}

    // Followers.

    @Test
    void a_follower_gets_every_byte_once_and_in_order_across_twenty_kernels() throws Exception {
        RunningKernel.Client starter = kernel.connect();
        RunningKernel.Client follower = kernel.connect();
        follower.call("follow", "output", "*");
        long[] writers = new long[3];
        String script = "i=0; while [ ! -e " + kernel.socket + ".stop ]; do echo out $i; echo err $i >&2; i=$((i+1));"
                + " done; echo end";
        for (int i = 0; i < writers.length; i++) {
            writers[i] = starter.start("w" + i, script, "bufsize=64m");
        }
        CompletableFuture<Void> handing = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 20; i++) {
                    Thread.sleep(30);
                    handOver();
                }
                Files.createFile(Path.of(kernel.socket + ".stop"));
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        while (!ended(follower, writers)) {
            follower.channel.pump(Duration.ofSeconds(60));
            if (handing.isCompletedExceptionally()) {
                handing.get();
            }
        }
        handing.get();
        Files.delete(Path.of(kernel.socket + ".stop"));

        RunningKernel.Client afterwards = kernel.connect();
        afterwards.call("follow", "output", "*");
        while (!ended(afterwards, writers)) {
            afterwards.channel.pump(Duration.ofSeconds(60));
        }
        assertThat(told(follower)).isEqualTo(told(afterwards)).hasSizeGreaterThan(200);
        assertThat(count(follower, Frame.Announced.class)).isEqualTo(writers.length);
        assertThat(count(follower, Frame.Exit.class)).isEqualTo(writers.length);
        assertThat(count(follower, Frame.End.class)).isEqualTo(writers.length);
        assertThat(count(follower, Frame.Gap.class)).isZero();
    }

    private static boolean ended(RunningKernel.Client client, long[] writers) {
        for (long each : writers) {
            if (!client.has(Frame.End.class, each)) {
                return false;
            }
        }
        return true;
    }

    /** The output with its places and times, in the order in which it came. */
    private static List<String> told(RunningKernel.Client client) {
        List<String> told = new ArrayList<>();
        for (Frame frame : client.frames) {
            if (frame instanceof Frame.Data data) {
                told.add(data.incarnation() + "." + data.channel() + " " + data.offset() + " " + data.timeMicros() + " "
                        + StandardCharsets.ISO_8859_1.decode(data.bytes().duplicate()));
            }
        }
        return told;
    }

    private static long count(RunningKernel.Client client, Class<? extends Frame> kind) {
        return client.frames.stream().filter(kind::isInstance).count();
    }

    @Test
    void a_follower_that_pauses_streams_and_has_lost_some_goes_on_where_it_was() throws Exception {
        RunningKernel.Client client = kernel.connect();
        RunningKernel.Client events = kernel.connect();
        client.call("follow", "output", "w*", "v");
        events.call("follow", "events", "*");
        long process = client.start("w", "echo one; echo two >&2; exit 3");
        long running = client.start(
                "v",
                "while [ ! -e " + kernel.socket + ".go ]; do sleep 0.01; done;"
                        + " head -c 300000 /dev/zero; while [ ! -e " + kernel.socket
                        + ".go2 ]; do sleep 0.01; done; echo last",
                "bufsize=64k");
        client.until(() -> client.has(Frame.End.class, process));
        client.call("follow", "pause", running + ".out");
        handOverTheSame();
        Files.createFile(Path.of(kernel.socket + ".go"));
        RunningKernel.Client other = kernel.connect();
        other.until(() -> other.callUnchecked("list", "processes", "v").contains("out=0:300000"));
        assertThat(client.output(running)).isEmpty();
        handOverTheSame();
        assertThat(client.output(running)).isEmpty();
        client.call("follow", "resume", running + ".out=0");
        client.until(() ->
                client.has(Frame.Gap.class, running) && client.output(running).length() > 0);
        Files.createFile(Path.of(kernel.socket + ".go2"));
        client.until(() -> client.has(Frame.End.class, running));
        assertThat(client.output(running)).endsWith("last\n");
        assertThat(count(client, Frame.Announced.class)).isEqualTo(2);
        assertThat(count(client, Frame.Exit.class)).isEqualTo(2);
        assertThat(count(client, Frame.Gap.class)).isEqualTo(1);
        events.until(() -> count(events, Frame.Exit.class) == 2);
        assertThat(count(events, Frame.Announced.class)).isEqualTo(2);
        assertThat(count(events, Frame.End.class)).isZero();
        Files.delete(Path.of(kernel.socket + ".go"));
        Files.delete(Path.of(kernel.socket + ".go2"));
    }

    @Test
    void nothing_is_lost_because_nobody_could_commit() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        holder.call("lease", "take", "a");
        long process = holder.start("a.w", "head -c 1000000 /dev/zero; echo end", "bufsize=64k");
        holder.until(() -> holder.callUnchecked("stats", "a.w").contains(" heldback=1 "));
        kernel.pause();
        Thread.sleep(OutputFlow.PATIENCE_NANOS / 1_000_000 + 1000);
        handOver();
        holder.call("follow", "output", "a.w");
        holder.until(() -> {
            holder.callUnchecked(
                    "commit", "out", "" + process, "" + holder.output(process).length());
            return holder.has(Frame.End.class, process);
        });
        assertThat(holder.output(process)).hasSize(1_000_004).endsWith("end\n");
    }

    @Test
    void a_follower_that_does_not_read_goes_on_in_the_middle_of_a_frame() throws Exception {
        RunningKernel.Client client = kernel.connect();
        try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket))) {
            long process =
                    client.start("w", "i=0; while [ $i -lt 60000 ]; do echo line $i; i=$((i+1)); done", "bufsize=16m");
            client.call("follow", "output", "w");
            RawBytes.send(raw, "hello framed\n1 follow output w\n");
            client.until(() -> client.has(Frame.End.class, process));
            handOverTheSame();
            handOver();
            RawBytes.send(raw, "2 get x\n");
            StringBuilder all = new StringBuilder();
            while (all.indexOf("\nend " + process + "\n") < 0) {
                all.append(RawBytes.read(raw));
            }
            String expected = client.output(process);
            String got = all.substring(all.indexOf("> ", all.indexOf("capabilities=")) + 2);
            assertThat(payloads(got)).isEqualTo(expected);
        }
    }

    /** The bytes of all data frames; what comes in between is passed over. */
    private static String payloads(String frames) {
        StringBuilder bytes = new StringBuilder();
        int at = 0;
        while (at < frames.length()) {
            int end = frames.indexOf('\n', at);
            String head = frames.substring(at, end);
            at = end + 1;
            String[] words = head.split(" ");
            if (words[0].equals("out")) {
                int length = Integer.parseInt(words[words.length - 1]);
                bytes.append(frames, at, at + length);
                at += length + 1;
            }
        }
        return bytes.toString();
    }

    // Watches.

    @Test
    void a_watch_goes_on_in_each_of_its_states() throws Exception {
        String go = kernel.socket + ".go";
        RunningKernel.Client client = kernel.connect();
        client.start(
                "w",
                "while [ ! -e " + go + " ]; do sleep 0.01; done; echo one; echo two >&2;" + " while [ ! -e " + go
                        + "2 ]; do sleep 0.01; done; head -c 900000 /dev/zero; exit 4",
                "bufsize=4m");
        try (Person person = new Person(kernel.socket)) {
            person.say("watch processes w");
            assertThat(person.readTo("Watching 1\n")).isEqualTo("Watching 1\n");
            handOverTheSame(); // WAITING
            Files.createFile(Path.of(go));
            String batch = person.readTo("] ");
            handOverTheSame(); // AWAITING_LINE
            person.say("");
            if (!batch.contains("two")) {
                batch += person.readTo("] ");
                person.say("");
            }
            assertThat(batch).matches("(?s)out:w:\\d+\\.\\d+:4\none\n.*err:w:\\d+\\.\\d+:4\ntwo\n.*");
            Files.createFile(Path.of(go + "2"));
            client.until(() -> client.callUnchecked("list", "processes", "w").contains("state=ended"));
            handOverTheSame(); // SENDING, which nobody reads
            handOver();
            StringBuilder rest = new StringBuilder();
            while (!rest.toString().contains("closed:w:")) {
                rest.append(person.readTo("] "));
                handOver();
                person.say("");
            }
            assertThat(rest.chars().filter(each -> each == 0).count()).isEqualTo(900_000);
            assertThat(rest.toString()).containsPattern("closed:w:\\d+\\.\\d+:4\n\\] $");
            assertThat(person.readTo("> ")).isEqualTo("Nothing left to watch\n> ");
            assertThat(client.call("list", "processes")).isEmpty();
        }
        Files.delete(Path.of(go));
        Files.delete(Path.of(go + "2"));
    }

    // Tails.

    private String textOf(String request) throws Exception {
        try (Person person = new Person(kernel.socket)) {
            return person.ask(request);
        }
    }

    @Test
    void tails_that_nobody_reads_go_on_where_they_were() throws Exception {
        RunningKernel.Client client = kernel.connect();
        String script = "i=0; while [ $i -lt 20000 ]; do echo out $i; echo err $i >&2; i=$((i+1)); done; printf end";
        long one = client.start("a", script, "bufsize=16m");
        long other = client.start("b", script, "bufsize=16m");
        client.call("follow", "output", "*");
        client.until(() -> client.has(Frame.End.class, one) && client.has(Frame.End.class, other));
        List<String> requests = List.of(
                "tail a lines=100000",
                "tail a b lines=50000",
                "tail a b bytes=300000 times=1",
                "tail a out offset=7 times=1",
                "tail b err since=0",
                "tail a b lines=1");
        List<Person> persons = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        for (String request : requests) {
            expected.add(textOf(request));
        }
        for (String request : requests) {
            persons.add(new Person(kernel.socket));
            persons.get(persons.size() - 1).say(request);
        }
        handOver();
        client.call("get", "x");
        handOver();
        assertThat(kernel.state()).contains("\ntail ", "\ntail-stream ");
        handOverTheSame();
        for (int i = 0; i < requests.size(); i++) {
            assertThat(persons.get(i).readTo("> ")).as(requests.get(i)).isEqualTo(expected.get(i));
            assertThat(persons.get(i).ask("get x")).isEqualTo("\n> ");
            persons.get(i).close();
        }
    }

    @Test
    void tails_that_follow_go_on() throws Exception {
        String go = kernel.socket + ".go";
        RunningKernel.Client client = kernel.connect();
        String script = "echo one; printf half; while [ ! -e " + go + " ]; do sleep 0.01; done; echo more; exit 5";
        long a = client.start("a", script);
        long b = client.start("b", script);
        client.call("follow", "output", "*");
        client.until(() -> client.output(a).endsWith("half") && client.output(b).endsWith("half"));
        RunningKernel.Client framed = kernel.connect();
        List<String> answers = new ArrayList<>();
        AtomicInteger count = new AtomicInteger();
        framed.channel.request(List.of("tail", "a", "b", "follow=1"), HandOverTest.keep(count, answers));
        framed.until(() -> framed.output(b).endsWith("half"));
        try (Person person = new Person(kernel.socket);
                Person impatient = new Person(kernel.socket)) {
            person.say("tail a b follow=1");
            impatient.say("tail a follow=1");
            String begun = person.readTo("half") + person.readTo("half");
            assertThat(impatient.readTo("half")).isEqualTo("one\nhalf");
            handOverTheSame();
            assertThat(impatient.ask("get x")).isEqualTo("\n> ");
            assertThat(impatient.readTo("> ")).isEqualTo("\n> ");
            handOverTheSame();
            framed.call("get", "x");
            assertThat(count).hasValue(0);
            Files.createFile(Path.of(go));
            String rest = person.readTo("\n> ");
            assertThat(begun + rest)
                    .contains("a out: one\n", "b out: one\n", "[a ended at ", "[b ended at ", ", with exit code 5]\n");
            assertThat(rest).endsWith("]\n> ");
            framed.until(() -> count.get() == 1);
            assertThat(answers).containsExactly("");
            assertThat(framed.output(a)).isEqualTo("one\nhalfmore\n");
            assertThat(framed.output(b)).isEqualTo("one\nhalfmore\n");
            assertThat(count(framed, Frame.Announced.class)).isEqualTo(2);
            assertThat(count(framed, Frame.Exit.class)).isEqualTo(2);
        }
        Files.delete(Path.of(go));
    }

    @Test
    void a_tail_tells_the_end_of_what_the_kernel_has_let_go_of() throws Exception {
        RunningKernel.Client client = kernel.connect();
        long process = client.start("w", "head -c 900000 /dev/zero; exit 6", "bufsize=4m");
        client.call("follow", "output", "w");
        client.until(() -> client.has(Frame.End.class, process));
        try (Person person = new Person(kernel.socket)) {
            person.say("tail w lines=10 follow=1");
            client.until(() -> client.callUnchecked("stats").contains(" tails=1 "));
            Thread.sleep(200);
            client.call("commit", "out", "" + process, "900000");
            client.call("commit", "exit", "" + process);
            assertThat(client.call("list", "processes")).isEmpty();
            handOverTheSame();
            String text = person.readTo("> ");
            assertThat(text).contains("bytes of w out are held no more, from ");
            assertThat(text).contains("[w ended at ").contains(", with exit code 6]\n> ");
        }
        handOver();
        assertThat(kernel.state()).doesNotContain("\nprocess ");
    }
}
