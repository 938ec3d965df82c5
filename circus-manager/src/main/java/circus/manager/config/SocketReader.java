package circus.manager.config;

import static circus.options.SocketOptions.ALL;
import static circus.options.SocketOptions.BACKLOG;
import static circus.options.SocketOptions.FAMILY;
import static circus.options.SocketOptions.HOST;
import static circus.options.SocketOptions.INTERFACE;
import static circus.options.SocketOptions.PATH;
import static circus.options.SocketOptions.PORT;
import static circus.options.SocketOptions.PROTO;
import static circus.options.SocketOptions.REPLACE;
import static circus.options.SocketOptions.SO_REUSEPORT;
import static circus.options.SocketOptions.TYPE;
import static circus.options.SocketOptions.UMASK;
import static circus.options.SocketOptions.USE_PAPA;

import circus.options.Option;
import circus.options.OptionValues;
import circus.options.SocketFamily;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/** Reads one {@code [socket:NAME]} section. Used by one thread. */
final class SocketReader {
    static final String PREFIX = "socket:";

    /** What a socket address of Linux has room for. */
    private static final int LONGEST_PATH = 107;

    /** IFNAMSIZ of Linux, without the final zero. */
    private static final int LONGEST_INTERFACE = 15;

    private final IniSection section;
    private final Problems problems;

    SocketReader(IniSection section, Problems problems) {
        this.section = section;
        this.problems = problems;
    }

    /** @param usePapa what counts when the section does not say */
    SocketConfig read(Map<String, String> environment, boolean usePapa) {
        String title = section.name();
        String name =
                title.substring(title.lastIndexOf(PREFIX) + PREFIX.length()).toLowerCase(Locale.ROOT);
        SectionReader reader = new SectionReader(section, problems);
        OptionValues values = reader.read(ALL, environment).withDefault(USE_PAPA, usePapa);
        for (IniEntry entry : section.entries()) {
            if (ALL.stream().noneMatch(option -> option.key().equals(entry.key()))) {
                reader.warnOfUnknown(entry, ALL);
            }
        }
        SocketConfig socket = new SocketConfig(name, values);
        check(socket);
        return socket;
    }

    private void check(SocketConfig socket) {
        if (socket.name().isEmpty()) {
            problems.error(section.place(), "cannot use " + section + ": a socket needs a name");
        }
        OptionValues values = socket.options();
        checkType(socket);
        if (socket.family() == SocketFamily.AF_UNIX) {
            checkPath(socket);
            List.of(HOST, PORT, INTERFACE, SO_REUSEPORT).forEach(option -> warnOfIdle(option, "it has a path"));
        } else {
            checkHost(values);
            List.of(UMASK, REPLACE).forEach(option -> warnOfIdle(option, "it has no path"));
        }
    }

    private void checkType(SocketConfig socket) {
        boolean unix = socket.family() == SocketFamily.AF_UNIX;
        switch (socket.type()) {
            case SOCK_STREAM -> {}
            case SOCK_DGRAM -> warnOfIdle(BACKLOG, "nobody connects to a socket for datagrams");
            case SOCK_RAW -> {
                if (socket.protocol() == 0) {
                    refuse(TYPE.key(), "a raw socket needs a protocol, such as proto = icmp");
                }
                List.of(PORT, SO_REUSEPORT, BACKLOG).forEach(option -> warnOfIdle(option, "a raw socket has no port"));
            }
            case SOCK_SEQPACKET -> {
                if (!unix) {
                    refuse(TYPE.key(), "Linux has it for Unix sockets only, those with a path");
                }
            }
            case SOCK_RDM -> refuse(TYPE.key(), "Linux has it for none of these families");
        }
        Optional<String> protocol = socket.options().get(PROTO);
        if (protocol.isPresent() && Protocols.number(protocol.get()).isEmpty()) {
            refuse(PROTO.key(), "there is no protocol of that name in /etc/protocols");
        }
        int length = socket.options().get(INTERFACE).orElse("x").getBytes(StandardCharsets.UTF_8).length;
        if (length == 0 || length > LONGEST_INTERFACE) {
            refuse(INTERFACE.key(), "the name of a network interface has 1 to " + LONGEST_INTERFACE + " bytes");
        }
    }

    private void warnOfIdle(Option<?> option, String cause) {
        IniEntry entry = section.get(option.key());
        if (entry != null && section.isOwn(entry)) {
            problems.warn(entry.place(), option.key() + " in " + section + " has no effect, since " + cause);
        }
    }

    private void checkPath(SocketConfig socket) {
        if (socket.path().isEmpty()) {
            refuse(FAMILY.key(), "it needs a path");
        } else if (socket.options().get(PATH).orElse("").isBlank()) {
            refuse(PATH.key(), "it names no file");
        } else {
            int length = socket.path().get().toString().getBytes(StandardCharsets.UTF_8).length;
            if (length > LONGEST_PATH) {
                refuse(PATH.key(), "it has " + length + " bytes, and a socket's path has room for " + LONGEST_PATH);
            }
        }
    }

    private void checkHost(OptionValues values) {
        String host = values.get(HOST);
        if (host.isBlank()) {
            refuse(HOST.key(), "it names no address; 0.0.0.0 stands for all");
        } else if (host.indexOf(':') >= 0 && values.get(FAMILY) == SocketFamily.AF_INET) {
            refuse(HOST.key(), "it is an IPv6 address; add family = AF_INET6");
        }
    }

    private void refuse(String key, String cause) {
        IniEntry entry = section.get(key);
        if (entry != null) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, cause));
        }
    }
}
