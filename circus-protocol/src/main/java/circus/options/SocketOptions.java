package circus.options;

import static circus.options.OnSet.NOTHING;
import static circus.options.Support.EFFECTIVE;

import java.util.List;
import java.util.Optional;

/** The options of a {@code [socket:NAME]} section. None of them can be set while circusd runs. */
public final class SocketOptions {
    public static final Option<String> HOST =
            new Option<>("host", OptionTypes.TEXT, "localhost", NOTHING, EFFECTIVE, "The address to listen on.");

    public static final Option<Integer> PORT = new Option<>(
            "port", OptionTypes.PORT, 8080, NOTHING, EFFECTIVE, "The port to listen on; 0 lets the system choose.");

    public static final Option<SocketFamily> FAMILY = new Option<>(
            "family",
            OptionTypes.FAMILY,
            SocketFamily.AF_INET,
            NOTHING,
            EFFECTIVE,
            "AF_INET, AF_INET6 or AF_UNIX; a path makes it AF_UNIX.");

    public static final Option<SocketType> TYPE = new Option<>(
            "type",
            OptionTypes.SOCKET_TYPE,
            SocketType.SOCK_STREAM,
            NOTHING,
            EFFECTIVE,
            "SOCK_STREAM, SOCK_DGRAM, SOCK_SEQPACKET with a path, or SOCK_RAW, which takes the right to it (CAP_NET_RAW).");

    public static final Option<Optional<String>> PROTO = new Option<>(
            "proto",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The protocol, by its name in /etc/protocols, where family and type leave a choice; a raw socket needs one.");

    public static final Option<Integer> BACKLOG = new Option<>(
            "backlog", OptionTypes.BACKLOG, 2048, NOTHING, EFFECTIVE, "How many connections may wait to be accepted.");

    public static final Option<Optional<String>> PATH = new Option<>(
            "path",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The file of a Unix socket; host and port do not count then.");

    public static final Option<Integer> UMASK = new Option<>(
            "umask",
            OptionTypes.MASK,
            0010,
            NOTHING,
            EFFECTIVE,
            "Octal mask that is taken away from the mode of a Unix socket's file.");

    public static final Option<Boolean> REPLACE = new Option<>(
            "replace",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Remove an existing file in the way of a Unix socket.");

    public static final Option<Boolean> SO_REUSEPORT = new Option<>(
            "so_reuseport",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Give each process a socket of its own at the same port; one that is started in the place of another goes on with its socket.");

    public static final Option<Optional<String>> INTERFACE = new Option<>(
            "interface",
            OptionTypes.OPTIONAL_TEXT,
            Optional.empty(),
            NOTHING,
            EFFECTIVE,
            "The network interface to which connections are restricted; where there is none such, or no right to it, circusd does not start.");

    public static final Option<Boolean> BLOCKING = new Option<>(
            "blocking", OptionTypes.BOOLEAN, false, NOTHING, EFFECTIVE, "Hand the descriptor over in blocking mode.");

    public static final Option<Boolean> USE_PAPA = new Option<>(
            "use_papa",
            OptionTypes.BOOLEAN,
            false,
            NOTHING,
            EFFECTIVE,
            "Keep the socket open when circusd is asked to quit.");

    public static final List<Option<?>> ALL = List.of(
            HOST,
            PORT,
            FAMILY,
            TYPE,
            PROTO,
            BACKLOG,
            PATH,
            UMASK,
            REPLACE,
            SO_REUSEPORT,
            INTERFACE,
            BLOCKING,
            USE_PAPA);

    /** Those that an open socket can change; for the others it is opened anew. */
    public static final List<Option<?>> LIVE = List.of(REPLACE, USE_PAPA);

    private SocketOptions() {}
}
