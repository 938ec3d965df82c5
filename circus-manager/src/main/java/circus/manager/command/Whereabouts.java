package circus.manager.command;

import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code globaloptions} tells of the daemon: the endpoints as they were bound at its start, whatever the file says by now, and the
 * pace as it was applied last. Runs on circus-loop only.
 */
public final class Whereabouts {
    private final OptionValues bound;
    private double checkDelay;

    /** @param circus the section {@code [circus]} as the daemon was started with it */
    public Whereabouts(OptionValues circus) {
        bound = circus;
        applied(circus);
    }

    /** Another {@code [circus]} counts from now on, as far as it can. */
    public void applied(OptionValues circus) {
        checkDelay = circus.get(CircusOptions.CHECK_DELAY);
    }

    Map<String, @Nullable Object> report() {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("endpoint", bound.get(CircusOptions.ENDPOINT));
        report.put("stats_endpoint", bound.get(CircusOptions.STATS_ENDPOINT));
        report.put("pubsub_endpoint", bound.get(CircusOptions.PUBSUB_ENDPOINT));
        report.put("check_delay", checkDelay);
        report.put("multicast_endpoint", bound.get(CircusOptions.MULTICAST_ENDPOINT));
        return report;
    }
}
