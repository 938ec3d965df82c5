package circus.plugin;

/** Something that is to be done later. */
public interface PluginTimer {
    /** From now on it is not done. Any thread; without effect when it was done. */
    void cancel();
}
