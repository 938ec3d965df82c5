package papa.socket;

import java.nio.charset.StandardCharsets;
import papa.posix.Posix;
import papa.posix.SocketQuestions;
import papa.request.Refusal;
import papa.wire.Words;

/**
 * The making of a {@link HeldSocket} from one that papa was started with. What is set after binding is set here as it was
 * asked for: backlog, blocking, and owner, group and mode of a path. What had to be said before it was bound (reuseport,
 * v6only, interface) must be as asked for, and is refused otherwise: its unit has to say so. A umask says nothing here,
 * the path is there already. On the thread of {@link SocketOpener}.
 */
final class InheritedOpening {
    private static final int LONGEST_DEVICE = 16;

    private final Posix posix;
    private final SocketSpec spec;
    private final InheritedSocket socket;

    InheritedOpening(Posix posix, SocketSpec spec, InheritedSocket socket) {
        this.posix = posix;
        this.spec = spec;
        this.socket = socket;
    }

    /** Nothing has changed if it fails, but perhaps the mode of a path. */
    HeldSocket open(InheritedSockets origin) throws Refusal {
        demandAsBound();
        if (spec.isUnix()) {
            SocketOpening.restrict(posix, spec, new UnixPath(posix, spec.path()));
        }
        demand(posix.setNonBlocking(socket.fd, spec.nonBlocking()), "setting its mode");
        demand(socket.type == Posix.SOCK_DGRAM ? 0 : posix.listen(socket.fd, spec.backlog()), "listening");
        return new HeldSocket(spec, socket, origin);
    }

    private void demandAsBound() throws Refusal {
        if (spec.isPerProcess()) {
            throw differs("each process is to get a socket of its own (reuseport=1 before hello)", "");
        }
        if (!spec.listens()) {
            throw differs("it was asked to keep the port without listening (listen=0)", "");
        }
        boolean shared = option(SocketQuestions.SOL_SOCKET, SocketQuestions.SO_REUSEPORT) == 1;
        if (!spec.isUnix() && shared != spec.reusePort()) {
            throw differs("reuseport=" + (spec.reusePort() ? 1 : 0) + " was asked for", "ReusePort=" + yes(!shared));
        }
        if (spec.v6Only() >= 0 && socket.isAtAllAddresses()) { // of another the machine says that it keeps IPv4 out
            boolean only = option(SocketQuestions.IPPROTO_IPV6, SocketQuestions.IPV6_V6ONLY) == 1;
            if (only != (spec.v6Only() == 1)) {
                throw differs(
                        "v6only=" + spec.v6Only() + " was asked for", "BindIPv6Only=" + (only ? "both" : "ipv6-only"));
            }
        }
        String device = device();
        if (!spec.isUnix() && !device.equals(spec.device())) {
            throw differs(
                    "interface=" + Words.text(spec.device()) + " was asked for, and it is bound to \""
                            + Words.text(device) + "\"",
                    "BindToDevice=" + Words.text(spec.device()));
        }
    }

    private static String yes(boolean wanted) {
        return wanted ? "yes" : "no";
    }

    private Refusal differs(String how, String setting) {
        return new Refusal("cannot make socket " + Words.text(spec.name()) + " of the one at "
                + InheritedSockets.called(socket) + " that papa was started with: " + how
                + ", which cannot be changed once it is bound"
                + (setting.isEmpty() ? "" : "; say " + setting + " in its unit"));
    }

    private int option(int level, int option) throws SocketFailure {
        int value = posix.socketQuestions().option(socket.fd, level, option);
        demand(value, "reading how it is set");
        return value;
    }

    private String device() throws Refusal {
        if (spec.isUnix()) {
            return "";
        }
        byte[] name = new byte[LONGEST_DEVICE];
        int length = posix.socketQuestions().device(socket.fd, name);
        demand(length, "reading its interface");
        return new String(name, 0, length, StandardCharsets.ISO_8859_1);
    }

    private void demand(int result, String step) throws SocketFailure {
        if (result < 0) {
            throw new SocketFailure(spec, step, result, "");
        }
    }
}
