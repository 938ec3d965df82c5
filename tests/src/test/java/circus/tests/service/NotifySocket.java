package circus.tests.service;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The end of NOTIFY_SOCKET at which systemd sits: a Python program, as Java knows no datagrams there. */
final class NotifySocket implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PROGRAM = """
            import socket, struct, sys
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            end.setsockopt(socket.SOL_SOCKET, socket.SO_PASSCRED, 1)
            name = sys.argv[1]
            name = '\\0' + name[1:] if name[0] == '@' else name
            end.bind(name)
            if sys.argv[2] == 'full':
                other = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
                other.setblocking(False)
                try:
                    while True:
                        other.sendto(b'filled', name)
                except BlockingIOError:
                    pass
            print('bound', flush=True)
            if sys.argv[2] != 'listening':
                sys.stdin.read()
            while True:
                text, about, _, _ = end.recvmsg(65536, socket.CMSG_SPACE(12))
                print(struct.unpack('3i', about[0][2])[0], text.decode().replace('\\n', ' '), flush=True)
            """;

    private final Process python;
    private final String name;
    private final Path heard;

    private NotifySocket(Process python, String name, Path heard) {
        this.python = python;
        this.name = name;
        this.heard = heard;
    }

    /**
     * @param name a path, or @ and a name
     * @param hearing {@code listening}; {@code deaf}, or {@code full} of others' messages, until {@link #listen}
     */
    static NotifySocket open(Home home, String name, String hearing) {
        Path heard = home.path("heard");
        try {
            ProcessBuilder builder = new ProcessBuilder("python3", "-c", PROGRAM, name, hearing)
                    .directory(home.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(heard.toFile());
            NotifySocket socket = new NotifySocket(builder.start(), name, heard);
            await("it listens").atMost(LIMIT).until(() -> Home.read(heard).startsWith("bound\n"));
            return socket;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What was told, a line each: the pid of who told it, a blank and the message. */
    private List<String> lines() {
        List<String> lines = Home.read(heard).lines().toList();
        return lines.subList(1, lines.size());
    }

    /** What was told, a line each. */
    List<String> heard() {
        return lines().stream()
                .map(line -> line.substring(line.indexOf(' ') + 1))
                .toList();
    }

    /** What one process has told. */
    List<String> heardFrom(long pid) {
        String who = pid + " ";
        return lines().stream()
                .filter(line -> line.startsWith(who))
                .map(line -> line.substring(who.length()))
                .toList();
    }

    void awaitTold(String beginning, int times) {
        await("told " + times + " times: " + beginning).atMost(LIMIT).until(() -> count(heard(), beginning) >= times);
    }

    /** Waits until one process has told something so often. */
    void awaitTold(long pid, String beginning, int times) {
        await("told " + times + " times by " + pid + ": " + beginning)
                .atMost(LIMIT)
                .until(() -> count(heardFrom(pid), beginning) >= times);
    }

    static long count(List<String> lines, String beginning) {
        return lines.stream().filter(line -> line.startsWith(beginning)).count();
    }

    /** One that was deaf listens from now on. */
    void listen() {
        try {
            python.getOutputStream().close();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    @Override
    public void close() {
        python.destroyForcibly();
        try {
            Files.deleteIfExists(Path.of(name));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
