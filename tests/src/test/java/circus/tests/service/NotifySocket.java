package circus.tests.service;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** The end of NOTIFY_SOCKET at which systemd sits: a Python program, as Java knows no datagrams there. */
final class NotifySocket implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(20);
    private static final String PROGRAM = """
            import socket, sys
            end = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            name = sys.argv[1]
            end.bind('\\0' + name[1:] if name[0] == '@' else name)
            print('bound', flush=True)
            if sys.argv[2] == 'deaf':
                sys.stdin.read()
            while True:
                print(end.recv(65536).decode().replace('\\n', ' '), flush=True)
            """;

    private final Process python;
    private final Path heard;

    private NotifySocket(Process python, Path heard) {
        this.python = python;
        this.heard = heard;
    }

    /** @param name a path, or @ and a name */
    static NotifySocket open(Home home, String name, String hearing) {
        Path heard = home.path("heard");
        try {
            ProcessBuilder builder = new ProcessBuilder("python3", "-c", PROGRAM, name, hearing)
                    .directory(home.directory().toFile())
                    .redirectErrorStream(true)
                    .redirectOutput(heard.toFile());
            NotifySocket socket = new NotifySocket(builder.start(), heard);
            await("it listens").atMost(LIMIT).until(() -> Home.read(heard).startsWith("bound\n"));
            return socket;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** What was told, a line each. */
    List<String> heard() {
        List<String> lines = Home.read(heard).lines().toList();
        return lines.subList(1, lines.size());
    }

    void awaitTold(String beginning, int times) {
        await("told " + times + " times: " + beginning)
                .atMost(LIMIT)
                .until(() -> heard().stream()
                                .filter(line -> line.startsWith(beginning))
                                .count()
                        >= times);
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
    }
}
