package circus.manager.hook;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What came of a call of a hook.
 *
 * @param result what it returned; false after an error
 * @param error what went wrong; empty when it returned
 * @param stats what there is to answer now, for extended_stats
 */
public record HookAnswer(boolean result, Optional<String> error, Map<String, @Nullable Object> stats) {
    public static HookAnswer of(boolean result) {
        return new HookAnswer(result, Optional.empty(), Map.of());
    }

    static HookAnswer withStats(boolean result, Map<String, @Nullable Object> stats) {
        return new HookAnswer(result, Optional.empty(), new LinkedHashMap<>(stats));
    }

    public static HookAnswer failed(String reason) {
        return new HookAnswer(false, Optional.of(reason), Map.of());
    }
}
