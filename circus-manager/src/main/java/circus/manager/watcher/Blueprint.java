package circus.manager.watcher;

import circus.manager.config.WatcherConfig;
import circus.options.Option;
import circus.options.OptionValues;
import java.time.Duration;

/**
 * What a watcher's workers are made by: its configuration as it is now, and the launcher that follows from it. Everybody who needs an
 * option asks here at the moment when it counts, so that a change applies from then on. Runs on circus-loop only.
 */
final class Blueprint {
    private Definition definition;
    private Launcher launcher;

    Blueprint(Definition definition, Launcher launcher) {
        this.definition = definition;
        this.launcher = launcher;
    }

    void change(Definition next, Launcher nextLauncher) {
        definition = next;
        launcher = nextLauncher;
    }

    Definition definition() {
        return definition;
    }

    WatcherConfig config() {
        return definition.config();
    }

    Launcher launcher() {
        return launcher;
    }

    OptionValues options() {
        return config().options();
    }

    <T> T get(Option<T> option) {
        return config().options().get(option);
    }

    /** An option that is a number of seconds; what is below zero counts as none. */
    Duration seconds(Option<Double> option) {
        return Duration.ofNanos(Math.max(0, (long) (get(option) * 1e9)));
    }
}
