package papa.socket;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.SocketQuestions;
import papa.request.Refusal;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * The sockets that papa was started with, by systemd or somebody like it, and that nobody has asked for. A {@code make
 * socket} of the same family, type and address takes one instead of binding anew, so that neither configuration nor manager
 * need to know where it comes from; when it is removed, it comes back here, since whoever made it still holds it, and the
 * address cannot be bound a second time. Their files are never unlinked. Any thread.
 */
public final class InheritedSockets {
    /** For any address. */
    private static final int ROOM = 128;

    private final Posix posix;
    private final SocketQuestions questions;
    private final List<InheritedSocket> unclaimed = new ArrayList<>();

    InheritedSockets(Posix posix) {
        this.posix = posix;
        this.questions = posix.socketQuestions();
    }

    /**
     * Takes one over, to a number from {@link HeldSocket#LOWEST_NUMBER} up that no exec inherits; closes it where it was.
     *
     * @param fd a socket
     * @param name in LISTEN_FDNAMES
     * @return where it is bound, for people
     * @throws Refusal if nobody could ask for such a one; it is closed
     */
    public synchronized String add(int fd, String name) throws Refusal {
        int high = posix.duplicate(fd, HeldSocket.LOWEST_NUMBER);
        posix.close(fd);
        String cannot = "cannot take descriptor " + fd + " of LISTEN_FDS: ";
        if (high < 0) {
            throw new Refusal(cannot + Errno.of(high));
        }
        byte[] room = new byte[ROOM];
        int length = posix.socketName(high, room);
        int domain = questions.option(high, SocketQuestions.SOL_SOCKET, SocketQuestions.SO_DOMAIN);
        int type = questions.option(high, SocketQuestions.SOL_SOCKET, SocketQuestions.SO_TYPE);
        int listens = questions.option(high, SocketQuestions.SOL_SOCKET, SocketQuestions.SO_ACCEPTCONN);
        int failed = Math.min(Math.min(length, domain), Math.min(type, listens));
        if (failed < 0) {
            posix.close(high);
            throw new Refusal(cannot + Errno.of(failed) + "; it is closed");
        }
        boolean known = domain == Posix.AF_UNIX || domain == Posix.AF_INET || domain == Posix.AF_INET6;
        if (length > room.length || !known || (listens != 1 && type != Posix.SOCK_DGRAM)) {
            posix.close(high);
            throw new Refusal(
                    cannot + (known ? "the socket does not listen" : "a socket of that family is of no use here")
                            + "; it is closed");
        }
        InheritedSocket socket = new InheritedSocket(high, name, domain, type, Arrays.copyOf(room, length));
        unclaimed.add(socket);
        return socket.place();
    }

    /** The listening stream socket at a path, if there is one; it is the caller's from now on. */
    public synchronized Optional<Integer> takeAt(String path) {
        for (InheritedSocket each : unclaimed) {
            if (each.isUnix() && each.type == Posix.SOCK_STREAM && isSamePath(each.path(), path)) {
                unclaimed.remove(each);
                return Optional.of(each.fd);
            }
        }
        return Optional.empty();
    }

    /** The one that a request means, to be given back if it cannot be used; null if there is none such. */
    synchronized @Nullable InheritedSocket claim(SocketSpec spec, byte[] address) {
        for (InheritedSocket each : unclaimed) {
            boolean there = each.isUnix() ? isSamePath(each.path(), spec.path()) : each.isAt(address);
            if (each.isLike(spec) && there) {
                unclaimed.remove(each);
                return each;
            }
        }
        return null;
    }

    /** Two paths may lead to one file: /run is /var/run. */
    private boolean isSamePath(String one, String other) {
        if (one.equals(other)) {
            return true;
        }
        long[] first = new long[2];
        long[] second = new long[2];
        return one.startsWith("/")
                && posix.identify(one, first) >= 0
                && posix.identify(other, second) >= 0
                && Arrays.equals(first, second);
    }

    synchronized void giveBack(InheritedSocket socket) {
        unclaimed.add(socket);
    }

    /**
     * What to say to who could not have a port: perhaps one of these is at it, with another host. That one is not given
     * instead, since it may be open to more than was asked for.
     */
    synchronized String hint(SocketSpec spec) {
        for (InheritedSocket each : unclaimed) {
            if (!spec.isUnix() && !each.isUnix() && spec.port() == each.port() && spec.port() != 0) {
                return "; papa was started with a socket at " + each.place()
                        + ": ask for that very address, or have its unit"
                        + " say the one that is asked for (ListenStream=)";
            }
        }
        return "";
    }

    public synchronized int count() {
        return unclaimed.size();
    }

    /** A line each. */
    public synchronized List<String> describe() {
        return unclaimed.stream().map(InheritedSocket::describe).toList();
    }

    /**
     * A line {@code inherited-socket} each: {@code fd}, {@code name} (of LISTEN_FDNAMES), {@code domain}, {@code type} (the
     * machine's numbers), {@code address} (as the machine has it).
     */
    synchronized void save(StateWriter out) {
        for (InheritedSocket each : unclaimed) {
            out.line("inherited-socket")
                    .descriptor("fd", each.fd)
                    .put("name", each.name)
                    .put("domain", each.domain)
                    .put("type", each.type)
                    .put("address", new String(each.address, StandardCharsets.ISO_8859_1))
                    .end();
        }
    }

    synchronized void restore(StateLine line) throws StateException {
        int domain = line.integer("domain", 1, Integer.MAX_VALUE);
        byte[] address = line.text("address").getBytes(StandardCharsets.ISO_8859_1);
        boolean whole = switch (domain) {
            case Posix.AF_UNIX -> address.length >= 2;
            case Posix.AF_INET -> address.length == 16;
            case Posix.AF_INET6 -> address.length == 28;
            default -> false;
        };
        if (!whole || address.length > ROOM) {
            throw line.wrong("domain=" + domain + " has no address of " + address.length + " bytes");
        }
        int type = line.integer("type", Posix.SOCK_STREAM, Posix.SOCK_SEQPACKET);
        giveBack(new InheritedSocket(line.descriptor("fd"), line.text("name"), domain, type, address));
    }

    /** At the end of papa. Who made them still has them. */
    public synchronized void close() {
        unclaimed.forEach(each -> posix.close(each.fd));
        unclaimed.clear();
    }

    /** For messages: where it came from. */
    static String called(InheritedSocket socket) {
        return socket.place() + (socket.name.isEmpty() ? "" : " (" + Words.text(socket.name) + ")");
    }
}
