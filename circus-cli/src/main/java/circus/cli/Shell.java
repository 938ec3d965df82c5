package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.message.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Commands line by line, until the end of the input. An error is printed and the shell goes on; an empty line does nothing. The word
 * {@code quit} quits circusd, not the shell. One thread.
 */
final class Shell {
    /** Where lines come from. */
    interface Lines {
        /** The next line; null at the end. */
        @Nullable
        String next(String prompt) throws IOException;
    }

    private static final String PROMPT = "(circusctl) ";
    private static final String HELP_TITLE =
            "\nDocumented commands (type help <topic>):\n========================================\n";

    private final Settings settings;
    private final Console console;
    private final PrintStream out;
    private final PrintStream err;

    Shell(Settings settings, Console console, PrintStream out, PrintStream err) {
        this.settings = settings;
        this.console = console;
        this.out = out;
        this.err = err;
    }

    /** Lines of a pipe or a file, behind prompts as Circus prints them there, too. */
    Lines plain(BufferedReader input) {
        return prompt -> {
            Console.print(out, prompt);
            return input.readLine();
        };
    }

    /** Tells the exit code. */
    int run(Lines lines) throws IOException {
        Console.print(out, "circusctl " + Version.TEXT + "\n");
        run(List.of(CommandSpec.STATUS.word()));
        while (true) {
            String line = lines.next(PROMPT);
            if (line == null || line.strip().equals("EOF")) {
                Console.print(out, "\n");
                return Console.DONE;
            }
            try {
                run(words(line));
            } catch (ArgumentException unbalanced) {
                Console.print(err, unbalanced.getMessage() + "\n");
            }
        }
    }

    private void run(List<String> words) {
        if (words.isEmpty()) {
            return;
        }
        try {
            String first = words.get(0);
            CommandDeclaration command;
            if (first.equals("help") || first.equals("?")) {
                help(words);
            } else if ((command = Arguments.find(first, settings, console)) == null) {
                Console.print(out, "*** Unknown syntax: " + String.join(" ", words) + "\n");
            } else {
                run(command, words.subList(1, words.size()));
            }
        } catch (UsageException wrong) {
            Console.print(err, wrong.line(Screen.isErrorRead()));
        } catch (ArgumentException wrong) {
            Console.print(err, wrong.line(Screen.isErrorRead()));
        }
    }

    private void run(CommandDeclaration command, List<String> words) throws UsageException, ArgumentException {
        if (Arguments.command(settings, command, words) instanceof Invocation.RunCommand invocation) {
            console.run(invocation);
        } else {
            Console.print(out, Help.of(command, columns()));
        }
    }

    private void help(List<String> words) {
        if (words.size() > 1) {
            CommandDeclaration command = Arguments.find(words.get(1), settings, console);
            Console.print(out, command == null ? "*** No help on " + words.get(1) + "\n" : Help.of(command, columns()));
            return;
        }
        StringBuilder text = new StringBuilder(HELP_TITLE);
        Help.commands(text, console.of(settings), columns());
        Console.print(out, text.append("\nEnd the shell with EOF (Ctrl-D).\n").toString());
    }

    /** Asked each time: a terminal may have become another one. */
    private static int columns() {
        return Screen.ofStdout(false).helpColumns();
    }

    /** Splits a line as a shell does: blanks separate, quotes and backslashes keep them inside a word. */
    static List<String> words(String line) throws ArgumentException {
        List<String> words = new ArrayList<>();
        StringBuilder word = new StringBuilder();
        boolean inWord = false;
        char quote = 0;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            boolean escapes = c == '\\' && quote != '\'' && i + 1 < line.length();
            if (escapes && (quote == 0 || line.charAt(i + 1) == '"' || line.charAt(i + 1) == '\\')) {
                word.append(line.charAt(++i));
                inWord = true;
            } else if (quote != 0 && c == quote) {
                quote = 0;
            } else if (quote == 0 && (c == '\'' || c == '"')) {
                quote = c;
                inWord = true;
            } else if (quote == 0 && Character.isWhitespace(c)) {
                if (inWord) {
                    words.add(word.toString());
                    word.setLength(0);
                    inWord = false;
                }
            } else {
                word.append(c);
                inWord = true;
            }
        }
        if (quote != 0) {
            throw new ArgumentException("cannot read the line: a " + quote + " is not closed");
        }
        if (inWord) {
            words.add(word.toString());
        }
        return words;
    }
}
