package papa.kernel;

import java.util.List;
import java.util.Set;
import papa.posix.Errno;

/** {@code make socket} and its kin: from words to {@link Kernel} and back. Loop thread only. */
final class SocketRequests {
    private static final Set<String> TYPES = Set.of("stream", "dgram", "raw", "rdm", "seqpacket");

    private final Kernel kernel;

    SocketRequests(Kernel kernel) {
        this.kernel = kernel;
    }

    void make(Session session, List<String> words, Reply reply) throws Refusal {
        if (words.isEmpty()) {
            throw new Refusal("Socket requires a name");
        }
        String name = words.get(0);
        Requests.demandUsableName(name);
        kernel.leases.demand(session, "make socket", name);
        kernel.makeSocket(spec(name, words.subList(1, words.size()), session.isExtended()), reply);
    }

    private static SocketSpec spec(String name, List<String> words, boolean extended) throws Refusal {
        Options options = new Options("PapaSocket", words, extended);
        String later = "this version of papa does not have it yet";
        options.refuse("reuseport", later);
        options.refuse("interface", later);
        String path = options.text("path", "");
        String family = options.text("family", path.isEmpty() ? "inet" : "unix");
        if (!Set.of("inet", "inet6", "unix").contains(family)) {
            throw new Refusal("'" + family + "'");
        }
        String type = options.text("type", "stream");
        if (!TYPES.contains(type)) {
            throw new Refusal("'" + type + "'");
        }
        if (!type.equals("stream")) {
            throw new Refusal(Errno.python(Errno.EOPNOTSUPP.negated()));
        }
        if (family.equals("unix") && !path.startsWith("/")) {
            throw new Refusal("Absolute path required for Unix sockets");
        }
        int port = options.number("port", 0);
        if (port < 0 || port > 65535) {
            throw new Refusal("cannot make socket " + name + ": port " + port + " is not between 0 and 65535");
        }
        SocketSpec spec = new SocketSpec(
                name,
                family,
                options.text("host", ""),
                port,
                family.equals("unix") ? path : "",
                options.number("backlog", 5),
                options.number("umask", -1),
                options.flag("nonblocking"),
                !extended || options.flag("replace"));
        options.demandNoMore();
        return spec;
    }

    String list(List<String> patterns) throws Refusal {
        Patterns wanted = new Patterns(patterns);
        return Requests.lines(kernel.sockets().stream()
                .filter(each -> wanted.matches(each.spec.name()))
                .map(HeldSocket::describe));
    }

    String remove(Session session, List<String> patterns) throws Refusal {
        for (String pattern : patterns) {
            if (!Patterns.isWildcard(pattern) && kernel.socket(pattern) == null) {
                throw new Refusal(pattern + " not found");
            }
        }
        Patterns wanted = new Patterns(patterns);
        List<HeldSocket> found = kernel.sockets().stream()
                .filter(each -> wanted.matches(each.spec.name()))
                .toList();
        for (HeldSocket socket : found) {
            kernel.leases.demand(session, "remove", socket.spec.name());
        }
        found.forEach(kernel::removeSocket);
        return "";
    }
}
