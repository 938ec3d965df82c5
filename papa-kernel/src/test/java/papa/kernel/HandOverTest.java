package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.door.Guard;
import papa.posix.NativePosix;
import papa.wire.Limit;

/** Clients do not notice that another kernel serves them than before, on the same descriptors. */
@Timeout(180)
class HandOverTest extends HandedOverKernel {
    HandOverTest() throws Exception {}

    // What is sent and asked.

    @Test
    void a_line_that_has_come_by_half_is_completed_later() throws Exception {
        try (SocketChannel raw = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket))) {
            RawBytes.send(raw, "set one 1\nset two 2");
            RunningKernel.Client client = kernel.connect();
            client.until(() -> client.callUnchecked("get", "one").equals("1"));
            handOverTheSame();
            RawBytes.send(raw, "3\nget two\nquit\n");
            assertThat(RawBytes.readToEnd(raw)).isEqualTo(Session.GREETING + "\n> \n> 23\n> ok\n");
        }
    }

    @Test
    void who_does_not_read_its_answers_gets_them_later() throws Exception {
        RunningKernel.Client client = kernel.connect();
        for (int i = 0; i < 60; i++) {
            client.call("set", "big" + i, Integer.toString(i).repeat(25_000));
        }
        try (Person person = new Person(kernel.socket);
                SocketChannel framed = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket))) {
            String expected = person.ask("list values") + person.ask("get big1");
            person.say("list values");
            person.say("get big1");
            RawBytes.send(framed, "hello framed\na list values\nb list values\nc quit\n");
            client.until(() -> unread(client) > 3);
            handOverTheSame();
            handOver();
            assertThat(person.readTo("\n> ") + person.readTo("\n> ")).isEqualTo(expected);
            String answers = RawBytes.readToEnd(framed);
            String values = expected.substring(0, expected.indexOf("\n> ") + 1);
            assertThat(answers.length()).isGreaterThan(2 * values.length());
            assertThat(answers).contains("a " + values.length() + "\n" + values);
            assertThat(answers).contains("b " + values.length() + "\n" + values);
            assertThat(answers).endsWith("c 3\nok\n\n");
        }
    }

    /** Sessions, of which two have asked what they do not read. */
    private static int unread(RunningKernel.Client client) {
        return client.callUnchecked("stats").contains(" sessions=3 ") ? 4 : 0;
    }

    @Test
    void requests_in_flight_are_all_answered_once_and_in_their_order() throws Exception {
        RunningKernel.Client client = kernel.connect();
        AtomicInteger next = new AtomicInteger();
        List<String> answers = new ArrayList<>();
        List<String> expected = new ArrayList<>();
        KernelChannel channel = client.channel;
        CompletableFuture<Void> handing = CompletableFuture.runAsync(() -> {
            try {
                for (int i = 0; i < 10; i++) {
                    handOver();
                }
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        int asked = 0;
        while (!handing.isDone() || next.get() < asked || asked <= 200) {
            for (int i = 0; i < 20 && (!handing.isDone() || asked <= 200); i++) {
                String value = "v" + asked++;
                channel.request(List.of("set", "x", value), keep(next, answers));
                channel.request(List.of("get", "x"), keep(next, answers));
                expected.add("");
                expected.add(value);
                asked++;
            }
            if (next.get() < asked) {
                channel.pump(Duration.ofSeconds(30));
            }
        }
        handing.get();
        assertThat(answers).isEqualTo(expected);
        assertThat(expected).hasSizeGreaterThan(100);
    }

    /** Numbers the answers in the order in which they come. */
    static ReplyListener keep(AtomicInteger count, List<String> answers) {
        return new ReplyListener() {
            @Override
            public void ok(String text) {
                count.incrementAndGet();
                answers.add(text);
            }

            @Override
            public void failed(String reason) {
                count.incrementAndGet();
                answers.add("failed: " + reason);
            }
        };
    }

    @Test
    void starts_that_are_under_way_are_told_first() throws Exception {
        RunningKernel.Client client = kernel.connect();
        AtomicInteger count = new AtomicInteger();
        List<String> answers = new ArrayList<>();
        for (int i = 0; i < 30; i++) {
            client.channel.request(
                    List.of("make", "process", "p" + i, "path=/bin", "--", "sleep", "1000"), keep(count, answers));
        }
        client.channel.flush();
        handOver();
        client.until(() -> count.get() == 30);
        assertThat(answers).allMatch(each -> each.contains(" incarnation="));
        assertThat(client.call("list", "processes").lines()).hasSize(30);
    }

    @Test
    void what_somebody_asked_before_going_is_done() throws Exception {
        kernel.pause();
        try (Person late = new Person(kernel.socket, "")) {
            late.say("set late 1");
        }
        handOver();
        RunningKernel.Client client = kernel.connect();
        client.until(() -> client.callUnchecked("get", "late").equals("1"));
    }

    @Test
    void who_had_come_already_and_goes_while_nothing_is_read_has_its_last_request_done() throws Exception {
        RunningKernel.Client client = kernel.connect();
        try (Person person = new Person(kernel.socket)) {
            person.ask("set x 1");
            kernel.pause();
            person.say("set x 2");
        }
        handOver();
        client.until(() -> client.callUnchecked("get", "x").equals("2"));
        client.until(() -> client.callUnchecked("stats").contains(" sessions=1 "));
    }

    @Test
    void a_pause_that_comes_to_nothing_is_only_a_pause() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("set", "x", "1");
        kernel.pause();
        AtomicInteger count = new AtomicInteger();
        List<String> answers = new ArrayList<>();
        client.channel.request(List.of("get", "x"), keep(count, answers));
        client.channel.flush();
        CompletableFuture<String> another = CompletableFuture.supplyAsync(() -> {
            try (Person person = new Person(kernel.socket)) {
                return person.ask("get x");
            } catch (Exception failed) {
                throw new AssertionError(failed);
            }
        });
        Thread.sleep(100);
        assertThat(another).isNotDone();
        kernel.resume();
        client.until(() -> count.get() == 1);
        assertThat(another.get()).isEqualTo("1\n> ");
    }

    @Test
    void the_doors_are_open_afterwards_and_as_narrow_as_before() throws Exception {
        kernel.close();
        kernel = new RunningKernel(64L * 1024 * 1024, new Guard(new NativePosix().uid(), Set.of()), 0, false);
        try (Person local = new Person(kernel.socket);
                SocketChannel remote = overTcp()) {
            local.ask("set x 1");
            handOverTheSame();
            RawBytes.send(remote, "get x\nset x 2\nquit\n");
            assertThat(RawBytes.readToEnd(remote))
                    .startsWith(Session.GREETING + "1\n> Error: cannot set here: over TCP one may only read");
            try (SocketChannel second = overTcp();
                    Person third = new Person(kernel.socket)) {
                RawBytes.send(second, "set x 2\nget x\nquit\n");
                assertThat(RawBytes.readToEnd(second)).contains("cannot set here", "\n> 1\n> ok\n");
                assertThat(third.ask("set x 3")).isEqualTo("\n> ");
            }
            assertThat(local.ask("get x")).isEqualTo("3\n> ");
        }
        Path socket = kernel.socket;
        kernel.close();
        assertThat(socket).doesNotExist();
    }

    private SocketChannel overTcp() throws Exception {
        return SocketChannel.open(new InetSocketAddress(InetAddress.getLoopbackAddress(), kernel.port));
    }

    // Leases.

    @Test
    void leases_are_held_joined_dropped_and_forced_as_before() throws Exception {
        RunningKernel.Client holder = kernel.connect();
        RunningKernel.Client member = kernel.connect();
        RunningKernel.Client stranger = kernel.connect();
        holder.call("lease", "take", "a");
        holder.call("lease", "take", "b");
        holder.call("lease", "take", "dropped");
        holder.call("lease", "drop", "dropped");
        member.call("lease", "join", "a", "1");
        Process other = LeaseHolder.start(kernel.socket, "forced", 1);
        String shown = holder.call("lease", "show");
        handOverTheSame();
        assertThat(holder.call("lease", "show")).isEqualTo(shown);
        holder.call("set", "a.x", "1");
        member.call("set", "a.x", "2");
        assertThatThrownBy(() -> stranger.call("set", "a.x", "3")).hasMessageContaining("it belongs to the lease a");
        assertThatThrownBy(() -> member.call("set", "b.x", "3")).hasMessageContaining("it belongs to the lease b");
        assertThat(stranger.call("lease", "take", "dropped")).contains("epoch=2");
        assertThat(stranger.call("lease", "force", "forced")).contains("forced epoch=3");
        other.waitFor();
        assertThat(stranger.call("lease", "join", "a", "1")).contains("a epoch=1");
        stranger.call("set", "a.x", "4");
        holder.call("lease", "drop", "a");
        handOver();
        stranger.call("set", "a.x", "5");
        assertThat(stranger.call("lease", "take", "a")).contains("a epoch=2");
        holder.channel.close();
        stranger.until(() -> stranger.callUnchecked("lease", "show").contains("b epoch=1 pid=0"));
    }

    @Test
    void who_dies_while_nothing_is_read_holds_its_lease_no_more() throws Exception {
        RunningKernel.Client client = kernel.connect();
        Process other = LeaseHolder.start(kernel.socket, "a", 1);
        kernel.pause();
        other.destroyForcibly().waitFor();
        handOver();
        client.until(() -> client.callUnchecked("lease", "show").contains("a epoch=1 pid=0"));
        assertThat(client.call("lease", "take", "a")).contains("epoch=2");
    }

    @Test
    void as_many_may_connect_as_before() throws Exception {
        List<SocketChannel> all = new ArrayList<>();
        for (int i = 0; i < Limit.SESSIONS.most(); i++) {
            all.add(SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket)));
            RawBytes.send(all.get(i), "lease take l" + i + "\n");
        }
        for (SocketChannel each : all) {
            while (!RawBytes.read(each).contains("epoch=1")) {
                // the greeting comes first
            }
        }
        handOverTheSame();
        assertThatThrownBy(kernel::connect)
                .isInstanceOf(PapaException.class)
                .hasMessageContaining("it closed the connection");
        RawBytes.send(all.get(77), "lease drop l77\nquit\n");
        assertThat(RawBytes.readToEnd(all.get(77))).endsWith("ok\n");
        assertThat(kernel.connect().call("lease", "show"))
                .doesNotContain("l77 ")
                .contains("l78 ");
        for (SocketChannel each : all) {
            each.close();
        }
    }
}
