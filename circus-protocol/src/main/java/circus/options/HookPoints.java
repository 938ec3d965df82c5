package circus.options;

import circus.hook.HookPoint;
import java.util.Arrays;
import java.util.List;

/** What may follow {@code hooks.} in the key of a watcher's option. */
public final class HookPoints {
    public static final List<String> ALL =
            Arrays.stream(HookPoint.values()).map(HookPoint::word).toList();

    private HookPoints() {}
}
