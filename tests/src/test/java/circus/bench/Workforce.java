package circus.bench;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** What both daemons take of the machine while so many workers do nothing, and what each further worker takes of circusd. */
final class Workforce {
    private static final Duration IDLE = Duration.ofSeconds(60);

    /** After a change, until what it has brought is done with. */
    private static final Duration SETTLING = Duration.ofSeconds(5);

    private static final double MOST_MEGABYTES = 90;
    private static final double MOST_KILOBYTES = 6;
    private static final double MOST_PERCENT = 0.3;

    private final int workers;
    private final int further;

    /** @param further how many are added for the figure of each */
    Workforce(int workers, int further) {
        this.workers = workers;
        this.further = further;
    }

    void run(Table table) throws IOException {
        table.begin(workers + " sleep workers under circusd", "", "to reach");
        try (Home home = new Home()) {
            Circus circus =
                    home.circus("workforce", "", "[watcher:s]\ncmd = sleep 100000\nnumprocesses = " + workers + "\n");
            long manager = circus.start().pid();
            circus.awaitWorkers("s", workers);
            Usage.pause(SETTLING);
            long kernel = Long.parseLong(circus.askKernel("hello").replaceAll("(?s).* pid=(\\d+) .*", "$1"));
            double percent = Usage.percent(List.of(manager, kernel), IDLE);
            double before = Usage.resident(manager);
            row(table, "circusd, resident, MB", before / 1024, MOST_MEGABYTES);
            table.row("papa, resident, MB", Table.number("%.1f", Usage.resident(kernel) / 1024.0), "");
            row(table, "both while idle for " + IDLE.toSeconds() + " s, % of a processor", percent, MOST_PERCENT);
            circus.call("incr", Map.of("name", "s", "nb", further, "waiting", true));
            circus.awaitWorkers("s", workers + further);
            Usage.pause(SETTLING);
            double each = (Usage.resident(manager) - before) / further;
            row(table, "circusd, KB for each of " + further + " further workers", each, MOST_KILOBYTES);
            circus.terminate();
        }
    }

    private static void row(Table table, String name, double figure, double most) {
        table.row(
                name,
                Table.number("%.2f", figure),
                Table.verdict(figure <= most, Table.number("%s", most).replace(".0", "")));
    }
}
