package circus.cli;

import circus.client.CallException;
import circus.command.CommandDeclaration;
import circus.command.spi.CommandDefinition;
import circus.curve.KeyFileException;
import circus.message.Version;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * circusctl: controls a running circusd from the command line. It is run in loops by scripts, so nothing heavy is on its path, and it
 * ends by halting.
 */
public final class Circusctl {
    private static final Path COMMAND_LINE = Path.of("/proc/self/cmdline");
    private static final char UNREADABLE = '\ufffd';

    private Circusctl() {}

    /** Ends the JVM with circusctl's exit code. */
    public static void main(String[] words) {
        Output output = new Output();
        System.setOut(output.stream());
        Interrupt interrupt = new Interrupt(System.out);
        Runtime.getRuntime().addShutdownHook(interrupt);
        int code = run(decoded(words), System.getenv(), interrupt);
        System.out.flush();
        if (output.failure() != null) {
            Console.print(System.err, "cannot write to standard output: " + output.failure() + "\n");
            code = code == Console.DONE ? Console.FAILED : code;
        }
        Runtime.getRuntime().halt(code);
    }

    /**
     * The words as they were typed. In a locale like C the JVM cannot read what is not ASCII, but names are UTF-8 everywhere else, so
     * they are then read once more from the kernel.
     */
    private static List<String> decoded(String[] words) {
        for (String word : words) {
            if (word.indexOf(UNREADABLE) >= 0) {
                try {
                    String all = Files.readString(COMMAND_LINE);
                    String[] raw = all.split("\0", -1);
                    int end = raw.length - 1;
                    return Arrays.asList(raw).subList(end - words.length, end);
                } catch (IOException notThere) {
                    return Arrays.asList(words);
                }
            }
        }
        return Arrays.asList(words);
    }

    private static int run(List<String> words, Map<String, String> environment, Interrupt interrupt) {
        if (!words.isEmpty() && words.get(0).equals(ShellCompletion.SWITCH)) {
            List<String> line = words.subList(1, words.size());
            return ShellCompletion.run(line, environment, System.out, Circusctl::console);
        }
        try (Line line = new Line()) {
            Invocation invocation;
            try {
                invocation = Arguments.parse(words, environment, line);
            } catch (UsageException wrong) {
                Console.print(System.err, wrong.text(Screen.isErrorRead()));
                return Console.USAGE;
            } catch (ArgumentException wrong) {
                Console.print(System.err, wrong.line(Screen.isErrorRead()));
                return Console.FAILED;
            } catch (CallException failed) {
                return Console.failed(System.err, failed);
            } catch (KeyFileException | IllegalArgumentException unusable) { // The latter of an endpoint.
                Console.print(System.err, unusable.getMessage() + "\n");
                return Console.FAILED;
            }
            return run(invocation, environment, interrupt, line);
        }
    }

    private static int run(Invocation invocation, Map<String, String> environment, Interrupt interrupt, Line line) {
        if (invocation instanceof Invocation.RunCommand command) {
            return line.console(command.settings()).run(command);
        }
        if (invocation instanceof Invocation.RunShell shell) {
            return environment.containsKey(Completion.SWITCH)
                    ? Completion.run(environment, System.out, line.of(shell.settings()))
                    : shell(shell.settings(), interrupt);
        }
        Invocation.ShowHelp help = invocation instanceof Invocation.ShowHelp asked ? asked : null;
        CommandDeclaration subject = help == null ? null : help.command();
        if (help == null) {
            Console.print(System.out, "circusctl " + Version.TEXT + "\n");
        } else {
            int columns = Screen.ofStdout(false).helpColumns();
            Console.print(
                    System.out, subject == null ? Help.general(help.added(), columns) : Help.of(subject, columns));
        }
        return Console.DONE;
    }

    /** The console of one line: whom it has asked what the line means, it goes on with, so that a tunnel is dug once. One thread. */
    private static final class Line implements Added, AutoCloseable {
        private @Nullable Console opened;

        /** @param settings the same each time */
        Console console(Settings settings) {
            Console console = opened;
            if (console == null) {
                console = Circusctl.console(settings);
                opened = console;
            }
            return console;
        }

        @Override
        public List<CommandDefinition> of(Settings settings) {
            return console(settings).of(settings);
        }

        @Override
        public List<CommandDefinition> demanded(Settings settings) throws CallException, KeyFileException {
            return console(settings).demanded(settings);
        }

        @Override
        public void close() {
            if (opened != null) {
                opened.close();
            }
        }
    }

    private static int shell(Settings settings, Interrupt interrupt) {
        interrupt.endsWell();
        try (Console console = console(settings)) {
            Shell shell = new Shell(settings, console, System.out, System.err);
            if (Screen.isConversation()) {
                try (Conversation person = new Conversation(settings, console)) {
                    interrupt.first(person::close);
                    return shell.run(person);
                }
            }
            BufferedReader input = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
            return shell.run(shell.plain(input));
        } catch (IOException unreadable) {
            Console.print(System.err, "cannot read standard input: " + unreadable.getMessage() + "\n");
            return Console.FAILED;
        }
    }

    private static Console console(Settings settings) {
        return new Console(System.out, System.err, Screen.ofStdout(settings.colours()));
    }
}
