package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Many children that write a line a second each: what the processor does for it. */
final class Lines {
    private static final Duration CALM = Duration.ofSeconds(5);
    private static final Duration TIME = Duration.ofSeconds(20);
    private static final double MOST_PERCENT = 2;

    private final String count;

    Lines(int count) {
        this.count = Integer.toString(count);
    }

    void run(Table table) throws IOException {
        table.begin(count + " children that write a line a second", "processor, %", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            try (Held held = new Held(peers.peer("hold", count, "1", peers.peer.toString(), "tick"))) {
                row(table, "C: epoll, read, nothing else", held, held.pid(), false);
            }
            Kernel kernel = home.kernel();
            for (String follow : List.of("no", "commit")) {
                List<String> command = peers.client(
                        kernel.socket(),
                        List.of("hold", count, follow),
                        "stderr=0",
                        "--",
                        peers.peer.toString(),
                        "tick");
                String name = follow.equals("no") ? "papa, nobody follows" : "papa, a follower commits every 10 ms";
                try (Held held = new Held(command)) {
                    row(table, name, held, kernel.daemon().pid(), true);
                }
            }
        }
    }

    private static void row(Table table, String name, Held held, long pid, boolean judged) throws IOException {
        Usage.pause(CALM);
        double percent = Usage.percent(pid, TIME);
        held.end();
        table.row(name, Table.number("%.2f", percent), judged ? Table.verdict(percent < MOST_PERCENT, "2 %") : "");
    }
}
