package circus.cli;

import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * What looks at standard output. A value.
 *
 * @param terminal whether a person does
 * @param colours whether colours may be shown there
 */
record Screen(boolean terminal, boolean colours) {
    /** A pipe or a file. */
    static final Screen NONE = new Screen(false, false);

    private static final Path STDIN = Path.of("/proc/self/fd/0");
    private static final Path STDOUT = Path.of("/proc/self/fd/1");
    private static final Path STDERR = Path.of("/proc/self/fd/2");
    private static final int USUAL_COLUMNS = 80;

    /** @param colours whether the user wants any */
    static Screen ofStdout(boolean colours) {
        boolean terminal = isTerminal(STDOUT);
        return terminal ? new Screen(true, colours && isAble()) : NONE;
    }

    /** Whether a person types and reads, at a terminal on which lines can be edited. */
    static boolean isConversation() {
        return isTerminal(STDIN) && isTerminal(STDOUT) && isAble();
    }

    private static boolean isAble() {
        return !"dumb".equals(System.getenv("TERM"));
    }

    /** Whether a person reads standard error. */
    static boolean isErrorRead() {
        return isTerminal(STDERR);
    }

    private static boolean isTerminal(Path descriptor) {
        try {
            String target = Files.readSymbolicLink(descriptor).toString();
            return target.startsWith("/dev/pts/") || target.startsWith("/dev/tty") || target.equals("/dev/console");
        } catch (IOException | UnsupportedOperationException notKnown) {
            return false;
        }
    }

    /** How wide help is to be: what is comfortable to read, or what there is. */
    int helpColumns() {
        return terminal ? Math.min(Help.WIDTH, columns()) : Help.WIDTH;
    }

    /** How wide the terminal is now. The JDK cannot tell it, so stty does. */
    static int columns() {
        try {
            Process stty = new ProcessBuilder("stty", "size")
                    .redirectInput(new File("/dev/tty"))
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start();
            String[] size = new String(stty.getInputStream().readAllBytes(), StandardCharsets.UTF_8)
                    .strip()
                    .split(" ");
            int columns = size.length == 2 ? Integer.parseInt(size[1]) : 0;
            return columns > 0 ? columns : USUAL_COLUMNS;
        } catch (IOException | NumberFormatException notKnown) {
            return USUAL_COLUMNS;
        }
    }
}
