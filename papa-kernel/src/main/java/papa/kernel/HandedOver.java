package papa.kernel;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.posix.Posix;
import papa.posix.SpawnRequest;
import papa.wire.Limit;

/**
 * The sockets that one launch hands over. From the request until the launch is told, none of them is closed, even if it is
 * removed meanwhile: its number could be another's by the time the child is made. Loop thread only, but for the parts
 * that do not change.
 */
final class HandedOver {
    private static final int FIRST_LISTEN_FD = 3;

    /** Held sockets begin here, so that no number is needed both for one of them and for where one goes. */
    private static final int MOST_LISTEN_FDS =
            Math.min(Limit.LISTEN_FDS.most(), HeldSocket.LOWEST_NUMBER - FIRST_LISTEN_FD);

    private record Named(HeldSocket socket, String fdName) {}

    private final List<Named> named = new ArrayList<>();
    private final List<HeldSocket> others = new ArrayList<>();
    private @Nullable HeldSocket stdin;

    /** One that its words name by number. */
    void add(HeldSocket socket) {
        socket.hold();
        others.add(socket);
    }

    /** One that it was given by name; {@code fdName} is what LISTEN_FDNAMES says. */
    void add(HeldSocket socket, String fdName) {
        socket.hold();
        named.add(new Named(socket, fdName.isEmpty() ? socket.spec.name() : fdName));
    }

    /** The one that becomes its standard input. */
    void addStdin(HeldSocket socket) {
        socket.hold();
        stdin = socket;
    }

    /** The launch is told, or never was begun. */
    void release(Posix posix) {
        named.forEach(each -> each.socket().release(posix));
        others.forEach(each -> each.release(posix));
        if (stdin != null) {
            stdin.release(posix);
        }
        named.clear();
        others.clear();
        stdin = null;
    }

    /** Refuses what cannot be told by LISTEN_FDS and LISTEN_FDNAMES. */
    void demandListenFds() throws Refusal {
        if (named.isEmpty()) {
            throw new Refusal("cannot pass listen_fds=1: name its sockets with socket.NAME=");
        }
        if (named.size() > MOST_LISTEN_FDS) {
            throw new Refusal(
                    "cannot pass " + named.size() + " sockets with listen_fds=1: " + MOST_LISTEN_FDS + " are the most");
        }
        for (Named each : named) {
            if (each.fdName().indexOf(':') >= 0) {
                throw new Refusal("cannot pass a socket under the name " + each.fdName()
                        + ": LISTEN_FDNAMES separates names by colons");
            }
        }
    }

    int count() {
        return named.size();
    }

    /** What LISTEN_FDNAMES says. */
    String fdNames() {
        return named.stream().map(Named::fdName).collect(Collectors.joining(":"));
    }

    int stdin() {
        return stdin == null ? -1 : stdin.fd;
    }

    /** In ascending order of the numbers in the child, each once. */
    List<SpawnRequest.Inherited> inherited(boolean listenFds) {
        List<SpawnRequest.Inherited> all = new ArrayList<>();
        for (int i = 0; i < named.size(); i++) {
            int fd = named.get(i).socket().fd;
            all.add(new SpawnRequest.Inherited(fd, listenFds ? FIRST_LISTEN_FD + i : fd));
        }
        others.forEach(each -> all.add(new SpawnRequest.Inherited(each.fd, each.fd)));
        return all.stream()
                .distinct()
                .sorted(Comparator.comparingInt(SpawnRequest.Inherited::number))
                .toList();
    }
}
