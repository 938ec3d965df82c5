package circus.client;

import java.io.BufferedReader;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * Brings an endpoint near that only another machine can reach, by the program ssh: {@code ssh -N -L}. The near end is a Unix socket in a
 * folder of this user alone; a port of the loopback would let every user of this machine act with the rights of the one who logged in there.
 *
 * <p>Nobody is asked for a password or a key of a host (BatchMode): what ssh cannot do by itself is an error, in its own words. The ssh ends
 * with this program, however that ends, since a shell that holds its standard input ends it then; the folder is removed by the same shell.
 * One thread, but {@link #trouble} and {@link #isOpen}: any.
 */
public final class SshTunnel implements AutoCloseable {
    /** $1 is the folder, the rest is what to run. Ctrl-C is for who looks at the terminal, not for the tunnel. */
    private static final String KEEPER = """
            trap '' INT
            folder=$1
            shift
            exec 3<&0
            "$@" </dev/null 3<&- &
            tunnel=$!
            { read -r nothing; kill "$tunnel"; rm -rf "$folder"; } <&3 3<&- 2>/dev/null &
            keeper=$!
            exec 3<&- </dev/null
            wait "$tunnel"
            code=$?
            kill "$keeper" 2>/dev/null
            rm -rf "$folder"
            exit "$code"
            """;

    private static final int NO_PROGRAM = 127;
    private static final Duration LOOK = Duration.ofMillis(5);
    private static final Duration TO_END = Duration.ofSeconds(2);
    private static final String CHANNEL = "channel ";
    private static final String REFUSED = " open failed: ";

    private final String server;
    private final String far;
    private final Path socket;
    private final Process keeper;
    private final Thread reader;
    private volatile String said = "";

    private SshTunnel(String server, String far, Path socket, Process keeper) {
        this.server = server;
        this.far = far;
        this.socket = socket;
        this.keeper = keeper;
        this.reader = new Thread(this::listen, "ssh-tunnel");
        this.reader.setDaemon(true);
        this.reader.start();
    }

    /**
     * Logs in and returns when the near end is there.
     *
     * @param server {@code user@host} or {@code user@host:port}; without a user, and with names of hosts of one's own, as ssh's configuration has it
     * @param keyFile the private key to log in with; null for those that ssh finds by itself
     * @param endpoint as the server reaches it: {@code tcp://HOST:PORT} or {@code ipc://PATH}
     * @param limit for all of it
     * @throws IllegalArgumentException for a server or an endpoint that is written in another way
     */
    public static SshTunnel open(String server, @Nullable String keyFile, String endpoint, Duration limit)
            throws CallException {
        List<String> words = new ArrayList<>(words(server, keyFile, limit));
        String target = target(new Endpoint(endpoint));
        if (keyFile != null && !Files.isReadable(Path.of(keyFile))) {
            throw new CallException(
                    "cannot use " + keyFile + " as a key for ssh: there is no such file, or it may not be read");
        }
        try {
            Path folder = Files.createTempDirectory(
                    "circus-ssh-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
            Path socket = folder.resolve("s");
            words.add(words.indexOf("--"), "-L");
            words.add(words.indexOf("--"), socket + ":" + target);
            List<String> command = new ArrayList<>(List.of("/bin/sh", "-c", KEEPER, "circus-ssh", folder.toString()));
            command.addAll(words);
            Process keeper;
            try {
                keeper = new ProcessBuilder(command)
                        .redirectOutput(new File("/dev/null"))
                        .start();
            } catch (IOException failed) {
                Files.delete(folder);
                throw failed;
            }
            SshTunnel tunnel = new SshTunnel(server, endpoint, socket, keeper);
            tunnel.await(Deadline.in(limit));
            return tunnel;
        } catch (IOException failed) {
            throw new CallException("cannot start ssh to " + server + ": " + failed.getMessage());
        }
    }

    private static List<String> words(String server, @Nullable String keyFile, Duration limit) {
        int colon = server.lastIndexOf(':');
        String port = "";
        String destination = server;
        if (colon >= 0 && server.lastIndexOf(']') < colon) {
            port = server.substring(colon + 1);
            destination = server.substring(0, colon);
        }
        destination = destination.replaceFirst("\\[(.*)]$", "$1");
        if (destination.isEmpty()
                || destination.startsWith("-")
                || destination.startsWith("@")
                || destination.endsWith("@")
                || destination.chars().anyMatch(Character::isWhitespace)
                || (colon >= 0 && !port.isEmpty() && !isPort(port))
                || server.endsWith(":")) {
            throw new IllegalArgumentException(
                    "cannot use '" + server + "' as an SSH server: expected user@host or user@host:port");
        }
        List<String> words = new ArrayList<>(List.of("ssh", "-N", "-T", "-x", "-S", "none"));
        for (String option : List.of(
                "BatchMode=yes",
                "ExitOnForwardFailure=yes",
                "StreamLocalBindMask=0177",
                "LogLevel=INFO",
                "ServerAliveInterval=15",
                "ConnectTimeout=" + Math.max(1, limit.toSeconds()))) {
            words.add("-o");
            words.add(option);
        }
        if (!port.isEmpty()) {
            words.addAll(List.of("-p", port));
        }
        if (keyFile != null) {
            words.addAll(List.of("-o", "IdentitiesOnly=yes", "-i", keyFile));
        }
        words.addAll(List.of("--", destination));
        return words;
    }

    private static boolean isPort(String text) {
        return text.matches("\\d{1,5}") && Integer.parseInt(text) > 0 && Integer.parseInt(text) < 65_536;
    }

    /** As ssh writes it. */
    private static String target(Endpoint endpoint) {
        String text = endpoint.text();
        String place = text.substring(text.indexOf("://") + 3);
        if (text.startsWith("ipc://") && !place.startsWith("/")) {
            throw new IllegalArgumentException(
                    "cannot use endpoint '" + text + "' through ssh: its path is to begin with a /");
        }
        return place;
    }

    private void await(Deadline deadline) throws CallException {
        while (!Files.exists(socket)) {
            if (!keeper.isAlive()) {
                throw failure();
            }
            if (deadline.isOver()) {
                close();
                throw new CallException("cannot open a tunnel by ssh to " + server + ": no connection in time"
                        + (said.isEmpty() ? "" : ": " + said));
            }
            LockSupport.parkNanos(LOOK.toNanos());
            if (Thread.interrupted()) {
                close();
                throw CallException.interrupted("cannot open a tunnel by ssh to " + server + ": interrupted");
            }
        }
    }

    private CallException failure() {
        close();
        if (keeper.exitValue() == NO_PROGRAM) {
            return new CallException("cannot open a tunnel to " + server
                    + ": there is no program ssh; install one (Debian: openssh-client)");
        }
        return new CallException("cannot open a tunnel by ssh to " + server + ": "
                + (said.isEmpty() ? "ssh ended with " + keeper.exitValue() : said)
                + " (the key has to be one that ssh takes without a question, and the host one that it knows)");
    }

    /** Remembers the last line that ssh has said. */
    private void listen() {
        try (BufferedReader lines = keeper.errorReader(StandardCharsets.UTF_8)) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String text = line.replaceAll("\\p{Cntrl}", "").strip();
                if (!text.isEmpty()) {
                    said = text;
                }
            }
        } catch (IOException over) {
            // It has ended, and its last word is known.
        }
    }

    /** The near end: {@code ipc://PATH}, for as long as this is open. */
    public String endpoint() {
        return "ipc://" + socket;
    }

    /** False when ssh has ended. */
    public boolean isOpen() {
        return keeper.isAlive();
    }

    /** Whether the server's last word was that it cannot connect to the endpoint. */
    boolean isRefused() {
        String last = said;
        return last.startsWith(CHANNEL) && last.contains(REFUSED);
    }

    /** Why nothing comes through: ssh's own last word, or, where it has said nothing, what is given here. */
    String trouble(String otherwise) {
        String last = said;
        if (isOpen()) {
            return isRefused() ? last.substring(last.indexOf(REFUSED) + REFUSED.length()) : otherwise;
        }
        return "ssh has ended" + (last.isEmpty() ? "" : ": " + last);
    }

    /** Ends the ssh. What is connected through it is cut off. */
    @Override
    public void close() {
        try {
            keeper.getOutputStream().close();
            if (!keeper.waitFor(TO_END.toMillis(), TimeUnit.MILLISECONDS)) {
                keeper.destroyForcibly();
            }
            reader.join(TO_END.toMillis());
        } catch (IOException gone) {
            // So it has ended already.
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
        }
    }

    @Override
    public String toString() {
        return far + " by way of " + server;
    }
}
