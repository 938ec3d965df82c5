package circus.manager.plan;

import circus.manager.config.SocketConfig;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * What happens to one socket. A value.
 *
 * @param config nothing when it is closed for good
 */
public record SocketStep(
        Kind kind, String name, List<ChangedKey> changes, List<String> reasons, Optional<SocketConfig> config)
        implements Step {
    public SocketStep {
        changes = List.copyOf(changes);
        reasons = List.copyOf(reasons);
    }

    @Override
    public String subject() {
        return "socket";
    }

    @Override
    public String word() {
        return switch (kind) {
            case START -> "open";
            case STOP -> "close";
            case RESTART -> "reopen";
            case KEEP, RESIZE, SIGNAL -> kind.name().toLowerCase(Locale.ROOT);
        };
    }
}
