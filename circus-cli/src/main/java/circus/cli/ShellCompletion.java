package circus.cli;

import circus.client.CallException;
import circus.command.CommandDeclaration;
import circus.curve.KeyFileException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Function;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Answers the completion of bash, zsh and fish (the folder share): behind {@link #SWITCH}, the words of the line up to the one with the
 * cursor, which is the last and may be empty. Prints what may stand there, one to a line, behind a tab what it is. Exit code {@link #FILES}
 * says that names of files may. Whatever is wrong is nobody's concern then: nothing is printed, and it ends soon. One thread.
 */
final class ShellCompletion {
    /** The first word, and no variable: a circusctl that does not know it refuses the line, and carries nothing out. */
    static final String SWITCH = "--complete-words";

    static final int FILES = 3;

    private static final Duration LIMIT = Duration.ofSeconds(3);

    private record Candidate(String word, String doc) {}

    private final List<Candidate> candidates = new ArrayList<>();
    private boolean files;

    private ShellCompletion() {}

    /** Tells the exit code; where that takes too long, as by way of another machine, the JVM ends. */
    static int run(
            List<String> words,
            Map<String, String> environment,
            PrintStream out,
            Function<Settings, Console> consoles) {
        Thread watch = new Thread(ShellCompletion::giveUp, "limit");
        watch.setDaemon(true);
        watch.start();
        if (words.isEmpty()) {
            return Console.DONE;
        }
        ShellCompletion found = new ShellCompletion();
        found.look(words, environment, consoles);
        String begun = words.get(words.size() - 1).toLowerCase(Locale.ROOT);
        StringBuilder text = new StringBuilder();
        for (Candidate each : found.candidates) {
            if (each.word.toLowerCase(Locale.ROOT).startsWith(begun)) {
                text.append(each.word)
                        .append(each.doc.isEmpty() ? "" : "\t" + each.doc)
                        .append('\n');
            }
        }
        Console.print(out, text.toString());
        return found.files ? FILES : Console.DONE;
    }

    private static void giveUp() {
        long end = System.nanoTime() + LIMIT.toNanos();
        for (long left = LIMIT.toNanos(); left > 0; left = end - System.nanoTime()) {
            LockSupport.parkNanos(left);
        }
        Runtime.getRuntime().halt(Console.DONE);
    }

    private void look(List<String> words, Map<String, String> environment, Function<Settings, Console> consoles) {
        int cursor = words.size() - 1;
        List<String> before = new ArrayList<>();
        int at = 0;
        while (at < cursor && words.get(at).startsWith("-")) {
            String word = words.get(at++);
            GlobalOption option = find(word);
            if (option == GlobalOption.HELP || option == GlobalOption.VERSION) {
                continue;
            }
            before.add(word);
            if (option != null && option.placeholder() != null) {
                if (at == cursor) {
                    files = "FILE".equals(option.placeholder());
                    return;
                }
                before.add(words.get(at++));
            }
        }
        if (at == cursor && words.get(cursor).startsWith("-")) {
            Stream.of(GlobalOption.values())
                    .forEach(option -> candidates.add(new Candidate(option.flag(), option.doc())));
            return;
        }
        Optional<Settings> settings = settings(before, environment);
        if (settings.isPresent()) {
            try (Console console = consoles.apply(settings.get())) {
                look(new Suggestions(new DaemonNames(settings.get(), console)), words.subList(at, words.size()));
            }
        }
    }

    private void look(Suggestions suggestions, List<String> words) {
        if (words.size() == 1) {
            for (String word : suggestions.commands()) {
                CommandDeclaration command = suggestions.find(word);
                candidates.add(new Candidate(word, command == null ? "" : command.summary()));
            }
            return;
        }
        Suggestions.Place place = suggestions.place(words);
        files = place.free();
        CommandDeclaration command = suggestions.find(words.get(0));
        place.words().forEach(word -> candidates.add(new Candidate(word, doc(command, word))));
    }

    /** Of an option of a command. */
    private static String doc(@Nullable CommandDeclaration command, String word) {
        return command == null || !word.startsWith("-")
                ? ""
                : command.parameters().stream()
                        .filter(each -> !each.isPositional() && each.flag().equals(word))
                        .findFirst()
                        .map(each -> each.doc().replace("`", ""))
                        .orElse("");
    }

    private static @Nullable GlobalOption find(String word) {
        for (GlobalOption option : GlobalOption.values()) {
            if (option.flag().equals(word)) {
                return option;
            }
        }
        return null;
    }

    private static Optional<Settings> settings(List<String> options, Map<String, String> environment) {
        try {
            return Arguments.parse(options, environment) instanceof Invocation.RunShell shell
                    ? Optional.of(shell.settings())
                    : Optional.empty();
        } catch (UsageException | ArgumentException | CallException | KeyFileException notYetRight) {
            return Optional.empty();
        }
    }
}
