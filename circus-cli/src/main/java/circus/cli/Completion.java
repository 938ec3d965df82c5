package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.spi.CommandDefinition;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Answers bash's completion: the variable AUTO_COMPLETE set, the line in COMP_WORDS, the index of the word in COMP_CWORD. Completes
 * names of commands, and always exits with 1, as Circus does.
 */
final class Completion {
    static final String SWITCH = "AUTO_COMPLETE";

    private Completion() {}

    static int run(Map<String, String> environment, PrintStream out, List<CommandDefinition> added) {
        if ("1".equals(environment.get("COMP_CWORD"))) {
            String[] words = environment.getOrDefault("COMP_WORDS", "").strip().split("\\s+");
            String prefix = words.length > 1 ? words[1] : "";
            TreeSet<String> names = new TreeSet<>();
            Stream.concat(Stream.of(CommandSpec.values()), added.stream())
                    .map(CommandDeclaration::word)
                    .filter(word -> word.startsWith(prefix))
                    .forEach(names::add);
            Console.print(out, String.join(" ", names) + "\n");
        }
        return Console.FAILED;
    }
}
