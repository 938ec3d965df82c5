package circus.terminal;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Objects;
import org.jline.terminal.Terminal;
import org.jline.terminal.impl.PosixSysTerminal;
import org.jline.terminal.impl.exec.ExecPty;

/** This program's terminal, by JLine, which is loaded when this class is. */
public final class ControllingTerminal {
    /** What a terminal is taken for that does not say: cursor and colours as most have them. */
    private static final String USUAL = "ansi";

    private ControllingTerminal() {}

    /**
     * The terminal by stty alone. JLine's own builder unpacks native code into /tmp, of whichever provider, to learn what 0, 1 and 2 are; that
     * is known here.
     */
    private static final class Tty extends ExecPty {
        Tty() {
            super(null, null, "/dev/tty");
        }
    }

    /**
     * @param program its name
     * @param signals whether Ctrl-C and the like do what they usually do until somebody handles them here
     */
    public static Terminal open(String program, boolean signals) throws IOException {
        return new PosixSysTerminal(
                program,
                Objects.requireNonNullElse(System.getenv("TERM"), USUAL),
                new Tty(),
                StandardCharsets.UTF_8,
                signals,
                Terminal.SignalHandler.SIG_DFL);
    }
}
