package papa.kernel;

import java.util.List;
import java.util.Map;

/**
 * A process that is to be made.
 *
 * @param remembered what stays known of it
 * @param argv what the spec's words have become
 * @param sockets held until the launch is told
 */
record LaunchOrder(
        ProcessSpec spec,
        ProcessSpec remembered,
        List<String> argv,
        HandedOver sockets,
        Map<String, String> annotations) {
    LaunchOrder {
        argv = List.copyOf(argv);
    }
}
