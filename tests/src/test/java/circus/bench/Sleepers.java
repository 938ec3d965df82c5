package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** Very many children that do nothing: started, listed, watched without work, ended. */
final class Sleepers {
    private static final Duration IDLE = Duration.ofSeconds(20);
    private static final double MOST_PERCENT = 0.5;

    private final int count;

    Sleepers(int count) {
        this.count = count;
    }

    void run(Table table) throws IOException {
        boolean captured = Tools.mayOpen(3L * count + 1000);
        table.begin(
                count + " sleeps" + (captured ? "" : ", output not captured"),
                "until all run, ms",
                "until all have ended, ms",
                "processor while idle, %",
                "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            String number = Integer.toString(count);
            try (Held held = new Held(peers.peer("hold", number, captured ? "1" : "0", "/bin/sleep", "100000"))) {
                double idle = Usage.percent(held.pid(), IDLE);
                row(table, "C: posix_spawn, epoll, pidfd", held, idle, "");
            }
            Kernel kernel = home.kernel();
            String capture = captured ? "stdout=1" : "stdout=0";
            List<String> command = peers.client(
                    kernel.socket(), List.of("hold", number, "no"), capture, "stderr=0", "--", "/bin/sleep", "100000");
            try (Held held = new Held(command)) {
                double idle = Usage.percent(kernel.daemon().pid(), IDLE);
                long listed = listed(kernel);
                boolean reached = listed == count && idle < MOST_PERCENT;
                row(table, "papa, which lists " + listed, held, idle, Table.verdict(reached, "all, 0.5 %"));
            }
        }
    }

    private static void row(Table table, String name, Held held, double idle, String verdict) throws IOException {
        double down = held.end();
        table.row(
                name,
                Table.number("%.0f", held.upMillis()),
                Table.number("%.0f", down),
                Table.number("%.2f", idle),
                verdict);
    }

    private static long listed(Kernel kernel) {
        try (PapaSession session = kernel.session()) {
            return session.ask("list processes bench.*")
                    .lines()
                    .filter(line -> line.contains("running=True"))
                    .count();
        }
    }
}
