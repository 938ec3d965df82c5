package circus.manager.extension;

import circus.hook.Hook;

/** Where a hook in Java comes from. Any thread. */
@FunctionalInterface
public interface HookSource {
    /** A hook to call; runs code of its author. */
    Hook make() throws Exception;
}
