package papa.socket;

import java.nio.charset.StandardCharsets;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;

/**
 * A held socket in a state: a line of the kind {@code socket}, and behind it one of the kind {@code share} for each process
 * that has one of its own at the same address, with only {@code of} (its socket's name), {@code process} (a name), {@code
 * fd} and {@code address}.
 *
 * <pre>
 *   name, papas, family, type, backlog, path, umask, owner, group, mode, host, port, interface, v6only, reuseport,
 *   nonblocking, replace        what was asked for, as in {@link SocketSpec}
 *   keeps-port                  it does not listen
 *   protocol                    its number; 0 where it is not there
 *   fd, inode                   the socket, and which one that is
 *   address                     what it is bound to, as the machine has it
 *   file                        device and inode of the file at the path, where it is ours
 *   inherited                   its name in LISTEN_FDNAMES, only of one that papa was started with
 * </pre>
 *
 * Nobody holds one: a state that is gone on with is written while no process is being started. Loop thread only.
 */
final class SavedSocket {
    private static final int S_IFSOCK = 0xc000;

    private static final int MOST_PROTOCOL = 0xffff;

    /** The longest there is: of a path, 110 bytes. */
    private static final int MOST_ADDRESS = 128;

    private SavedSocket() {}

    static void save(StateWriter out, Posix posix, HeldSocket socket) {
        SocketSpec spec = socket.spec;
        StateWriter.Line line = out.line("socket")
                .put("name", spec.name())
                .flag("papas", spec.papas())
                .put("family", spec.family())
                .put("type", spec.type())
                .put("backlog", spec.backlog())
                .put("path", spec.path())
                .put("umask", spec.fileMask())
                .put("owner", spec.owner())
                .put("group", spec.group())
                .put("mode", spec.mode())
                .put("host", spec.host())
                .put("port", spec.port())
                .put("interface", spec.device())
                .put("v6only", spec.v6Only())
                .flag("reuseport", spec.reusePort())
                .flag("nonblocking", spec.nonBlocking())
                .flag("replace", spec.replace())
                .flag("keeps-port", !spec.listens())
                .put("protocol", spec.protocol());
        putSocket(line, posix, socket);
        line.end();
        for (String process : socket.sharers()) {
            HeldSocket share = socket.share(process);
            if (share != null) {
                line = out.line("share").put("of", spec.name()).put("process", process);
                putSocket(line, posix, share);
                line.end();
            }
        }
    }

    private static void putSocket(StateWriter.Line line, Posix posix, HeldSocket socket) {
        long[] deviceAndInode = new long[2];
        posix.identify(socket.fd, deviceAndInode);
        line.descriptor("fd", socket.fd)
                .put("inode", deviceAndInode[1])
                .put("address", new String(socket.address, StandardCharsets.ISO_8859_1));
        if (socket.file != null) {
            socket.file.put(line, "file");
        }
        if (socket.inherited != null) {
            line.put("inherited", socket.inherited.name);
        }
    }

    /** @param origin of those that papa was started with */
    static HeldSocket restore(StateLine line, Posix posix, InheritedSockets origin) throws StateException {
        SocketSpec spec = new SocketSpec(
                line.text("name"),
                line.flag("papas"),
                line.text("family"),
                line.text("type"),
                line.has("protocol") ? line.integer("protocol", 0, MOST_PROTOCOL) : 0,
                line.integer("backlog", Integer.MIN_VALUE, Integer.MAX_VALUE),
                line.text("path"),
                line.integer("umask", -1, 0777),
                line.text("owner"),
                line.text("group"),
                line.integer("mode", -1, 0777),
                line.text("host"),
                line.integer("port", Integer.MIN_VALUE, Integer.MAX_VALUE),
                line.text("interface"),
                line.integer("v6only", -1, 1),
                line.flag("reuseport"),
                line.flag("nonblocking"),
                line.flag("replace"),
                !line.flag("keeps-port"));
        HeldSocket socket = restore(line, posix, spec);
        return line.has("inherited")
                ? new HeldSocket(
                        spec, InheritedSocket.of(spec, socket.fd, line.text("inherited"), socket.address), origin)
                : socket;
    }

    /** One of the sockets at the address of another. */
    static HeldSocket restoreShare(StateLine line, Posix posix, HeldSocket of) throws StateException {
        if (!of.spec.isPerProcess() || of.share(line.text("process")) != null) {
            throw line.wrong("the socket has no such shares, or this one already");
        }
        return restore(line, posix, of.spec);
    }

    private static HeldSocket restore(StateLine line, Posix posix, SocketSpec spec) throws StateException {
        int fd = line.descriptor("fd");
        if (posix.identify(fd, new long[2]) != S_IFSOCK) {
            throw line.wrong("fd=" + fd + " is no socket");
        }
        byte[] address = line.text("address").getBytes(StandardCharsets.ISO_8859_1);
        boolean longEnough = spec.isUnix() ? address.length > 2 : address.length == 16 || address.length == 28;
        if (!longEnough || address.length > MOST_ADDRESS) {
            throw line.wrong("address= has " + address.length + " bytes");
        }
        UnixPath file = line.has("file") ? UnixPath.restore(posix, spec.path(), line, "file") : null;
        return new HeldSocket(spec, fd, address, file);
    }
}
