package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame;

/**
 * What it costs papa that it may be killed: the processor time that it takes for a flood that is committed as it comes, while it writes a
 * ledger and while nobody wants one. Interleaved rounds, of which the sums are compared: a round takes few of the ticks that Linux counts.
 */
final class LedgerCost {
    private static final long BYTES = 512L << 20;
    private static final double MOST = 0.03;
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String LEASE = "bench";

    /** A manager writes so much at once, and commits it. */
    private static final long AT_ONCE = 256 * 1024;

    private final int rounds;

    LedgerCost(int rounds) {
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        double[] seconds = new double[2];
        try (Home home = new Home()) {
            Path peer = new Peers(home).peer;
            Kernel kernel = home.kernel();
            for (int i = -1; i < rounds; i++) {
                for (int with = 0; with < 2; with++) {
                    double took = new Round(kernel, peer, with == 1).run();
                    seconds[with] += i >= 0 ? took : 0;
                }
            }
        } catch (PapaException failed) {
            throw new IOException(failed);
        }
        table.begin(
                rounds + " times " + (BYTES >> 20) + " MiB of one child, committed", "papa's ms for a GiB", "to reach");
        row(table, "without a ledger", seconds[0], "");
        boolean reached = seconds[1] <= seconds[0] * (1 + MOST);
        row(table, "with it", seconds[1], Table.verdict(reached, "%.0f %% more".formatted(100 * MOST)));
    }

    private void row(Table table, String name, double seconds, String verdict) {
        double gibibytes = (double) rounds * BYTES / (1L << 30);
        table.row(name, Table.number("%.0f", seconds * 1000 / gibibytes), verdict);
    }

    /** One child from its start to its end. */
    private static final class Round implements ReplyListener {
        private final Kernel kernel;
        private final Path peer;
        private final boolean withLedger;
        private long incarnation;
        private long end;
        private long committed;
        private boolean atEnd;
        private @Nullable String failure;

        private Round(Kernel kernel, Path peer, boolean withLedger) {
            this.kernel = kernel;
            this.peer = peer;
            this.withLedger = withLedger;
        }

        /** Seconds of processor time that papa took. */
        private double run() throws PapaException, IOException {
            KernelChannel channel = KernelChannel.open(kernel.socket(), this::told);
            String granted = channel.call(List.of("lease", "take", LEASE), LIMIT);
            try (@Nullable SocketChannel copies = withLedger ? copies(channel, granted) : null) {
                channel.call(List.of("follow", "output", LEASE + ".*"), LIMIT);
                List<Long> papa = List.of((long) channel.hello().pid());
                double before = Usage.seconds(papa);
                channel.call(
                        List.of(
                                "make",
                                "process",
                                LEASE + ".flood",
                                "stderr=0",
                                "--",
                                peer.toString(),
                                "pour",
                                Long.toString(BYTES)),
                        LIMIT);
                while (!atEnd && failure == null) {
                    channel.pump(LIMIT);
                    if (end - committed >= AT_ONCE) {
                        commit(channel);
                    }
                }
                commit(channel);
                channel.call(List.of("commit", "exit", Long.toString(incarnation)), LIMIT);
                if (failure != null || end != BYTES) {
                    throw new IOException(end + " bytes came, not " + BYTES + "; " + failure);
                }
                return Usage.seconds(papa) - before;
            } finally {
                channel.close();
            }
        }

        private SocketChannel copies(KernelChannel holder, String granted) throws PapaException, IOException {
            KernelChannel connection = KernelChannel.open(kernel.socket(), frame -> {});
            String epoch = granted.replaceAll("(?s).*epoch=(\\d+).*", "$1");
            connection.call(List.of("lease", "join", LEASE, epoch), LIMIT);
            connection.request(List.of("copies"), this);
            SocketChannel copies = connection.giveAway();
            String shown = holder.call(List.of("copies", "show"), LIMIT);
            if (!shown.contains(" missing=0 ")) {
                throw new IOException("cannot have copies of what the kernel holds: " + shown);
            }
            return copies;
        }

        private void commit(KernelChannel channel) {
            committed = end;
            channel.request(List.of("commit", "out", Long.toString(incarnation), Long.toString(end)), this);
        }

        private void told(Frame frame) {
            if (frame instanceof Frame.Data data) {
                incarnation = data.incarnation();
                end = data.offset() + data.bytes().remaining();
            } else if (frame instanceof Frame.End) {
                atEnd = true;
            }
        }

        @Override
        public void ok(String text) {}

        @Override
        public void failed(String reason) {
            failure = reason;
        }
    }
}
