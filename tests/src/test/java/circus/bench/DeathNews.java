package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.util.List;

/** From {@code kill -9} of a child until its supervisor's client has read of its end from a Unix socket. */
final class DeathNews {
    private static final double MOST_MILLIS = 0.3;

    private final String rounds;

    DeathNews(int rounds) {
        this.rounds = Integer.toString(rounds);
    }

    void run(Table table) throws IOException {
        table.begin(
                "Death of a child until the follower's news, " + rounds + " times", "ms, p50 / p99 / most", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            Kernel kernel = home.kernel();
            Figures peer = new Figures(Peers.all(peers.peer("death", rounds, "/bin/sleep", "100000")));
            table.row("C: epoll, pidfd, a line to its client", peer.spread(), "");
            List<String> command = peers.client(
                    kernel.socket(), List.of("death", rounds), "stdout=0", "stderr=0", "--", "/bin/sleep", "100000");
            Peers.all(command); // warms up
            Figures papa = new Figures(Peers.all(command));
            table.row(
                    "papa, follow events",
                    papa.spread(),
                    Table.verdict(papa.millis(0.5) < MOST_MILLIS, "median 0.3 ms"));
        }
    }
}
