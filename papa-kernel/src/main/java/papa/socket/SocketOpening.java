package papa.socket;

import java.util.Arrays;
import java.util.Optional;
import papa.posix.Account;
import papa.posix.AccountException;
import papa.posix.Accounts;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.wire.Words;

/**
 * The making of one {@link HeldSocket}: socket, options, bind, who may connect, listen. It may wait for a name to be
 * looked up, and changes the thread's umask for a moment, so it belongs to the thread of {@link SocketOpener}.
 */
final class SocketOpening {
    private static final int SOL_SOCKET = 1;
    private static final int SO_REUSEADDR = 2;
    private static final int SO_REUSEPORT = 15;
    private static final int IPPROTO_IPV6 = 41;
    private static final int IPV6_V6ONLY = 26;

    private static final String RAW_HINT = "; it takes the capability CAP_NET_RAW";

    private final Posix posix;
    private final SocketSpec spec;
    private final boolean listens;

    private SocketOpening(Posix posix, SocketSpec spec, boolean listens) {
        this.posix = posix;
        this.spec = spec;
        this.listens = listens;
    }

    /** Makes what was asked for. A failure leaves nothing behind, and touches no file that was there before. */
    static HeldSocket open(Posix posix, SocketSpec spec) throws Refusal {
        boolean listens = spec.isConnected() && !spec.isPerProcess() && spec.listens();
        return new SocketOpening(posix, spec, listens)
                .open(spec.isUnix() ? SocketAddress.unix(spec.path()) : SocketAddress.resolve(spec));
    }

    /** A socket of its own for one process, at the address of a socket that keeps it. Waits for nothing. */
    static HeldSocket share(Posix posix, HeldSocket keeper) throws Refusal {
        return new SocketOpening(posix, keeper.spec, true).open(keeper.address);
    }

    private HeldSocket open(byte[] address) throws Refusal {
        int domain = spec.isUnix() ? Posix.AF_UNIX : address.length == 28 ? Posix.AF_INET6 : Posix.AF_INET;
        int type = switch (spec.type()) {
            case "dgram" -> Posix.SOCK_DGRAM;
            case "seqpacket" -> Posix.SOCK_SEQPACKET;
            case "raw" -> Posix.SOCK_RAW;
            default -> Posix.SOCK_STREAM;
        };
        int low = posix.socket(domain, type, spec.protocol());
        if (low < 0) {
            String kind = spec.type() + (spec.protocol() == 0 ? "" : " and protocol " + spec.protocol());
            String hint = spec.type().equals("raw") && Errno.EPERM.is(low) ? RAW_HINT : "";
            throw new SocketFailure(spec, "making a " + spec.family() + " socket of type " + kind, low, hint);
        }
        UnixPath file = null;
        try {
            setOptions(low);
            if (spec.isUnix()) {
                file = bindToPath(low, address);
            } else {
                bindToPort(low, address);
            }
            demand(listens ? posix.listen(low, spec.backlog()) : 0, "listening");
            demand(posix.setNonBlocking(low, spec.nonBlocking()), "setting its mode");
            byte[] bound = spec.isUnix() ? address : boundAddress(low, address.length);
            int high = posix.duplicate(low, HeldSocket.LOWEST_NUMBER);
            demand(high, "giving it a number from " + HeldSocket.LOWEST_NUMBER + " up");
            posix.close(low);
            return new HeldSocket(spec, high, bound, file);
        } catch (Refusal refusal) {
            if (file != null) {
                file.remove(); // it would stand in the way of the next attempt
            }
            posix.close(low);
            throw refusal;
        }
    }

    private void demand(int result, String step) throws SocketFailure {
        if (result < 0) {
            throw new SocketFailure(spec, step, result, "");
        }
    }

    private void setOptions(int fd) throws SocketFailure {
        if (spec.v6Only() >= 0) {
            demand(posix.setSocketOption(fd, IPPROTO_IPV6, IPV6_V6ONLY, spec.v6Only()), "setting v6only");
        }
        if (spec.reusePort()) {
            demand(posix.setSocketOption(fd, SOL_SOCKET, SO_REUSEPORT, 1), "setting reuseport");
        }
        // Not for datagrams, where it would let any program take this one's port; not for what does not listen, which
        // keeps its port from others for want of it.
        if (listens) {
            demand(posix.setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1), "setting reuseaddr");
        }
        if (!spec.device().isEmpty()) {
            int bound = posix.bindToDevice(fd, spec.device());
            if (bound < 0) {
                String hint = Errno.EPERM.is(bound) ? RAW_HINT : "";
                throw new SocketFailure(spec, "binding to interface " + Words.text(spec.device()), bound, hint);
            }
        }
    }

    private void bindToPort(int fd, byte[] address) throws Refusal {
        int bound = posix.bind(fd, address);
        if (Errno.EADDRINUSE.is(bound) && !listens && spec.isConnected()) {
            // Perhaps only by connections that have ended a moment ago.
            posix.setSocketOption(fd, SOL_SOCKET, SO_REUSEADDR, 1);
            bound = posix.bind(fd, address);
        }
        if (bound < 0) {
            String where = SocketAddress.host(address) + ":" + SocketAddress.port(address);
            throw bindFailed(bound, " on " + where, where, "");
        }
    }

    /** Until owner and mode are what they are to be, nobody may connect: the file has no permissions until then. */
    private UnixPath bindToPath(int fd, byte[] address) throws Refusal {
        int uid = uid();
        int gid = gid();
        String hint = makeWay();
        boolean restricted = spec.mode() >= 0 || uid != Accounts.NOBODY || gid != Accounts.NOBODY;
        int former = posix.fileMask(0777);
        int mask = spec.fileMask() >= 0 ? spec.fileMask() : former;
        posix.fileMask(restricted ? 0777 : mask);
        int bound = posix.bind(fd, address);
        UnixPath file = bound < 0 ? null : new UnixPath(posix, spec.path());
        posix.fileMask(former);
        if (file == null) {
            throw bindFailed(bound, "", Words.text(spec.path()), hint);
        }
        if (file.known() < 0) {
            posix.unlink(spec.path()); // bound a moment ago
            demand(file.known(), "looking at " + Words.text(spec.path()));
        }
        int done = restricted ? file.restrict(uid, gid, spec.mode() >= 0 ? spec.mode() : 0777 & ~mask) : 0;
        if (done < 0) {
            file.remove();
            demand(done, "setting owner, group and mode of " + Words.text(spec.path()));
        }
        return file;
    }

    private int uid() throws SocketFailure {
        return number(spec.owner(), "owner", name -> posix.accounts().user(name).map(Account::uid));
    }

    private int gid() throws SocketFailure {
        return number(spec.group(), "group", posix.accounts()::group);
    }

    /** Gives a path that is bound already the owner, group and mode that are asked for, if any are. */
    static void restrict(Posix posix, SocketSpec spec, UnixPath file) throws SocketFailure {
        SocketOpening opening = new SocketOpening(posix, spec, true);
        int uid = opening.uid();
        int gid = opening.gid();
        if (uid != Accounts.NOBODY || gid != Accounts.NOBODY || spec.mode() >= 0) {
            opening.demand(
                    file.restrict(uid, gid, spec.mode()),
                    "setting owner, group and mode of " + Words.text(spec.path()));
        }
    }

    /** Removes a socket on which nobody listens any more, if that is wanted. What to do, if a file stays. */
    private String makeWay() throws Refusal {
        return switch (UnixPath.occupant(posix, spec.path())) {
            case NOBODY -> "";
            case LIVE_SOCKET -> "; a program listens there: end it first";
            case OTHER_FILE -> "; what is there is no socket: remove it, or choose another path";
            case STALE_SOCKET -> {
                int removed = spec.replace() ? posix.unlink(spec.path()) : 0;
                if (!Errno.ENOENT.is(removed)) {
                    demand(removed, "removing the socket at " + Words.text(spec.path()) + " on which nobody listens");
                }
                yield "; nobody listens there any more: say replace=1, or remove it";
            }
        };
    }

    private SocketFailure bindFailed(int errno, String papasPlace, String place, String hint) {
        String ours = Errno.EADDRINUSE.is(errno) ? hint : "";
        return new SocketFailure(
                spec,
                "Bind failed" + papasPlace + ": " + Errno.python(errno),
                " at " + place + ": " + Errno.of(errno) + ours);
    }

    /** Finds the number of a name. */
    private interface Lookup {
        Optional<Integer> find(String name) throws AccountException;
    }

    /** The unsigned number that a name or a number stands for; {@link Accounts#NOBODY} for an empty word. */
    private int number(String word, String what, Lookup lookup) throws SocketFailure {
        if (word.isEmpty()) {
            return Accounts.NOBODY;
        }
        Integer number = Accounts.number(word);
        if (number != null) {
            return number;
        }
        try {
            return lookup.find(word)
                    .orElseThrow(() ->
                            new SocketFailure(spec, "", ": " + what + " " + Words.text(word) + ": there is none such"));
        } catch (AccountException failed) {
            throw new SocketFailure(spec, "", ": " + what + " " + Words.text(word) + ": " + failed.getMessage());
        }
    }

    private byte[] boundAddress(int fd, int length) throws SocketFailure {
        byte[] address = new byte[128];
        demand(posix.socketName(fd, address), "asking for its address");
        return Arrays.copyOf(address, length);
    }
}
