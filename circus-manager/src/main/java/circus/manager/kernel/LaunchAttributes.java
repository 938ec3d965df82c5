package circus.manager.kernel;

import java.util.Optional;

/**
 * What a process has beyond its program, words and outputs. Whatever is not given is the kernel's own.
 *
 * @param user name or number, looked up by the kernel at each start; with it come its groups
 * @param group name or number, in place of the user's own
 */
public record LaunchAttributes(Optional<String> user, Optional<String> group) {
    public static final LaunchAttributes NONE = new LaunchAttributes(Optional.empty(), Optional.empty());
}
