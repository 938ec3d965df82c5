package papa.kernel;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;

/**
 * The command line of papa.
 *
 * @param socketPath empty for the default
 */
record Arguments(
        boolean help,
        boolean version,
        boolean debug,
        boolean daemonize,
        boolean detached,
        boolean exitWhenIdle,
        String socketPath) {
    static final String USAGE = """
            usage: papa [options]

            Holds listening sockets and processes for others, and outlives them.

            options:
              -u, --unix-socket PATH  where to listen; default /run/circus/papa.sock for root,
                                      /tmp/circus-UID/papa.sock for others
                  --daemonize         go to the background; the log goes to PATH.log
                  --exit-when-idle    for managers: in a session of its own, ending when it has held nothing
                                      and served nobody for 5 seconds
              -d, --debug             log everything
                  --version           show the version
              -h, --help              show this

            Talk to it: socat - UNIX-CONNECT:PATH, then type help.
            Signals: TERM and INT end all processes (TERM, and KILL after 10 seconds), then papa.
            Exit codes: 0 ended in order; 1 cannot serve; 2 wrong arguments.

            examples:
              papa --unix-socket /tmp/p.sock
              papa --daemonize
            """;

    /** A command line that cannot be understood; the message tells why. */
    static final class UsageException extends Exception {
        private static final long serialVersionUID = 1;

        private UsageException(String message) {
            super(message);
        }
    }

    static Arguments parse(String... words) throws UsageException {
        boolean help = false;
        boolean version = false;
        boolean debug = false;
        boolean daemonize = false;
        boolean detached = false;
        boolean exitWhenIdle = false;
        String path = "";
        Deque<String> rest = new ArrayDeque<>(List.of(words));
        while (!rest.isEmpty()) {
            String word = rest.remove();
            switch (word) {
                case "-h", "--help" -> help = true;
                case "--version" -> version = true;
                case "-d", "--debug" -> debug = true;
                case "--daemonize" -> daemonize = true;
                case "--detached" -> detached = true; // what --daemonize starts
                case "--exit-when-idle" -> {
                    exitWhenIdle = true;
                    detached = true;
                }
                case "-u", "--unix-socket" -> {
                    if (rest.isEmpty()) {
                        throw new UsageException("cannot take " + word + ": a path must follow it");
                    }
                    path = rest.remove();
                }
                default -> {
                    if (!word.startsWith("--unix-socket=")) {
                        throw new UsageException(
                                "cannot take \"" + word + "\": unknown; papa --help tells what there is");
                    }
                    path = word.substring(word.indexOf('=') + 1);
                }
            }
        }
        return new Arguments(help, version, debug, daemonize, detached, exitWhenIdle, path);
    }
}
