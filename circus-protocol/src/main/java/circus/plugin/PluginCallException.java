package circus.plugin;

/** A command of a plugin will not be answered; the message says why. */
public final class PluginCallException extends Exception {
    private static final long serialVersionUID = 1;

    public PluginCallException(String reason) {
        super(reason);
    }
}
