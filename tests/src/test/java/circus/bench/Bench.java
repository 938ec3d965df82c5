package circus.bench;

import java.io.IOException;
import java.util.List;

/** {@code bench/run [respawn] [cold]}: all of them without a word. Prints tables in Markdown. */
public final class Bench {
    private static final int RESPAWNS = Integer.getInteger("circus.bench.rounds", 200);
    private static final int STARTS = Integer.getInteger("circus.bench.starts", 5);

    private Bench() {}

    public static void main(String[] arguments) throws IOException {
        List<String> wanted = arguments.length == 0 ? List.of("respawn", "cold") : List.of(arguments);
        Table table = new Table(System.out);
        for (String name : wanted) {
            switch (name) {
                case "respawn" -> new Respawn(RESPAWNS).run(table);
                case "cold" -> new ColdStart(500, STARTS).run(table);
                default -> throw new IllegalArgumentException("no benchmark " + name + ": respawn, cold");
            }
        }
    }
}
