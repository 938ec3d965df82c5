package circus.tests.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** A kernel that a test started by hand: {@code bin/papa --unix-socket PATH}, in the foreground. */
public final class Kernel {
    private final Daemon daemon;
    private final Path socket;

    private Kernel(Daemon daemon, Path socket) {
        this.daemon = daemon;
        this.socket = socket;
    }

    static Kernel start(Home home, Path socket, List<String> below) {
        return start(home, socket, below, Installation.launcher("papa"));
    }

    static Kernel start(Home home, Path socket, List<String> below, Path launcher) {
        List<String> arguments = List.of("--unix-socket", socket.toString());
        Kernel kernel = new Kernel(home.daemon("papa", below, launcher, arguments), socket);
        await("the kernel answers on " + socket).atMost(Duration.ofSeconds(10)).until(() -> {
            if (!kernel.daemon.isAlive()) {
                throw new AssertionError("the kernel has ended: " + kernel.daemon.story());
            }
            try (PapaSession session = PapaSession.open(socket)) {
                return session.isOpen();
            } catch (IOException notYet) {
                return false;
            }
        });
        return kernel;
    }

    public Daemon daemon() {
        return daemon;
    }

    public Path socket() {
        return socket;
    }

    public PapaSession session() {
        try {
            return PapaSession.open(socket);
        } catch (IOException refused) {
            throw new AssertionError("cannot connect to " + socket, refused);
        }
    }
}
