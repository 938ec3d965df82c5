package circus.manager.plan;

import circus.manager.config.Accounts;
import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.config.HookCheck;
import circus.manager.config.WatcherConfig;
import circus.manager.extension.Extensions;
import circus.manager.python.PythonNames;
import circus.message.CommandException;
import circus.options.WatcherOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A file before and after, and what was done at run time between the two. */
final class Scene {
    private static final Accounts ANYBODY = new Accounts() {
        @Override
        public boolean hasUser(String user) {
            return true;
        }

        @Override
        public boolean hasGroup(String group) {
            return true;
        }
    };

    final Amendments amendments = new Amendments(
            Map.of("HOME", "/root"), ANYBODY, new HookCheck(new Extensions(List.of()), PythonNames.TRUSTED));

    private final Path file;
    private CircusConfig before;
    private final Map<String, LiveWatcher> live = new LinkedHashMap<>();
    private final Set<String> removed = new LinkedHashSet<>();

    /** All that starts by itself runs. */
    Scene(Path folder, String... lines) {
        file = folder.resolve("main.ini");
        before = load(lines);
        for (WatcherConfig watcher : before.watchers()) {
            put(
                    watcher.name(),
                    watcher.options().get(WatcherOptions.AUTOSTART),
                    watcher.options().get(WatcherOptions.NUMPROCESSES),
                    Map.of(),
                    Optional.empty());
        }
    }

    CircusConfig load(String... lines) {
        try {
            Files.writeString(file, String.join("\n", lines) + "\n");
            return CircusConfig.load(file, Map.of("HOME", "/root"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (ConfigException e) {
            throw new AssertionError(e.getMessage(), e);
        }
    }

    private void put(
            String name,
            boolean running,
            int target,
            Map<String, @Nullable Object> overrides,
            Optional<WatcherConfig> added) {
        live.put(Baseline.key(name), new LiveWatcher(name, running, target, overrides, added));
    }

    private LiveWatcher get(String name) {
        LiveWatcher watcher = live.get(Baseline.key(name));
        if (watcher == null) {
            throw new AssertionError("no watcher " + name);
        }
        return watcher;
    }

    Scene stopped(String name) {
        LiveWatcher was = get(name);
        put(was.name(), false, was.target(), was.overrides(), was.added());
        return this;
    }

    /** {@code incr}. */
    Scene resized(String name, int target) {
        LiveWatcher was = get(name);
        put(was.name(), was.running(), target, was.overrides(), was.added());
        return this;
    }

    Scene set(String name, String key, @Nullable Object value) {
        LiveWatcher was = get(name);
        if (was.added().isPresent()) {
            try {
                WatcherConfig changed = amendments.apply(was.added().get(), key, value);
                put(was.name(), was.running(), was.target(), Map.of(), Optional.of(changed));
                return this;
            } catch (CommandException e) {
                throw new AssertionError(e.reason(), e);
            }
        }
        Map<String, @Nullable Object> overrides = new LinkedHashMap<>(was.overrides());
        overrides.put(key, value);
        put(was.name(), was.running(), was.target(), overrides, was.added());
        return this;
    }

    Scene added(String name, String cmd, Map<String, @Nullable Object> options) {
        try {
            WatcherConfig config = amendments.create(name, cmd, null, options, false);
            put(name, true, config.options().get(WatcherOptions.NUMPROCESSES), Map.of(), Optional.of(config));
            return this;
        } catch (CommandException e) {
            throw new AssertionError(e.reason(), e);
        }
    }

    Scene removed(String name) {
        live.remove(Baseline.key(name));
        removed.add(name);
        return this;
    }

    Plan plan(String... lines) {
        return plan(load(lines));
    }

    Plan plan(CircusConfig after) {
        try {
            return Plan.between(before, after, new Live(live.values(), removed), amendments);
        } catch (CommandException e) {
            throw new AssertionError(e.reason(), e);
        }
    }

    Plan planOrRefuse(String... lines) throws CommandException {
        return Plan.between(before, load(lines), new Live(live.values(), removed), amendments);
    }

    /** Does what the plan says, as the arbiter would. */
    void apply(Plan plan, CircusConfig after) {
        List<LiveWatcher> was = new ArrayList<>(live.values());
        Set<String> gone = new LinkedHashSet<>();
        removed.forEach(name -> gone.add(Baseline.key(name)));
        live.clear();
        removed.clear();
        for (WatcherStep step : plan.watchers()) {
            String key = Baseline.key(step.name());
            if (step.config().isEmpty()) {
                if (step.kind() == Step.Kind.KEEP && gone.contains(key)) {
                    removed.add(key);
                }
                continue;
            }
            boolean ran = was.stream()
                    .anyMatch(watcher -> Baseline.key(watcher.name()).equals(key) && watcher.running());
            boolean runs = step.kind() == Step.Kind.START || (ran && step.kind() != Step.Kind.STOP);
            put(
                    step.name(),
                    runs,
                    step.target(),
                    step.overrides(),
                    step.config().filter(config -> step.added()));
        }
        before = after;
    }

    /** Each step that does something: {@code restart web}. */
    static List<String> steps(Plan plan) {
        List<String> steps = new ArrayList<>();
        plan.sockets().stream()
                .filter(step -> !step.isNothing())
                .forEach(step -> steps.add(step.word() + " " + step.name()));
        plan.watchers().stream()
                .filter(step -> !step.isNothing())
                .forEach(step -> steps.add(step.word() + " " + step.name()));
        return steps;
    }
}
