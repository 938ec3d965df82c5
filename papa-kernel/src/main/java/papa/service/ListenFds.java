package papa.service;

import java.util.Map;
import papa.loop.Log;
import papa.posix.Posix;
import papa.posix.SocketQuestions;
import papa.request.Refusal;
import papa.socket.InheritedSockets;
import papa.wire.Limit;
import papa.wire.Words;

/**
 * The sockets that this program was started with: {@code LISTEN_PID}, {@code LISTEN_FDS} and {@code LISTEN_FDNAMES} of
 * sd_listen_fds(3). They stand at 3, 4, … and are moved to where held sockets are. What is no socket is left alone: the
 * variables may lie, and the Java machine has files of its own open there.
 */
public final class ListenFds {
    private static final int FIRST = 3;
    private static final int MOST = Limit.SOCKETS.most();

    private ListenFds() {}

    /** Takes them, once in the life of a program; one that it replaces itself by finds them in its state. */
    public static void take(Posix posix, Map<String, String> environment, InheritedSockets into) {
        int count = count(posix, environment);
        String[] names = environment.getOrDefault("LISTEN_FDNAMES", "").split(":", -1);
        for (int i = 0; i < count; i++) {
            String name = i < names.length ? Words.utf8(names[i]) : "";
            int fd = FIRST + i;
            if (posix.socketQuestions().option(fd, SocketQuestions.SOL_SOCKET, SocketQuestions.SO_TYPE) >= 0) {
                take(fd, name, into);
            } else {
                Log.info("cannot take descriptor " + fd + " of LISTEN_FDS: it is no socket; it is left alone");
            }
        }
    }

    private static int count(Posix posix, Map<String, String> environment) {
        String count = environment.getOrDefault("LISTEN_FDS", "");
        boolean forUs = environment.getOrDefault("LISTEN_PID", "").equals(Integer.toString(posix.pid()));
        if (!forUs || count.isEmpty()) {
            return 0; // they were for a program before us, and are closed, or are somebody else's by now
        }
        if (!count.matches("[0-9]{1,9}")) {
            Log.info("cannot read LISTEN_FDS=" + count + ": a number is wanted; no socket is taken");
            return 0;
        }
        int wanted = Integer.parseInt(count);
        if (wanted > MOST) {
            Log.info("cannot take " + wanted + " sockets of LISTEN_FDS: the first " + MOST + " are taken");
        }
        return Math.min(wanted, MOST);
    }

    private static void take(int fd, String name, InheritedSockets into) {
        try {
            Log.info("started with a socket" + (name.isEmpty() ? "" : " named " + Words.text(name)) + ": "
                    + Words.text(into.add(fd, name)));
        } catch (Refusal refused) {
            Log.info(refused.getMessage() + "");
        }
    }
}
