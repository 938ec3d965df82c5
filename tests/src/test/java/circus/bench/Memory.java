package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/** What a kernel takes by itself, and for each child: {@code sleep}s with 20 variables of 1 KiB together. */
final class Memory {
    private static final Duration CALM = Duration.ofSeconds(3);
    private static final double MOST_IDLE_MB = 48;
    private static final double MOST_PER_CHILD_KB = 3;

    void run(Table table) throws IOException {
        table.begin("Memory of papa", "resident, MB", "proportional, MB", "per child, KB", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            Kernel kernel = home.kernel();
            try (PapaSession session = kernel.session()) {
                for (String request : List.of("help", "list sockets", "set a b", "get a", "remove values a")) {
                    session.ask(request);
                }
            }
            Usage.pause(CALM);
            double idle = row(table, kernel, "idle, after a few requests", 0, 0);
            children(table, peers, kernel, idle, 1_000, "captured");
            children(table, peers, kernel, idle, 10_000, "not captured");
            if (Tools.mayOpen(31_000)) {
                children(table, peers, kernel, idle, 10_000, "captured");
            }
            row(table, kernel, "after all that", 0, 0);
        }
    }

    private static void children(Table table, Peers peers, Kernel kernel, double idle, int count, String output)
            throws IOException {
        String captured = output.equals("captured") ? "1" : "0";
        List<String> command = peers.client(
                kernel.socket(),
                List.of("hold", Integer.toString(count), "no"),
                "stdout=" + captured,
                "stderr=" + captured);
        for (int i = 0; i < 17; i++) {
            command.add("env.VARIABLE_NUMBER_" + i + "=" + "x".repeat(36));
        }
        command.addAll(List.of("--", "/bin/sleep", "100000"));
        try (Held held = new Held(command)) {
            Usage.pause(CALM);
            row(table, kernel, count + " sleeps, output " + output, count, idle);
            held.end();
        }
    }

    /** Answers the resident memory in kilobytes of 1024 bytes. */
    private static double row(Table table, Kernel kernel, String name, int children, double idle) throws IOException {
        int pid = kernel.daemon().pid();
        double resident = Usage.resident(pid);
        double each = (resident - idle) / Math.max(1, children);
        table.row(
                name,
                Table.number("%.1f", resident / 1024),
                Table.number("%.1f", Usage.proportional(pid) / 1024.0),
                children == 0 ? "" : Table.number("%.2f", each),
                verdict(children, idle, resident, each));
        return resident;
    }

    private static String verdict(int children, double idle, double resident, double each) {
        if (children > 0) {
            return Table.verdict(each <= MOST_PER_CHILD_KB, "3 KB");
        }
        return idle > 0 ? "" : Table.verdict(resident / 1024 <= MOST_IDLE_MB, "48 MB");
    }
}
