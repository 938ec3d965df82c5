package circus.manager.command;

import circus.manager.config.PluginWatcher;
import java.util.OptionalInt;

/**
 * Who sends a request, as the operating system tells of the connection; nothing of it comes from the request. What cannot be known is
 * empty: the uid of a peer on another machine, the pid of one that came over TCP.
 *
 * @param address of the peer, for people: {@code 127.0.0.1:40312}, or the path of the socket it came through
 */
public record Caller(OptionalInt uid, OptionalInt pid, String address) {
    /** Of whom nothing is known. */
    public static final Caller UNKNOWN = new Caller(OptionalInt.empty(), OptionalInt.empty(), "");

    /**
     * A plugin.
     *
     * @param name of its watcher, {@code plugin:NAME}
     * @param uid whose rights it has
     */
    public static Caller plugin(String name, OptionalInt uid) {
        return new Caller(uid, OptionalInt.empty(), name);
    }

    /** For people: {@code uid 1000, pid 4711}, or the name of a plugin. */
    public String words() {
        if (pid.isEmpty() && address.startsWith(PluginWatcher.PREFIX)) {
            return address;
        }
        if (uid.isEmpty()) {
            return address.isEmpty() ? "somebody" : address;
        }
        return "uid " + uid.getAsInt() + (pid.isPresent() ? ", pid " + pid.getAsInt() : "");
    }
}
