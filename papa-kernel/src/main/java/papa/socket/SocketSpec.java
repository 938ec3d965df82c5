package papa.socket;

/**
 * What {@code make socket} asked for.
 *
 * @param papas whether it was asked for before hello: papa's rules and papa's errors hold
 * @param family as papa spells it: inet, inet6, unix
 * @param type stream, dgram, seqpacket, raw
 * @param protocol by its number; 0 for the one of family and type
 * @param path empty, or absolute
 * @param fileMask of the path; -1 for the kernel's own umask
 * @param owner of the path, a name or a number; empty for the kernel's user
 * @param group of the path, a name or a number; empty for the kernel's group
 * @param mode of the path; -1 for what the umask leaves
 * @param host as given, or the family's default; empty for unix
 * @param port 0 lets the system choose
 * @param device the one network interface to listen at; empty for all
 * @param v6Only whether an inet6 socket keeps IPv4 out: 1 or 0; -1 for the machine's setting (net.ipv6.bindv6only)
 * @param reusePort whether sockets of other names may be at the same address. Papa's way is another: what is held only
 *     keeps the port, and each process gets a socket of its own
 * @param nonBlocking whether accepting on it returns at once, in every process that inherits it
 * @param replace whether a socket at {@code path} gives way on which nobody listens; papa's own way is that it does
 * @param listens false for one that only keeps its port, for sockets of other names with {@code reusePort}
 */
public record SocketSpec(
        String name,
        boolean papas,
        String family,
        String type,
        int protocol,
        int backlog,
        String path,
        int fileMask,
        String owner,
        String group,
        int mode,
        String host,
        int port,
        String device,
        int v6Only,
        boolean reusePort,
        boolean nonBlocking,
        boolean replace,
        boolean listens) {

    /** Whether connections come in at it. */
    boolean isConnected() {
        return type.equals("stream") || type.equals("seqpacket");
    }

    public boolean isUnix() {
        return family.equals("unix");
    }

    /** Whether each process that it is handed to gets one of its own. */
    public boolean isPerProcess() {
        return papas && reusePort;
    }

    /**
     * Whether a socket made from {@code other} may be taken for this one: the port need not be named again, and papa's
     * clients know papa's options alone.
     *
     * @param otherPort the port that it got
     */
    boolean agreesWith(SocketSpec other, int otherPort) {
        boolean samePort = port == 0 || port == otherPort;
        boolean same = samePort
                && family.equals(other.family)
                && type.equals(other.type)
                && backlog == other.backlog
                && path.equals(other.path)
                && fileMask == other.fileMask
                && host.equals(other.host)
                && device.equals(other.device)
                && reusePort == other.reusePort;
        boolean sameBeyond = isPerProcess() == other.isPerProcess()
                && owner.equals(other.owner)
                && group.equals(other.group)
                && mode == other.mode
                && v6Only == other.v6Only
                && nonBlocking == other.nonBlocking
                && listens == other.listens
                && protocol == other.protocol;
        return same && (papas || sameBeyond);
    }
}
