package papa.kernel;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;
import papa.door.TcpDoor;
import papa.wire.Words;

/**
 * The command line of papa.
 *
 * @param socketPath empty for the default
 * @param port where to listen on TCP as well; -1 for nowhere
 * @param portControl whether connections over TCP may do more than read
 * @param allowed users who may connect, by number or name
 * @param once with a command: whether papa ends with it, however it ends
 * @param command what --init starts and keeps running, byte strings; empty without --init
 */
record Arguments(
        boolean help,
        boolean version,
        boolean debug,
        boolean daemonize,
        boolean detached,
        boolean exitWhenIdle,
        String socketPath,
        int port,
        boolean portControl,
        List<String> allowed,
        boolean once,
        List<String> command) {
    static final String USAGE = """
            usage: papa [options]
                   papa --init [--once] [options] -- COMMAND...
                   papa upgrade [options]    put this program in the place of a running papa; see papa upgrade --help

            Holds listening sockets and processes for others, and outlives them.

            options:
              -u, --unix-socket PATH  where to listen; default /run/circus/papa.sock for root,
                                      /tmp/circus-UID/papa.sock for others
              -p, --port [N]          listen on 127.0.0.1 as well, for reading only; default 20202
                  --port-control      let connections to that port do everything
                  --allow-uid UID     let this user connect, too; a number or a name, may be repeated
                  --daemonize         go to the background; the log goes to PATH.log
                  --exit-when-idle    for managers: in a session of its own, ending when it has held nothing
                                      and served nobody for 5 seconds
                  --init              run COMMAND, the manager, which finds papa by PAPA_SOCKET: pass signals on to
                                      it, start it again when it ends, reap orphans; for containers (PID 1)
                  --once              with --init: end when COMMAND ends, with its exit code
              -d, --debug             log everything
                  --version           show the version
              -h, --help              show this

            Talk to it: socat - UNIX-CONNECT:PATH, then type help.
            Signals: TERM and INT end all processes (TERM, and KILL after 10 seconds), then papa. With --init, TERM, INT
            and QUIT go to COMMAND, and when it has ended, all the rest is ended.
            Exit codes: 0 ended in order; 1 cannot serve; 2 wrong arguments. With --init: COMMAND's, 128 + N if signal N
            ended it, 127 if it is not there, 126 if it cannot be executed.

            examples:
              papa --unix-socket /tmp/p.sock
              papa --port 20202, and then: telnet 127.0.0.1 20202
              papa --daemonize
              papa --init -- circusd /etc/circus.ini
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
        boolean portControl = false;
        String path = "";
        int port = -1;
        List<String> allowed = new ArrayList<>();
        boolean init = false;
        boolean once = false;
        Deque<String> rest = new ArrayDeque<>();
        List<String> all = List.of(words);
        int dashes = all.indexOf("--");
        List<String> command = dashes < 0
                ? List.of()
                : all.subList(dashes + 1, all.size()).stream().map(Words::utf8).toList();
        for (String word : dashes < 0 ? all : all.subList(0, dashes)) {
            int equals = word.startsWith("--") ? word.indexOf('=') : -1;
            rest.add(equals < 0 ? word : word.substring(0, equals));
            if (equals >= 0) {
                rest.add(word.substring(equals + 1));
            }
        }
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
                case "--init" -> init = true;
                case "--once" -> once = true;
                case "-u", "--unix-socket" -> path = value(word, "a path", rest);
                case "-p", "--port" -> port = startsWithDigit(rest.peek()) ? port(rest.remove()) : TcpDoor.PAPAS_PORT;
                case "--port-control" -> portControl = true;
                case "--allow-uid" -> allowed.add(Words.utf8(value(word, "a user's number or name", rest)));
                default ->
                    throw new UsageException("cannot take \"" + word + "\": unknown; papa --help tells what there is");
            }
        }
        if (portControl && port < 0) {
            throw new UsageException("cannot take --port-control: there is no --port");
        }
        if (!help && !version) {
            demandCommand(init, once, dashes >= 0, command.isEmpty(), daemonize || exitWhenIdle);
        }
        return new Arguments(
                help,
                version,
                debug,
                daemonize,
                detached,
                exitWhenIdle,
                path,
                port,
                portControl,
                List.copyOf(allowed),
                once,
                command);
    }

    boolean init() {
        return !command.isEmpty();
    }

    private static void demandCommand(boolean init, boolean once, boolean dashes, boolean none, boolean background)
            throws UsageException {
        if (init && none) {
            throw new UsageException("cannot take --init: -- and a command must follow the options");
        }
        if (!init && (dashes || once)) {
            throw new UsageException(
                    "cannot take " + (dashes ? "a command behind --" : "--once") + ": there is no --init");
        }
        if (init && background) {
            throw new UsageException(
                    "cannot take --init with --daemonize or --exit-when-idle: it stays in the foreground,"
                            + " as long as its command is wanted");
        }
    }

    private static String value(String word, String what, Deque<String> rest) throws UsageException {
        if (rest.isEmpty()) {
            throw new UsageException("cannot take " + word + ": " + what + " must follow it");
        }
        return rest.remove();
    }

    private static boolean startsWithDigit(@Nullable String word) {
        return word != null && !word.isEmpty() && Character.isDigit(word.charAt(0));
    }

    private static int port(String word) throws UsageException {
        try {
            int port = Integer.parseInt(word);
            if (port <= 65_535) {
                return port;
            }
        } catch (NumberFormatException notOne) {
            throw new UsageException("cannot take port " + word + ": a number is wanted");
        }
        throw new UsageException("cannot take port " + word + ": not between 0 and 65535");
    }
}
