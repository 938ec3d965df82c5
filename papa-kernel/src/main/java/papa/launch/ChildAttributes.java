package papa.launch;

import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import papa.request.Options;
import papa.request.Refusal;

/**
 * What a process is to have beyond a program, words and outputs; {@link #NONE} costs a launch nothing.
 *
 * @param nice its niceness (nice(2)), or null for the kernel's own
 * @param limits in the order in which they are set
 * @param stdin the held socket that becomes its standard input, or empty for /dev/null
 * @param inheritsStdin whether its standard input is papa's own
 * @param listenFds whether its sockets come at 3, 4… and are told in LISTEN_FDS (sd_listen_fds(3))
 * @param controlGroup whether it is started in a cgroup of its own (cgroups(7))
 * @param program what is run in place of the first word, which is still argv[0]; or empty
 */
public record ChildAttributes(
        IdentityWords identity,
        @Nullable Integer nice,
        List<ResourceLimit> limits,
        String stdin,
        boolean inheritsStdin,
        boolean listenFds,
        boolean controlGroup,
        String program) {
    public static final ChildAttributes NONE =
            new ChildAttributes(IdentityWords.NONE, null, List.of(), "", false, false, false, "");

    private static final int LEAST_NICE = -20;
    private static final int MOST_NICE = 19;

    public ChildAttributes {
        limits = List.copyOf(limits);
    }

    public static ChildAttributes parse(Options options) throws Refusal {
        IdentityWords identity = new IdentityWords(
                options.text("uid", ""),
                options.text("gid", ""),
                options.text("groups").orElse(null));
        identity.check();
        ChildAttributes attributes = new ChildAttributes(
                identity,
                niceness(options),
                ResourceLimit.parse(options.family("rlimit.")),
                options.text("stdin", ""),
                options.flag("inherit_stdin"),
                options.flag("listen_fds"),
                options.flag("cgroup"),
                options.text("program", ""));
        if (attributes.inheritsStdin && !attributes.stdin.isEmpty()) {
            throw new Refusal("cannot take both inherit_stdin=1 and stdin=" + attributes.stdin);
        }
        return attributes.equals(NONE) ? NONE : attributes;
    }

    /** What of it came as it is from the client. */
    Stream<String> words() {
        String groups = identity.groups();
        return Stream.of(identity.user(), identity.group(), groups == null ? "" : groups, program);
    }

    /** About how much of the heap it takes. */
    long bytes() {
        return words().mapToLong(String::length).sum() + stdin.length() + 48L * limits.size();
    }

    /** Whether the number of open files is among its limits. */
    boolean limitsFiles() {
        return limits.stream().anyMatch(each -> each.kind() == ResourceLimit.Kind.NOFILE);
    }

    private static @Nullable Integer niceness(Options options) throws Refusal {
        if (!options.has("nice")) {
            return null;
        }
        int nice = options.number("nice", 0);
        if (nice < LEAST_NICE || nice > MOST_NICE) {
            throw new Refusal("cannot set niceness " + nice + ": not between " + LEAST_NICE + " and " + MOST_NICE);
        }
        return nice;
    }
}
