package circus.manager;

import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.util.Optional;

/** What somebody has to know who lets others in to a circusd that may do anything. Pure functions. */
final class Exposure {
    private static final int ROOT = 0;

    private Exposure() {}

    /**
     * The warning for the start; nothing where circusd is not root, or where who commands it is known: by a uid, or by a key. Other
     * endpoints than that of commands give nothing away but events.
     */
    static Optional<String> of(OptionValues options, int uid) {
        boolean keys = options.get(CircusOptions.CURVE_SERVER_KEY).isPresent();
        if (uid != ROOT || keys || !options.get(CircusOptions.ENDPOINT_OPEN)) {
            return Optional.empty();
        }
        String power = options.get(CircusOptions.ENDPOINT_OWNER).isPresent()
                ? "can start and stop all that it runs"
                : "can have it run anything as root";
        return Optional.of(
                "circusd runs as root, and everybody who can reach " + options.get(CircusOptions.ENDPOINT) + " " + power
                        + ", since endpoint_open = true; leave that out and name a user by endpoint_owner, or give keys by"
                        + " curve_server_key and curve_clients (docs/security.md)");
    }
}
