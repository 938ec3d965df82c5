package circus.manager.kernel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/**
 * What a process has beyond its program, words and outputs. Whatever is not given is the kernel's own.
 *
 * @param user name or number, looked up by the kernel at each start; with it come its groups
 * @param group name or number, in place of the user's own
 * @param limits by name, soft and hard; -1 is infinity
 * @param mask the file mode mask
 * @param stdin the held socket that is its standard input, without the prefix
 * @param inheritsStdin whether its standard input is the kernel's own, in place of /dev/null
 * @param program what is run in place of the first word, which stays its name
 */
public record LaunchAttributes(
        Optional<String> user,
        Optional<String> group,
        Map<String, Long> limits,
        Optional<Integer> mask,
        Optional<String> stdin,
        boolean inheritsStdin,
        Optional<String> program) {
    public static final LaunchAttributes NONE = new LaunchAttributes(
            Optional.empty(), Optional.empty(), Map.of(), Optional.empty(), Optional.empty(), false, Optional.empty());

    public LaunchAttributes {
        limits = Collections.unmodifiableMap(new LinkedHashMap<>(limits));
    }
}
