package circus.hook;

/**
 * A hook in Java. {@code hooks.POINT = com.example.Ready} of a watcher names a class with a public constructor without arguments, of which
 * one instance serves all points of one watcher that name it. A static method {@code boolean ready(HookCall)} does as well, named as
 * {@code com.example.Hooks.ready}; so does a service provider of this interface, by its {@link HookName}.
 *
 * <p>It runs on a thread of circusd that is for hooks only, those of different processes side by side. It has
 * {@code hook_timeout} seconds; then its thread is interrupted, and it has failed, whatever it does further.
 */
@FunctionalInterface
public interface Hook {
    /**
     * Does whatever is to be done at this point.
     *
     * @return what false means depends on the point, see {@link HookPoint#whenFalse()}
     * @throws Exception the hook has failed; its message is published in the event hook_failure
     */
    boolean run(HookCall call) throws Exception;
}
