package circus.tests.output;

import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/**
 * A file system that is as well as a test wants it to be, seen by one circusd and its descendants only: a real one, served by
 * {@code output/disk.py}. One thread uses it.
 */
final class Disk {
    /** How it is, in the words of disk.py. */
    enum State {
        FINE,
        HUNG,
        BROKEN,
        READONLY
    }

    private final Home home;
    private final Spaces spaces;
    private final Path folder;
    private final Path behind;
    private final Path server;

    private Disk(Home home, Spaces spaces, Path folder) {
        this.home = home;
        this.spaces = spaces;
        this.folder = folder;
        behind = home.path("behind");
        home.write("behind/.here", "");
        server = home.path("server.pid");
        be(State.FINE);
    }

    /** Empty where nobody may mount one. */
    static Optional<Disk> of(Home home) {
        Path folder = Objects.requireNonNull(home.write("disk/.here", "").getParent());
        return Spaces.offered(folder, "test -r /dev/fuse && test -w /dev/fuse")
                .map(spaces -> new Disk(home, spaces, folder));
    }

    void be(State state) {
        // As a whole, since it is read all the time.
        Path next = home.write("state.new", state.name().toLowerCase(Locale.ROOT));
        try {
            Files.move(next, home.path("state"), StandardCopyOption.ATOMIC_MOVE);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** The name of a file on it, for who sees it. */
    Path path(String name) {
        return folder.resolve(name);
    }

    /** What a file on it holds, however it is. */
    String read(String name) {
        return Home.read(behind.resolve(name));
    }

    /** Starts a manager that sees it; returns when it waits for commands. */
    void start(Circus circus) {
        circus.awaitCommands(launch(circus));
    }

    /** Starts a manager that sees it, the first of which has it mounted; does not wait. */
    Daemon launch(Circus circus) {
        if (Files.exists(server)) {
            List<String> inside = spaces.inside(Home.read(server).strip(), home.directory());
            return circus.launchBelow(inside.toArray(String[]::new));
        }
        Path mount = home.script("with-disk", """
                /usr/bin/python3 %s %s %s %s &
                echo $! > %s
                until grep -q ' %s fuse ' /proc/mounts; do kill -0 $! || exit 1; sleep 0.05; done
                exec "$@"
                """.formatted(
                        home.resource("output/disk.py"), folder, behind, home.path("state"), server, folder));
        List<String> first = new ArrayList<>(spaces.fresh());
        first.add(mount.toString());
        return circus.launchBelow(first.toArray(String[]::new));
    }
}
