package circus.bench;

import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/**
 * What a client that only reads waits for while many watchers are at work: all of them start, stop, or hang, which is to say that their
 * workers do not obey the stop signal. Asked on a fixed beat, so that an answer that is late does not spare the next ones the wait.
 */
final class Answers {
    private static final int EVERY_MILLIS = 4;
    private static final int HANGING_SECONDS = 5;
    private static final double MOST_MILLIS = 20;
    private static final int ROUNDS = 3;

    /** Ten seconds of nothing. */
    private static final String IDLE = "10";

    private static final String STOP = "{\"command\": \"stop\", \"properties\": {\"waiting\": true}}";
    private static final String START = "{\"command\": \"start\", \"properties\": {\"waiting\": true}}";

    private static final String[] QUESTIONS = {
        "{\"command\": \"status\", \"properties\": {\"name\": \"w7\"}}",
        "{\"command\": \"list\", \"properties\": {\"name\": \"w500\"}}",
        "{\"command\": \"options\", \"properties\": {\"name\": \"w900\"}}",
        "{\"command\": \"numprocesses\"}",
        "{\"command\": \"list\"}",
        "{\"command\": \"status\"}",
    };

    private final int watchers;

    Answers(int watchers) {
        this.watchers = watchers;
    }

    void run(Table table) throws IOException {
        table.begin(
                "A client that reads while " + watchers + " watchers are at work, ms",
                "asked",
                "p50 / p99 / most",
                "to reach");
        try (Home home = new Home()) {
            Circus circus = home.circus("answers", "", sections("sleep 100000"));
            circus.start();
            Asker asker = new Asker(home, circus);
            asker.awaitProcesses(watchers);
            row(table, "nothing happens", asker, IDLE);
            row(table, "all stop", asker, STOP);
            row(table, "all start", asker, START);
            row(table, "all stop and start, " + ROUNDS + " times more", asker, again());
            circus.terminate();
        }
        try (Home home = new Home()) {
            Circus circus = home.circus(
                    "hanging",
                    "",
                    sections("sh -c 'trap \"\" TERM; exec sleep 100000'\ngraceful_timeout = " + HANGING_SECONDS));
            circus.start();
            Asker asker = new Asker(home, circus);
            asker.awaitProcesses(watchers);
            row(table, "all hang for " + HANGING_SECONDS + " s, until they are killed", asker, STOP);
            circus.terminate();
        }
    }

    private String sections(String command) {
        StringBuilder sections = new StringBuilder();
        for (int i = 0; i < watchers; i++) {
            sections.append("[watcher:w")
                    .append(i)
                    .append("]\ncmd = ")
                    .append(command)
                    .append('\n');
        }
        return sections.toString();
    }

    private static String[] again() {
        List<String> operations = new ArrayList<>();
        for (int i = 0; i < ROUNDS; i++) {
            operations.add(STOP);
            operations.add(START);
        }
        return operations.toArray(String[]::new);
    }

    private static void row(Table table, String name, Asker asker, String... operations) {
        Figures figures = asker.during(List.of(operations), EVERY_MILLIS, QUESTIONS);
        table.row(
                name,
                Integer.toString(figures.count()),
                figures.spread(),
                Table.verdict(figures.millis(0.99) <= MOST_MILLIS, "p99 20 ms"));
    }
}
