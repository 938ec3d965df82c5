package circus.manager;

import java.nio.file.Path;
import java.util.Map;

/** Where state files are when the configuration does not say: a place that outlives a restart of the machine. */
final class StateFolder {
    /** In the environment: another folder. */
    static final String VARIABLE = "CIRCUS_STATE";

    private StateFolder() {}

    static Path of(Map<String, String> environment) {
        String given = environment.getOrDefault(VARIABLE, "");
        if (!given.isEmpty()) {
            return Path.of(given);
        }
        if (System.getProperty("user.name", "").equals("root")) {
            return Path.of("/var/lib/circus");
        }
        // XDG Base Directory Specification: a relative path counts as none.
        String state = environment.getOrDefault("XDG_STATE_HOME", "");
        return state.startsWith("/")
                ? Path.of(state, "circus")
                : Path.of(System.getProperty("user.home", "/"), ".local", "state", "circus");
    }
}
