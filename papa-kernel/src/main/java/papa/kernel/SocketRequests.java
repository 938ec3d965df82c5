package papa.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import papa.posix.Errno;
import papa.request.Options;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.request.Reply;
import papa.socket.HeldSocket;
import papa.socket.SocketFailure;
import papa.socket.SocketSpec;

/** {@code make socket} and its kin: from words to {@link Kernel} and back. Loop thread only. */
final class SocketRequests {
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
        SocketSpec spec = spec(name, words.subList(1, words.size()), session.isExtended());
        kernel.refuseWhileEnding("make socket " + name);
        kernel.sockets.make(spec, reply);
    }

    private static SocketSpec spec(String name, List<String> words, boolean extended) throws Refusal {
        Options options = new Options("PapaSocket", words, extended);
        String path = options.text("path", "");
        String family = options.text("family", path.isEmpty() ? "inet" : "unix");
        if (!Set.of("inet", "inet6", "unix").contains(family)) {
            throw new Refusal(
                    extended ? "cannot take family=" + family + ": inet, inet6 or unix is wanted" : "'" + family + "'");
        }
        boolean unix = family.equals("unix");
        String device = options.text("interface", "");
        SocketSpec spec = new SocketSpec(
                name,
                !extended,
                family,
                options.text("type", "stream"),
                options.number("proto", 0),
                options.number("backlog", 5),
                unix ? path : "",
                extended ? options.fileMask("umask") : options.number("umask", -1),
                extended ? options.text("owner", "") : "",
                extended ? options.text("group", "") : "",
                extended ? options.octal("mode") : -1,
                unix ? "" : host(options.text("host", ""), family, device),
                options.number("port", 0),
                unix ? "" : device,
                v6Only(options.text("v6only", ""), family),
                !unix && options.flag("reuseport"),
                options.flag("nonblocking"),
                !extended || options.flag("replace"),
                options.text("listen").map(word -> !word.equals("0")).orElse(true));
        options.demandNoMore();
        demandUsable(spec);
        return spec;
    }

    private static int v6Only(String given, String family) throws Refusal {
        if (given.isEmpty()) {
            return -1;
        }
        if (!family.equals("inet6") || !Set.of("0", "1").contains(given)) {
            throw new Refusal("cannot take v6only=" + given + ": 0 or 1, for family inet6");
        }
        return Integer.parseInt(given);
    }

    private static String host(String given, String family, String device) {
        if (!given.isEmpty()) {
            return given;
        }
        boolean six = family.equals("inet6");
        return device.isEmpty() ? (six ? "::1" : "127.0.0.1") : (six ? "::" : "0.0.0.0");
    }

    private static void demandUsable(SocketSpec spec) throws Refusal {
        demandUsableType(spec);
        if (!spec.listens()
                && (spec.papas() || !spec.reusePort() || !spec.type().equals("stream"))) {
            throw new Refusal(
                    "cannot make socket " + spec.name()
                            + " with listen=0: only a stream socket with reuseport=1 can keep its port for others, after hello");
        }
        if (spec.isUnix() && !spec.path().startsWith("/")) {
            throw new SocketFailure(
                    spec, "Absolute path required for Unix sockets", ": its path must begin with a slash");
        }
        String cannot = "cannot make socket " + spec.name();
        if (spec.port() < 0 || spec.port() > 65535) {
            throw new Refusal(cannot + ": port " + spec.port() + " is not between 0 and 65535");
        }
        if (spec.protocol() < 0 || spec.protocol() > 0xffff) {
            throw new Refusal(cannot + ": proto " + spec.protocol() + " is not between 0 and 65535");
        }
        if (spec.fileMask() < -1 || spec.fileMask() > 0777) {
            throw new Refusal(cannot + ": umask " + spec.fileMask() + " is not between 0 and 0777 (511)");
        }
        boolean ofAFile = !spec.owner().isEmpty() || !spec.group().isEmpty() || spec.mode() >= 0;
        if (ofAFile && !spec.isUnix()) {
            throw new Refusal(cannot + " with owner, group or mode: only unix sockets have them");
        }
    }

    /** Papa listens on whatever it makes, and so cannot have datagrams. */
    private static void demandUsableType(SocketSpec spec) throws Refusal {
        switch (spec.type()) {
            case "stream" -> {}
            case "seqpacket" -> {
                if (!spec.isUnix()) {
                    throw new SocketFailure(
                            spec,
                            Errno.python(Errno.ESOCKTNOSUPPORT.negated()),
                            ": type seqpacket is there for family unix only");
                }
            }
            case "dgram" -> {
                if (spec.papas()) {
                    throw new Refusal(Errno.python(Errno.EOPNOTSUPP.negated()));
                }
            }
            case "raw" -> {
                if (spec.papas()) {
                    throw new Refusal(Errno.python(Errno.EPROTONOSUPPORT.negated()));
                }
                if (spec.isUnix()) {
                    throw new Refusal("cannot make socket " + spec.name() + ": type raw is not there for family unix");
                }
            }
            case "rdm" ->
                throw new SocketFailure(
                        spec,
                        Errno.python(Errno.ESOCKTNOSUPPORT.negated()),
                        ": type rdm is not there for any of the families: take stream, dgram, seqpacket or raw");
            default ->
                throw new SocketFailure(
                        spec,
                        "'" + spec.type() + "'",
                        ": type " + spec.type() + " is unknown: take stream, dgram, seqpacket or raw");
        }
    }

    String list(Session session, List<String> patterns) throws Refusal {
        Patterns wanted = new Patterns(patterns);
        Stream<String> held = kernel.sockets.all().stream()
                .filter(each -> wanted.matches(each.spec.name()))
                .map(each -> session.isExtended() ? each.describeQuoted() : each.describe());
        // They have no name yet that a pattern could match, and papa's clients know of no such thing.
        boolean withUnclaimed = session.isExtended() && patterns.isEmpty();
        return Requests.lines(
                withUnclaimed ? Stream.concat(held, kernel.sockets.inherited().describe().stream()) : held);
    }

    String remove(Session session, List<String> patterns) throws Refusal {
        for (String pattern : patterns) {
            if (!Patterns.isWildcard(pattern) && kernel.sockets.get(pattern) == null) {
                throw new Refusal(pattern + " not found");
            }
        }
        Patterns wanted = new Patterns(patterns);
        List<HeldSocket> found = kernel.sockets.all().stream()
                .filter(each -> wanted.matches(each.spec.name()))
                .toList();
        for (HeldSocket socket : found) {
            kernel.leases.demand(session, "remove", socket.spec.name());
        }
        found.forEach(kernel.sockets::remove);
        return "";
    }

    String knock(Session session, List<String> names) throws Refusal {
        if (!session.isFramed()) {
            throw new Refusal("cannot wait for a knock on a connection with prompts: say hello framed first");
        }
        if (names.isEmpty()) {
            throw new Refusal("cannot wait for a knock: name a socket");
        }
        List<HeldSocket> wanted = new ArrayList<>();
        for (String name : names) {
            kernel.leases.demand(session, "wait for a knock at", name);
            HeldSocket socket = kernel.sockets.get(name);
            if (socket == null) {
                throw new Refusal("cannot wait for a knock at " + name + ": there is no such socket");
            }
            if (socket.spec.isPerProcess()) {
                throw new Refusal("cannot wait for a knock at " + name
                        + ": each of its processes has a socket of its own, and nobody listens without one");
            }
            wanted.add(socket);
        }
        kernel.knocks.await(session, wanted);
        return "";
    }
}
