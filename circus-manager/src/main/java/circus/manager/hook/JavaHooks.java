package circus.manager.hook;

import circus.hook.Hook;
import circus.manager.extension.Extensions;
import circus.manager.extension.HookSource;
import circus.manager.extension.UnusableException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** The hooks in Java: one instance for all points of one watcher that name it, made when it is first called. Any thread. */
final class JavaHooks {
    private record Key(String watcher, String name) {}

    private final Extensions extensions;
    private final Map<Key, Hook> hooks = new HashMap<>();

    JavaHooks(Extensions extensions) {
        this.extensions = extensions;
    }

    /** @return empty when no Java class is called that */
    Optional<Hook> hook(HookTask task) throws Exception {
        Key key = new Key(task.watcher(), task.spec().name());
        Hook known = known(key);
        if (known != null) {
            return Optional.of(known);
        }
        // Not within the lock: a constructor may take its time, and only its own hook is to wait for it.
        Optional<HookSource> source = source(task);
        return source.isEmpty()
                ? Optional.empty()
                : Optional.of(keep(key, source.get().make()));
    }

    private synchronized @org.jspecify.annotations.Nullable Hook known(Key key) {
        return hooks.get(key);
    }

    private synchronized Hook keep(Key key, Hook made) {
        Hook earlier = hooks.putIfAbsent(key, made);
        return earlier == null ? made : earlier;
    }

    private Optional<HookSource> source(HookTask task) throws HookFailure {
        String name = task.spec().name();
        try {
            return extensions.hook(name);
        } catch (UnusableException unusable) {
            throw new HookFailure("cannot use " + name + ": " + unusable.getMessage());
        }
    }
}
