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
        table.begin("Memory of papa", "resident, MB", "proportional, MB", "KB for each child", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            Kernel kernel = home.kernel();
            try (PapaSession session = kernel.session()) {
                for (String request : List.of("help", "list sockets", "set a b", "get a", "remove values a")) {
                    session.ask(request);
                }
            }
            Usage.pause(CALM);
            row(table, kernel, "idle, after a few requests", 0, 0);
            end(kernel);
            children(table, home, peers, 1_000, true);
            children(table, home, peers, Tools.mayOpen(31_000) ? 10_000 : 5_000, true);
            children(table, home, peers, 10_000, false);
        }
    }

    private static void end(Kernel kernel) {
        kernel.daemon().signal("TERM");
        kernel.daemon().awaitExit(Duration.ofSeconds(20));
    }

    /** On a kernel of its own, which has started other processes before: the code that is loaded for it is no child's. */
    private static void children(Table table, Home home, Peers peers, int count, boolean isCaptured)
            throws IOException {
        Kernel kernel = home.kernel();
        String captured = isCaptured ? "1" : "0";
        Peers.nanos(
                "spawned",
                peers.client(
                        kernel.socket(),
                        List.of("spawn", "2000", "32"),
                        "stdout=" + captured,
                        "stderr=" + captured,
                        "--",
                        "/bin/true"));
        Usage.pause(CALM);
        double idle = Usage.resident(kernel.daemon().pid());
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
            String output = isCaptured ? "both outputs captured" : "outputs not captured";
            row(table, kernel, count + " sleeps, " + output, count, idle);
            held.end();
        }
        end(kernel);
    }

    private static void row(Table table, Kernel kernel, String name, int children, double idle) throws IOException {
        int pid = kernel.daemon().pid();
        double resident = Usage.resident(pid);
        double each = (resident - idle) / Math.max(1, children);
        table.row(
                name,
                Table.number("%.1f", resident / 1024),
                Table.number("%.1f", Usage.proportional(pid) / 1024.0),
                children == 0 ? "" : Table.number("%.2f", each),
                children == 0
                        ? Table.verdict(resident / 1024 <= MOST_IDLE_MB, "48 MB")
                        : Table.verdict(each <= MOST_PER_CHILD_KB, "3 KB"));
    }
}
