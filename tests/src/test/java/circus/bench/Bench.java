package circus.bench;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code bench/run [--markdown] [NAME…]}: all of them without a name. Prints tables in Markdown. */
public final class Bench {
    private static final int RESPAWNS = Integer.getInteger("circus.bench.rounds", 200);
    private static final int STARTS = Integer.getInteger("circus.bench.starts", 5);
    private static final List<String> KERNEL =
            List.of("memory", "sleepers", "lines", "throughput", "ledger", "spawn", "death", "start", "upgrade");
    private static final List<String> MANAGER =
            List.of("respawn", "cold", "recover", "workers", "answers", "roundtrips", "stats", "feed", "tool");
    private static final List<String> OUTPUT = List.of("logs", "tickers");

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        List<String> words = new ArrayList<>(List.of(arguments));
        Table table = new Table(System.out, !words.remove("--markdown"));
        for (String name : wanted(words)) {
            System.err.println(name);
            run(name, table);
            table.end();
        }
    }

    private static List<String> wanted(List<String> words) {
        List<String> names = new ArrayList<>();
        for (String word : words.isEmpty() ? List.of("kernel", "manager", "output") : words) {
            switch (word) {
                case "kernel" -> names.addAll(KERNEL);
                case "manager" -> names.addAll(MANAGER);
                case "output" -> names.addAll(OUTPUT);
                default -> names.add(word);
            }
        }
        return names;
    }

    private static void run(String name, Table table) throws IOException {
        switch (name) {
            case "memory" -> new Memory().run(table);
            case "sleepers" -> new Sleepers(10_000).run(table);
            case "lines" -> new Lines(1_000).run(table);
            case "throughput" -> new Throughput(STARTS).run(table);
            case "ledger" -> new LedgerCost(STARTS).run(table);
            case "spawn" -> new SpawnRate(STARTS).run(table);
            case "death" -> new DeathNews(3 * RESPAWNS).run(table);
            case "start" -> new FirstAnswer(4 * STARTS).run(table);
            case "upgrade" -> new UpgradeGap(4 * STARTS).run(table);
            case "respawn" -> new Respawn(RESPAWNS).run(table);
            case "cold" -> new ColdStart(1_000, STARTS).run(table);
            case "recover" -> new Recover(1_000, 2 * STARTS).run(table);
            case "answers" -> new Answers(1_000).run(table);
            case "roundtrips" -> new RoundTrips().run(table);
            case "workers" -> new Workforce(1_000, 2_000).run(table);
            case "logs" -> new Logs(STARTS).run(table);
            case "tickers" -> new Tickers(100, 100).run(table);
            case "tool" -> new ToolStart(RESPAWNS).run(table);
            case "feed" -> new FeedCost(1_000).run(table);
            case "stats" -> new StatsAnswer(1_000, RESPAWNS).run(table);
            default ->
                throw new IllegalArgumentException("no benchmark " + name + ": kernel (" + KERNEL + "), manager ("
                        + MANAGER + "), output (" + OUTPUT + ")");
        }
    }
}
