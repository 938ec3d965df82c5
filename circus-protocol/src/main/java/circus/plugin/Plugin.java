package circus.plugin;

/**
 * A plugin in Java: hears of everything that happens to watchers, and gives circusd commands. {@code use = com.example.Pager} in a section
 * {@code [plugin:NAME]} names a class with a public constructor without arguments, on circusd's class path or in {@code extension_path};
 * a service provider of this interface is also found by its class's name alone: {@code use = Pager}.
 *
 * <p>It is the worker of the watcher {@code plugin:NAME}: started, stopped and respawned as one. All of its methods, and all that it has given
 * to {@link PluginContext}, are called on one thread that is its own, one after the other, so it needs no locks. What a method throws ends the
 * plugin, as an exit code of 1 ends a process. One that does not come back in a minute is given up, and another one takes its place: its
 * thread is interrupted, and whatever it does further has no effect.
 */
public interface Plugin {
    /** Begins: this is where timers are set and connections opened. The first event comes after it has come back. */
    void start(PluginContext circus) throws Exception;

    /** Something has happened to a watcher; in the order in which it happened. */
    default void event(PluginEvent event) throws Exception {}

    /** It ends, because it is to or by what it has thrown; nothing is called after this. Not called when circusd is killed. */
    default void stop() throws Exception {}
}
