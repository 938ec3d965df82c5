package circus.bench;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.PythonCircus;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * What one client of libzmq waits for an answer, of ours and of Circus itself, asked in turns. CIRCUS_PYTHON names a checkout of Circus
 * 0.19.0.
 */
final class RoundTrips {
    private static final int ROUNDS = 5;
    private static final int QUESTIONS = 1_000;
    private static final String STATUS = "{\"command\": \"status\", \"properties\": {\"name\": \"w0\"}}";

    /** A daemon that has run for a while has been asked before: its Java is compiled by then. */
    private static final int WARMING = 5_000;

    /**
     * One figure to find.
     *
     * @param watchers how many; each has {@code workers} processes
     * @param most milliseconds, for the median of ours
     */
    private record Case(String title, int watchers, int workers, String request, double most) {
        String sections() {
            StringBuilder sections = new StringBuilder();
            for (int i = 0; i < watchers; i++) {
                sections.append("[watcher:w%d]\ncmd = %s\nnumprocesses = %d\n".formatted(i, "sleep 100000", workers));
            }
            return sections.toString();
        }
    }

    void run(Table table) throws IOException {
        table.begin(
                "One client asks, answer by answer, ms, p50 / p99 / most",
                "circusd on papa",
                "Circus 0.19",
                "to reach");
        String pids = "{\"command\": \"list\", \"properties\": {\"name\": \"w0\"}}";
        for (Case figure : List.of(
                new Case("status of one, 10 workers", 1, 10, STATUS, 0.15),
                new Case("status of one, 500 workers", 1, 500, STATUS, 0.15),
                new Case("status of one, 500 watchers", 500, 1, STATUS, 0.15),
                new Case("list of 500 watchers", 500, 1, "{\"command\": \"list\"}", 2),
                new Case("list of 500 pids", 1, 500, pids, 2),
                new Case("list of 1000 watchers", 1_000, 1, "{\"command\": \"list\"}", 4),
                new Case("list of 1000 pids", 1, 1_000, pids, 4))) {
            measure(table, figure);
        }
    }

    private static void measure(Table table, Case figure) throws IOException {
        String checkout = System.getenv("CIRCUS_PYTHON");
        try (Home home = new Home()) {
            Circus ours = home.circus("ours", "", figure.sections());
            ours.start();
            Asker asker = asker(home, ours, figure);
            List<Figures> answers = new ArrayList<>();
            List<Figures> others = new ArrayList<>();
            Asker other = asker;
            if (checkout != null) {
                Circus python = home.circus("python", "", figure.sections());
                python.launchInstead(PythonCircus.words(Path.of(checkout), "circus.circusd"));
                other = asker(home, python, figure);
            }
            asker.each(WARMING, figure.request());
            for (int i = 0; i < ROUNDS; i++) {
                answers.add(asker.each(QUESTIONS, figure.request()));
                others.add(other.each(QUESTIONS / ROUNDS, figure.request()));
            }
            Figures all = Figures.together(answers);
            table.row(
                    figure.title(),
                    all.spread(),
                    checkout == null ? "not here" : Figures.together(others).spread(),
                    Table.verdict(all.millis(0.5) <= figure.most(), "median " + figure.most() + " ms"));
        }
    }

    private static Asker asker(Home home, Circus circus, Case figure) {
        Asker asker = new Asker(home, circus);
        asker.awaitProcesses(figure.watchers() * figure.workers());
        return asker;
    }
}
