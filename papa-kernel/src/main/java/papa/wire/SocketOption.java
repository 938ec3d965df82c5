package papa.wire;

/** The options of {@code make socket}. */
public enum SocketOption implements MakeOption {
    FAMILY("family", 0, "inet|inet6|unix", "unix with a path, else inet", "The family of addresses."),
    TYPE(
            "type",
            0,
            "stream|dgram|seqpacket|raw",
            "stream",
            "The kind of socket. dgram and raw only after hello, seqpacket for unix only, raw for the others."),
    PROTO("proto", 1, "N", "0: that of the type", "The protocol, by its number (protocols(5)); raw needs one."),
    BACKLOG("backlog", 0, "N", "5", "How many connections may wait to be taken."),
    PATH("path", 0, "PATH", "", "Where a unix socket is; absolute."),
    UMASK(
            "umask",
            0,
            "N",
            "the kernel's",
            "The file mode mask for that path: a decimal number (18), or, after hello, one in octal with a 0 (022)."),
    HOST("host", 0, "NAME|ADDRESS", "127.0.0.1, or ::1; with an interface all addresses", "The address to listen at."),
    PORT("port", 0, "N", "0", "The port; 0 lets the system choose."),
    INTERFACE("interface", 0, "NAME", "", "Take connections of this network interface alone."),
    V6ONLY(
            "v6only",
            1,
            "0|1",
            "the machine's",
            "Whether an inet6 socket at all addresses keeps IPv4 out, so that an inet socket may have the same port."),
    REUSEPORT(
            "reuseport",
            0,
            "1",
            "",
            "Let sockets of other names listen at the same address, and share what comes. Before hello, as in papa: the"
                    + " port is kept, and each process gets a socket of its own, which its successor gets as well."),
    LISTEN(
            "listen",
            1,
            "0|1",
            "1",
            "After hello, with reuseport=1: 0 keeps the port for sockets of other names, and takes no connection itself."),
    OWNER("owner", 1, "N|NAME", "the kernel's user", "After hello: who owns the path. Nobody connects before."),
    GROUP("group", 1, "N|NAME", "the kernel's group", "After hello: the group of the path."),
    MODE("mode", 1, "OCTAL", "what umask leaves", "After hello: the permissions of the path (660)."),
    NONBLOCKING("nonblocking", 1, "1", "", "Taking a connection never waits, in every process that inherits it."),
    REPLACE(
            "replace",
            1,
            "1",
            "on before hello",
            "A socket at the path on which nobody listens gives way. Nothing else does.");

    private final Declaration declaration;

    SocketOption(String word, int version, String form, String byDefault, String help) {
        this.declaration = new Declaration(word, version, form, byDefault, help);
    }

    @Override
    public Declaration declaration() {
        return declaration;
    }
}
