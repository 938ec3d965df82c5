package circus.manager.config;

import circus.options.BadValueException;
import circus.options.WatcherOptions;
import java.util.List;

/**
 * What is to run as a hook: {@code exec:PROGRAM ARGUMENTS} or a name, and behind it {@code ,true} where an error is no reason to refuse
 * anything. Immutable.
 *
 * @param name of a Java class or service provider; empty for a program
 * @param words of the command line of a program; empty for a name
 * @param forgiving an error counts as success
 */
public record HookSpec(String name, List<String> words, boolean forgiving) {
    private static final String EXEC = "exec:";

    public HookSpec {
        words = List.copyOf(words);
    }

    public boolean isProgram() {
        return !words.isEmpty();
    }

    /** Reads the text of an option {@code hooks.X}. */
    public static HookSpec parse(String text) throws BadValueException {
        String whole = text.strip();
        if (whole.startsWith(EXEC)) {
            return program(whole.substring(EXEC.length()));
        }
        // As in Circus, whatever stands behind the first comma is the flag.
        int comma = whole.indexOf(',');
        boolean forgiving = comma >= 0 && WatcherOptions.HOOK_FLAG.parse(whole.substring(comma + 1));
        String name = (comma < 0 ? whole : whole.substring(0, comma)).strip();
        if (name.isEmpty()) {
            throw new BadValueException("it names no hook; write exec:/path/to/program, or the name of a Java class");
        }
        return new HookSpec(name, List.of(), forgiving);
    }

    /** A comma is common in a command line: only a boolean behind the last one is the flag. */
    private static HookSpec program(String text) throws BadValueException {
        String line = text;
        boolean forgiving = false;
        int comma = text.lastIndexOf(',');
        if (comma >= 0) {
            try {
                forgiving = WatcherOptions.HOOK_FLAG.parse(text.substring(comma + 1));
                line = text.substring(0, comma);
            } catch (BadValueException partOfTheLine) {
                forgiving = false;
            }
        }
        try {
            List<String> words = ShellWords.split(line);
            if (words.isEmpty()) {
                throw new BadValueException("no program stands behind exec:");
            }
            return new HookSpec("", words, forgiving);
        } catch (UnbalancedException e) {
            throw new BadValueException("the command line cannot be split: " + e.getMessage());
        }
    }

    @Override
    public String toString() {
        return isProgram() ? EXEC + String.join(" ", words) : name;
    }
}
