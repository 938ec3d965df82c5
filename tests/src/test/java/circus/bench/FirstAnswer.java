package circus.bench;

import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;

/** From the exec of a kernel until it has answered a request. PAPA_PYTHON may name a checkout of Python papa. */
final class FirstAnswer {
    private static final double MOST_MILLIS = 250;

    private final int rounds;

    FirstAnswer(int rounds) {
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        table.begin("Start-up until the first answer, " + rounds + " times", "ms, p50 / p99 / most", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            String socket = home.path("papa.sock").toString();
            String papa = Installation.built().resolve("bin/papa").toString();
            List<String> command = peers.peer("first", socket, "list sockets", papa, "--unix-socket", socket);
            Figures with = measure(command, List.of());
            table.row("papa", with.spread(), Table.verdict(with.millis(0.5) < MOST_MILLIS, "250 ms"));
            // Not without the JDK's own archive, too.
            Path common = Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");
            Figures without = measure(command, List.of("PAPA_JAVA_OPTS=-XX:SharedArchiveFile=" + common));
            table.row("papa without the archive of bin/make-archives", without.spread(), "");
            String python = System.getenv("PAPA_PYTHON");
            if (python != null) {
                List<String> theirs = peers.peer(
                        "first",
                        socket,
                        "sockets",
                        DebianPython.PROGRAM,
                        "-c",
                        "from papa.server import main; main()",
                        "--unix-socket",
                        socket);
                table.row(
                        "Python papa",
                        measure(theirs, List.of("PYTHONPATH=" + Path.of(python)))
                                .spread(),
                        "");
            }
        }
    }

    private Figures measure(List<String> command, List<String> environment) {
        long[] nanos = new long[rounds];
        for (int i = -1; i < rounds; i++) {
            nanos[Math.max(0, i)] = Peers.nanos("first", command, environment);
        }
        return new Figures(nanos);
    }
}
