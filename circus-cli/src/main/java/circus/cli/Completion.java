package circus.cli;

import circus.command.CommandSpec;
import java.io.PrintStream;
import java.util.Map;
import java.util.TreeSet;

/**
 * Answers bash's completion: the variable AUTO_COMPLETE set, the line in COMP_WORDS, the index of the word in COMP_CWORD. Completes
 * names of commands, and always exits with 1, as Circus does.
 */
final class Completion {
    static final String SWITCH = "AUTO_COMPLETE";

    private Completion() {}

    static int run(Map<String, String> environment, PrintStream out) {
        if ("1".equals(environment.get("COMP_CWORD"))) {
            String[] words = environment.getOrDefault("COMP_WORDS", "").strip().split("\\s+");
            String prefix = words.length > 1 ? words[1] : "";
            TreeSet<String> names = new TreeSet<>();
            for (CommandSpec command : CommandSpec.values()) {
                if (command.word().startsWith(prefix)) {
                    names.add(command.word());
                }
            }
            Console.print(out, String.join(" ", names) + "\n");
        }
        return Console.FAILED;
    }
}
