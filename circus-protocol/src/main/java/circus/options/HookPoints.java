package circus.options;

import java.util.List;

/** What may follow {@code hooks.} in the key of a watcher's option. */
public final class HookPoints {
    public static final List<String> ALL = List.of(
            "before_start",
            "after_start",
            "before_stop",
            "after_stop",
            "before_spawn",
            "after_spawn",
            "before_signal",
            "after_signal",
            "before_reap",
            "after_reap",
            "extended_stats");

    private HookPoints() {}
}
