package circus.tests.faults;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Background;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.LoadedCircus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** Everybody who can do harm by connecting, at once, at each socket that there is. */
@ExtendWith(HomeExtension.class)
@Timeout(value = 2, unit = TimeUnit.DAYS)
class HostileClientsTest {
    private static final Duration SOON = Duration.ofSeconds(30);
    private static final int STRANGER = 64_321;

    /** Of ZMTP 3.0: greeting, READY. */
    private static final String GREETING = "\u00ff" + "\0".repeat(8) + "\u007f\3\0NULL" + "\0".repeat(48);

    private static final String READY = "\4\u001c\5READY\u000bSocket-Type\0\0\0\6DEALER";

    private final Home home;

    HostileClientsTest(Home home) {
        this.home = home;
    }

    @Test
    void they_are_in_nobodys_way() throws Exception {
        Rounds rounds = Rounds.of(Fault.HOSTILE_CLIENTS, 1);
        int crowd = rounds.either(500, 10_000);
        long endless = rounds.either(100L << 20, 1L << 30);
        try (LoadedCircus loaded = LoadedCircus.start(home)) {
            Circus circus = loaded.circus();
            int papa = Integer.parseInt(circus.askKernel("stats").replaceAll("(?s).*\\bpid=(\\d+).*", "$1"));
            Footprint kernel = Footprint.of(papa);
            Footprint manager = Footprint.of(circus.manager().pid());
            List<SocketAddress> endpoints = List.of(address(circus.endpoint()), address(circus.eventEndpoint()));
            rounds.each(round -> {
                List<Background> hostile = new ArrayList<>();
                long seed = rounds.random().nextLong();
                hostile.add(Background.start(
                        "crowd", () -> crowd(UnixDomainSocketAddress.of(circus.kernelSocket()), crowd)));
                hostile.add(start(
                        "papa",
                        UnixDomainSocketAddress.of(circus.kernelSocket()),
                        "hello framed\n",
                        "a list ",
                        endless,
                        seed));
                for (SocketAddress endpoint : endpoints) {
                    hostile.add(Background.start("crowd", () -> crowd(endpoint, crowd)));
                    hostile.add(start("endpoint", endpoint, GREETING + READY, "\2\0\0\0\0@\0\0\0", endless, seed));
                    hostile.add(Background.start("stranger", () -> stranger((InetSocketAddress) endpoint)));
                }
                LockSupport.parkNanos(Duration.ofSeconds(5).toNanos());
                loaded.workersAreTheSame();
                assertThat(circus.tell("status", "pair")).isEqualTo("active");
                hostile.forEach(Background::close);
                hostile.forEach(Background::stop);
                loaded.workersAreTheSame();
            });
            await("nothing of them is left").atMost(SOON).untilAsserted(() -> {
                assertThat(Footprint.of(papa).moreThan(kernel).getOrDefault("socket", 0))
                        .isLessThan(8);
                assertThat(Footprint.of(circus.manager().pid())
                                .moreThan(manager)
                                .getOrDefault("socket", 0))
                        .isLessThan(8);
            });
            System.out.println("papa: " + kernel.residentKb() / 1024 + " MiB, then "
                    + Footprint.of(papa).residentKb() / 1024 + "; circusd: " + manager.residentKb() / 1024 + ", then "
                    + Footprint.of(circus.manager().pid()).residentKb() / 1024);
            LoadedCircus.Tally tally = loaded.nothingWasNoticed();
            rounds.took(tally.waits());
            rounds.unnoticed(tally);
        }
        rounds.passed();
    }

    private static SocketAddress address(String endpoint) {
        int port = Integer.parseInt(endpoint.substring(endpoint.lastIndexOf(':') + 1));
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), port);
    }

    /** One that begins rightly and goes on wrongly, in one of four ways after the other. */
    private static Background start(
            String name, SocketAddress address, String beginning, String header, long endless, long seed) {
        Random random = new Random(seed);
        byte[] noise = new byte[1 << 16];
        random.nextBytes(noise);
        return Background.start(name, new Background.Step() {
            private int turn;

            @Override
            public void run() throws IOException {
                switch (turn++ % 4) {
                    case 0 -> say(address, (beginning + header).substring(0, random.nextInt(beginning.length() + 5)));
                    case 1 -> say(address, new String(noise, 0, random.nextInt(noise.length), ISO_8859_1));
                    case 2 -> drip(address, beginning, random.nextInt(beginning.length()));
                    default -> flood(address, beginning + header, endless);
                }
            }
        });
    }

    /** Says so much and goes. */
    private static void say(SocketAddress address, String text) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            write(channel, ByteBuffer.wrap(text.getBytes(ISO_8859_1)));
        }
    }

    private static void drip(SocketAddress address, String text, int count) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            byte[] bytes = text.getBytes(ISO_8859_1);
            for (int i = 0; i < Math.min(count, 10); i++) {
                write(channel, ByteBuffer.wrap(bytes, i, 1));
                LockSupport.parkNanos(100_000_000);
            }
        }
    }

    /** A line, or a frame, without an end. */
    private static void flood(SocketAddress address, String beginning, long most) throws IOException {
        try (SocketChannel channel = SocketChannel.open(address)) {
            boolean open = write(channel, ByteBuffer.wrap(beginning.getBytes(ISO_8859_1)));
            byte[] much = "x".repeat(1 << 16).getBytes(ISO_8859_1);
            for (long sent = 0; open && sent < most; sent += much.length) {
                open = write(channel, ByteBuffer.wrap(much));
            }
        }
    }

    /** Whether the other end is there still; and takes something. */
    private static boolean write(SocketChannel channel, ByteBuffer bytes) {
        long deadline = System.nanoTime() + Duration.ofSeconds(5).toNanos();
        try {
            channel.configureBlocking(false);
            while (bytes.hasRemaining()) {
                if (channel.write(bytes) == 0) {
                    if (System.nanoTime() > deadline) {
                        return false;
                    }
                    LockSupport.parkNanos(1_000_000);
                }
            }
            return true;
        } catch (IOException closed) {
            return false;
        }
    }

    /** Connects so often, says nothing, stays a moment. */
    private static void crowd(SocketAddress address, int count) {
        List<SocketChannel> all = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                all.add(SocketChannel.open(address));
            }
        } catch (IOException full) {
            // That is its right.
        }
        LockSupport.parkNanos(Duration.ofSeconds(1).toNanos());
        all.forEach(HostileClientsTest::close);
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    /** Another user is told nothing. */
    private static void stranger(InetSocketAddress endpoint) {
        List<String> words = new ArrayList<>(Home.as(STRANGER));
        String script =
                "use IO::Socket::INET; my $s = IO::Socket::INET->new(PeerAddr => '127.0.0.1:" + endpoint.getPort()
                        + "') or exit 0; $SIG{PIPE} = 'IGNORE'; print $s \"x\" x 100; alarm 20;"
                        + " my $n = sysread $s, my $b, 100; exit($n ? 1 : 0)";
        words.addAll(List.of("perl", "-e", script));
        Commands.Result result = Commands.run(SOON, words.toArray(String[]::new));
        if (result.exit() == 1) {
            throw new AssertionError("a stranger gets an answer: " + result);
        }
    }
}
