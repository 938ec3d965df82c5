package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaUpgrade;
import circus.tests.harness.Pinger;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import papa.client.PapaException;

/**
 * {@code papa upgrade}: the longest that a client has to wait for an answer meanwhile which asks every millisecond. Beside it, at the
 * same time and under the same load, a JVM with papa's own options, class path and archive that does nothing but tell a version: as
 * fast as the program can be replaced at all.
 */
final class UpgradeGap {
    private static final Duration CALM = Duration.ofMillis(300);
    private static final double MOST_MILLIS = 400;
    private static final int CLIENTS = 4;

    private final int rounds;

    UpgradeGap(int rounds) {
        this.rounds = rounds;
    }

    /** Something that papa has to do besides. */
    private record Duty(String name, int children, boolean loaded) {
        List<String> command(Peers peers, Kernel kernel) {
            String number = Integer.toString(children);
            return loaded
                    ? peers.client(
                            kernel.socket(),
                            List.of("hold", number, "commit"),
                            "--",
                            peers.peer.toString(),
                            "tick",
                            "10")
                    : peers.client(kernel.socket(), List.of("hold", number, "no"), "--", "/bin/sleep", "100000");
        }
    }

    void run(Table table) throws IOException {
        table.begin(
                "Upgrade in place, " + rounds + " times: the longest wait of a client that asks every ms",
                "ms, median (least–most)",
                "a bare JVM meanwhile, ms",
                "to reach");
        List<Duty> duties = new ArrayList<>(List.of(
                new Duty("idle", 0, false),
                new Duty("100 children write 1000 lines a second, a follower commits, 4 clients ask", 100, true),
                new Duty("1000 sleeps, both outputs captured", 1_000, false)));
        if (Tools.mayOpen(16_000)) {
            duties.add(new Duty("5000 sleeps, both outputs captured", 5_000, false));
        }
        for (Duty duty : duties) {
            try (Home home = new Home()) {
                run(table, home, duty);
            } catch (PapaException failure) {
                throw new IOException(failure);
            }
        }
    }

    private void run(Table table, Home home, Duty duty) throws IOException, PapaException {
        Peers peers = new Peers(home);
        Kernel kernel = home.kernel();
        if (duty.children() == 0) {
            measure(table, home, kernel, duty);
            return;
        }
        List<Pinger> clients = new ArrayList<>();
        try (Held held = new Held(duty.command(peers, kernel))) {
            for (int i = 0; i < (duty.loaded() ? CLIENTS : 0); i++) {
                clients.add(Pinger.start(kernel.socket()));
            }
            measure(table, home, kernel, duty);
            clients.forEach(Pinger::stop);
            held.end();
        } finally {
            clients.forEach(Pinger::close);
        }
    }

    private void measure(Table table, Home home, Kernel kernel, Duty duty) throws IOException, PapaException {
        long[] gaps = new long[rounds];
        long[] bare = new long[rounds];
        try (Pinger pinger = Pinger.start(kernel.socket())) {
            for (int i = -1; i < rounds; i++) {
                Usage.pause(CALM);
                long began = System.nanoTime();
                PapaUpgrade.run(home, kernel.socket()).mustSucceed();
                Usage.pause(CALM);
                pinger.check();
                gaps[Math.max(0, i)] = pinger.longestNanos(began);
                bare[Math.max(0, i)] = BareJvm.nanos(kernel.daemon().pid(), "papa.kernel.Papa");
            }
            pinger.stop();
        }
        Figures gap = new Figures(gaps);
        table.row(
                "papa, " + duty.name(),
                gap.median(),
                new Figures(bare).median(),
                duty.loaded() ? Table.verdict(gap.millis(0.5) < MOST_MILLIS, "median 400 ms") : "");
    }
}
