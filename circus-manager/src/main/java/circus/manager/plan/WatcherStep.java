package circus.manager.plan;

import circus.manager.config.WatcherConfig;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one watcher. A value.
 *
 * @param config its configuration from then on, with what was set at run time; nothing when it will not be there: removed from the file,
 *     or still removed by {@code rm}
 * @param target how many processes are wanted while it runs
 * @param overrides what was set at run time and still counts; all else that was set is forgotten
 * @param added whether it comes from {@code add} and not from the file
 */
public record WatcherStep(
        Kind kind,
        String name,
        List<ChangedKey> changes,
        List<String> reasons,
        Optional<WatcherConfig> config,
        int target,
        Map<String, @Nullable Object> overrides,
        boolean added)
        implements Step {
    public WatcherStep {
        changes = List.copyOf(changes);
        reasons = List.copyOf(reasons);
        overrides = Collections.unmodifiableMap(new LinkedHashMap<>(overrides));
    }

    @Override
    public String subject() {
        return "watcher";
    }

    @Override
    public String word() {
        return kind.name().toLowerCase(Locale.ROOT);
    }

    WatcherStep because(Kind other, List<String> more) {
        List<String> all = new ArrayList<>(reasons);
        all.addAll(more);
        return new WatcherStep(other, name, changes, all, config, target, overrides, added);
    }
}
