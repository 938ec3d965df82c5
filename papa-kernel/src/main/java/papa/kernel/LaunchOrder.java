package papa.kernel;

import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * A process that is to be made.
 *
 * @param remembered what stays known of it
 * @param argv what the spec's words have become
 * @param controlGroup is made for it; null for that of the kernel
 * @param sockets held until the launch is told
 */
record LaunchOrder(
        ProcessSpec spec,
        ProcessSpec remembered,
        List<String> argv,
        HandedOver sockets,
        Map<String, String> annotations,
        @Nullable ControlGroup controlGroup) {
    LaunchOrder {
        argv = List.copyOf(argv);
    }

    /** The same, to be started in a cgroup. */
    LaunchOrder in(@Nullable ControlGroup group) {
        return new LaunchOrder(spec, remembered, argv, sockets, annotations, group);
    }
}
