package circus.manager.plan;

import circus.manager.config.Amendments;
import circus.manager.config.ConfigKeys;
import circus.manager.config.WatcherConfig;
import circus.message.CommandException;
import circus.message.Json;
import circus.options.OnSet;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What happens to one watcher. What was set at run time counts on as long as the file says about that key what it said before; then the file
 * wins. One use, one thread.
 */
final class WatcherPlanner {
    private static final String NUMPROCESSES = WatcherOptions.NUMPROCESSES.key();
    private static final String ENV = WatcherOptions.ENV.key();

    private final @Nullable SortedMap<String, String> before;
    private final @Nullable LiveWatcher live;
    private final boolean removed;
    private final Amendments amendments;
    private final List<String> reasons = new ArrayList<>();

    /**
     * @param before what the file said; null when it had no such watcher
     * @param live null when there is none
     * @param removed whether {@code rm} has taken it away
     */
    WatcherPlanner(
            @Nullable SortedMap<String, String> before,
            @Nullable LiveWatcher live,
            boolean removed,
            Amendments amendments) {
        this.before = before;
        this.live = live;
        this.removed = removed;
        this.amendments = amendments;
    }

    /** @param file what the file says; null when it has no such watcher */
    WatcherStep step(@Nullable WatcherConfig file) {
        LiveWatcher watcher = live;
        if (watcher == null) {
            if (file == null) {
                throw new IllegalArgumentException("nobody knows such a watcher");
            }
            return arrival(file);
        }
        Optional<WatcherConfig> added = watcher.added();
        if (added.isPresent() && (file == null || ConfigKeys.of(file).equals(before))) {
            return unchanged(watcher, added.get());
        }
        if (file == null) {
            return departure(watcher);
        }
        if (added.isPresent()) {
            reasons.add("it was added at run time, and the file has a watcher of that name now; the file wins");
            return change(watcher, ConfigKeys.of(added.get()), file, Map.of(), true);
        }
        return change(watcher, before == null ? new TreeMap<>() : before, file, watcher.overrides(), false);
    }

    private static WatcherStep unchanged(LiveWatcher watcher, WatcherConfig config) {
        return new WatcherStep(
                Step.Kind.KEEP,
                watcher.name(),
                List.of(),
                List.of(),
                Optional.of(config),
                watcher.target(),
                Map.of(),
                true);
    }

    private WatcherStep departure(LiveWatcher watcher) {
        return new WatcherStep(
                Step.Kind.STOP,
                watcher.name(),
                List.of(),
                List.of("no longer in the file"),
                Optional.empty(),
                0,
                Map.of(),
                false);
    }

    private WatcherStep arrival(WatcherConfig file) {
        int target = number(file);
        if (removed && ConfigKeys.of(file).equals(before)) {
            return new WatcherStep(
                    Step.Kind.KEEP, file.name(), List.of(), List.of(), Optional.empty(), target, Map.of(), false);
        }
        reasons.add(removed ? "it was removed at run time, but its section has changed since" : "new in the file");
        boolean starts = file.options().get(WatcherOptions.AUTOSTART);
        if (!starts) {
            reasons.add("not started: autostart is off");
        }
        return new WatcherStep(
                starts ? Step.Kind.START : Step.Kind.KEEP,
                file.name(),
                List.of(),
                reasons,
                Optional.of(file),
                target,
                Map.of(),
                false);
    }

    /**
     * @param said what the definition was from which the watcher runs, without what was set
     * @param fileWins whether a number of processes that was changed at run time goes too
     */
    private WatcherStep change(
            LiveWatcher watcher,
            SortedMap<String, String> said,
            WatcherConfig file,
            Map<String, @Nullable Object> set,
            boolean fileWins) {
        SortedMap<String, String> inFileNow = ConfigKeys.of(file);
        SortedSet<String> inFile = ConfigKeys.differences(said, inFileNow);
        Map<String, @Nullable Object> kept = new LinkedHashMap<>(set);
        kept.keySet().removeIf(key -> inFile.stream().anyMatch(changed -> concerns(key, changed)));
        WatcherConfig config = amended(file, kept, reasons);
        SortedMap<String, String> was = overlaid(said, file, set);
        SortedMap<String, String> is = ConfigKeys.of(config);
        boolean forgotten = set.containsKey(NUMPROCESSES) && !kept.containsKey(NUMPROCESSES);
        boolean resized = fileWins || forgotten || inFile.contains(NUMPROCESSES);
        int target = resized ? number(config) : watcher.target();
        if (target > 1 && config.options().get(WatcherOptions.SINGLETON)) {
            target = 1;
            reasons.add("a singleton has one process");
        }
        was.remove(NUMPROCESSES);
        is.remove(NUMPROCESSES);
        SortedSet<String> keys = ConfigKeys.differences(was, is);
        SortedSet<String> told = new TreeSet<>(keys);
        told.addAll(inFile);
        List<ChangedKey> changes = new ArrayList<>();
        for (String key : told) {
            boolean wasSet =
                    set.keySet().stream().anyMatch(override -> covers(override, key) && !kept.containsKey(override));
            if (key.equals(NUMPROCESSES)) {
                changes.add(numberOf(watcher, said, file, target, config));
            } else if (keys.contains(key)) {
                changes.add(new ChangedKey(
                        key,
                        Optional.ofNullable(was.get(key)),
                        Optional.ofNullable(is.get(key)),
                        effect(key, watcher, config),
                        wasSet));
            } else {
                changes.add(new ChangedKey(
                        key,
                        Optional.ofNullable(said.get(key)),
                        Optional.ofNullable(inFileNow.get(key)),
                        Objects.equals(inFileNow.get(key), is.get(key)) ? Effect.ALREADY : Effect.COVERED,
                        false));
            }
        }
        if (!watcher.name().equals(file.name())) {
            changes.add(
                    new ChangedKey("name", Optional.of(watcher.name()), Optional.of(file.name()), Effect.LIVE, false));
        }
        Step.Kind kind = kind(watcher, config, keys, target);
        return new WatcherStep(kind, file.name(), changes, reasons, Optional.of(config), target, kept, false);
    }

    private static ChangedKey numberOf(
            LiveWatcher watcher, Map<String, String> said, WatcherConfig file, int target, WatcherConfig config) {
        String ini = said.getOrDefault(
                NUMPROCESSES, WatcherOptions.NUMPROCESSES.byDefault().toString());
        boolean wasSet = !ini.equals(Integer.toString(watcher.target()));
        Effect effect = Effect.RESIZES;
        if (target == watcher.target()) {
            effect = Effect.ALREADY;
        } else if (!watcher.running()) {
            effect = Effect.AT_START;
        } else if (isInCommand(NUMPROCESSES, config)) {
            effect = Effect.REPLACES;
        }
        return new ChangedKey(
                NUMPROCESSES,
                Optional.of(Integer.toString(watcher.target())),
                Optional.of(Integer.toString(number(file))),
                effect,
                wasSet);
    }

    private Step.Kind kind(LiveWatcher watcher, WatcherConfig config, Set<String> keys, int target) {
        boolean autostart = config.options().get(WatcherOptions.AUTOSTART);
        if (keys.contains(WatcherOptions.AUTOSTART.key()) && autostart != watcher.running()) {
            return autostart ? Step.Kind.START : Step.Kind.STOP;
        }
        if (!watcher.running()) {
            return Step.Kind.KEEP;
        }
        boolean replaces = keys.stream().anyMatch(key -> effect(key, watcher, config) == Effect.REPLACES)
                || (target != watcher.target() && isInCommand(NUMPROCESSES, config));
        if (replaces) {
            return Step.Kind.RESTART;
        }
        if (target != watcher.target()) {
            return Step.Kind.RESIZE;
        }
        boolean hup =
                config.options().get(WatcherOptions.SEND_HUP) && keys.stream().anyMatch(WatcherPlanner::isExtra);
        return hup ? Step.Kind.SIGNAL : Step.Kind.KEEP;
    }

    private static Effect effect(String key, LiveWatcher watcher, WatcherConfig config) {
        if (key.equals(WatcherOptions.AUTOSTART.key())) {
            return Effect.LIVE;
        }
        boolean replaces = onSet(key) == OnSet.RELOAD || isInCommand(key, config);
        if (replaces) {
            return watcher.running() ? Effect.REPLACES : Effect.AT_START;
        }
        return Effect.LIVE;
    }

    private static OnSet onSet(String key) {
        if (key.startsWith(ENV + ".")) {
            return WatcherOptions.ENV.onSet();
        }
        for (Option<?> option : WatcherOptions.ALL) {
            if (option.key().equals(key)) {
                return option.onSet();
            }
        }
        for (OptionFamily family : WatcherOptions.FAMILIES) {
            if (family.covers(key)) {
                return family.onSet();
            }
        }
        return OnSet.NOTHING;
    }

    private static boolean isExtra(String key) {
        return !key.startsWith(ENV + ".")
                && WatcherOptions.ALL.stream().noneMatch(option -> option.key().equals(key))
                && WatcherOptions.FAMILIES.stream().noneMatch(family -> family.covers(key));
    }

    /** Whether {@code $(circus.KEY)} stands in the command. Streams have another name there. */
    private static boolean isInCommand(String key, WatcherConfig config) {
        String name = key.toLowerCase(Locale.ROOT)
                .replaceFirst("^(std(?:out|err)_stream)\\.", "$1_conf.")
                .replaceFirst("^rlimit_", "rlimits.");
        return config.commandVariables().contains(name)
                || (key.equals(WatcherOptions.USE_SOCKETS.key())
                        && config.commandVariables().contains("use_fds"));
    }

    /** Whether a change of {@code changed} in the file concerns what was set as {@code override}, which may be a whole family. */
    private static boolean concerns(String override, String changed) {
        return changed.equalsIgnoreCase(override) || changed.startsWith(override + ".");
    }

    /** Whether what was set as {@code override} decides what counts for {@code key}: with env nothing is copied any more. */
    private static boolean covers(String override, String key) {
        return concerns(override, key) || (override.equals(ENV) && key.equals(WatcherOptions.COPY_ENV.key()));
    }

    /** What counted: the file's texts, and over them what was set. */
    private SortedMap<String, String> overlaid(
            Map<String, String> said, WatcherConfig file, Map<String, @Nullable Object> set) {
        SortedMap<String, String> texts = new TreeMap<>(said);
        SortedMap<String, String> changed = ConfigKeys.of(amended(file, new LinkedHashMap<>(set), new ArrayList<>()));
        for (String override : set.keySet()) {
            texts.keySet().removeIf(key -> covers(override, key));
            changed.forEach((key, text) -> {
                if (covers(override, key)) {
                    texts.put(key, text);
                }
            });
        }
        return texts;
    }

    /** The file's watcher with what was set; what cannot be set any more is dropped from {@code set}. */
    private WatcherConfig amended(WatcherConfig file, Map<String, @Nullable Object> set, List<String> told) {
        try {
            return amendments.apply(file, set);
        } catch (CommandException together) {
            WatcherConfig config = file;
            for (Map.Entry<String, @Nullable Object> override : List.copyOf(set.entrySet())) {
                try {
                    config = amendments.apply(config, Collections.singletonMap(override.getKey(), override.getValue()));
                } catch (CommandException alone) {
                    set.remove(override.getKey());
                    told.add(override.getKey() + " = " + Json.write(override.getValue())
                            + ", set at run time, is forgotten: " + alone.reason());
                }
            }
            return config;
        }
    }

    private static int number(WatcherConfig config) {
        OptionValues options = config.options();
        return Math.max(0, options.get(WatcherOptions.NUMPROCESSES));
    }
}
