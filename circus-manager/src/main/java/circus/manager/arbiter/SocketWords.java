package circus.manager.arbiter;

import circus.manager.config.SocketConfig;
import circus.options.SocketFamily;
import circus.options.SocketOptions;
import circus.options.SocketType;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** A {@code [socket:NAME]} section as the kernel reads it: the options of {@code make socket}. Pure functions. */
final class SocketWords {
    private SocketWords() {}

    /** As configured, for a socket that all workers share. */
    static Map<String, String> shared(SocketConfig config) {
        Map<String, String> words = new LinkedHashMap<>();
        switch (config.family()) {
            case AF_UNIX -> {
                words.put("family", "unix");
                words.put("path", config.address());
                words.put("umask", String.valueOf(config.options().get(SocketOptions.UMASK)));
                if (config.options().get(SocketOptions.REPLACE)) {
                    words.put("replace", "1");
                }
            }
            case AF_INET, AF_INET6 -> {
                words.put("family", config.family() == SocketFamily.AF_INET ? "inet" : "inet6");
                words.put("host", config.options().get(SocketOptions.HOST));
                if (config.type() != SocketType.SOCK_RAW) {
                    words.put("port", String.valueOf(config.options().get(SocketOptions.PORT)));
                }
                config.options().get(SocketOptions.INTERFACE).ifPresent(name -> words.put("interface", name));
            }
        }
        words.put("type", config.type().name().substring("SOCK_".length()).toLowerCase(Locale.ROOT));
        if (config.protocol() != 0) {
            words.put("proto", String.valueOf(config.protocol()));
        }
        words.put("backlog", String.valueOf(config.options().get(SocketOptions.BACKLOG)));
        if (!config.options().get(SocketOptions.BLOCKING)) {
            words.put("nonblocking", "1");
        }
        return words;
    }

    /** One that keeps the port for those of the slots. */
    static Map<String, String> keeper(SocketConfig config) {
        Map<String, String> words = shared(config);
        words.put("reuseport", "1");
        words.put("listen", "0");
        return words;
    }

    /** One of a slot, at the port that all of them have. */
    static Map<String, String> slot(SocketConfig config, int port) {
        Map<String, String> words = shared(config);
        words.put("port", String.valueOf(port));
        words.put("reuseport", "1");
        return words;
    }
}
