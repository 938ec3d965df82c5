package circus.manager.plan;

import circus.manager.config.Amendments;
import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigKeys;
import circus.manager.config.SocketConfig;
import circus.manager.config.WatcherConfig;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.PythonText;
import circus.options.CircusOptions;
import circus.options.Option;
import circus.options.SocketOptions;
import circus.options.Support;
import circus.options.WatcherOptions;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Makes one plan: sockets and {@code [circus]} here, watchers by {@link WatcherPlanner}. One use, one thread. */
final class Planner {
    private static final int ID_BYTES = 6;
    private static final SortedMap<String, String> NOTHING = new TreeMap<>();

    private final Baseline before;
    private final CircusConfig config;
    private final Baseline after;
    private final Live live;
    private final Amendments amendments;

    Planner(Baseline before, CircusConfig config, Live live, Amendments amendments) {
        this.before = before;
        this.config = config;
        this.after = Baseline.of(config);
        this.live = live;
        this.amendments = amendments;
    }

    Plan plan() throws CommandException {
        List<SocketStep> sockets = sockets();
        List<WatcherStep> watchers = watchers();
        refuseDeletedSockets(watchers);
        Set<String> reopened = sockets.stream()
                .filter(step -> step.kind() == Step.Kind.RESTART)
                .map(SocketStep::name)
                .collect(Collectors.toSet());
        List<WatcherStep> all = watchers.stream()
                .map(step -> withSockets(step, reopened))
                .sorted(order())
                .toList();
        return new Plan(id(), circus(), sockets, all);
    }

    private List<ChangedKey> circus() {
        return changes(
                before.circus(),
                after.circus(),
                key -> option(CircusOptions.ALL, key)
                        .map(option -> {
                            if (option.support() == Support.WITHOUT_EFFECT) {
                                return Effect.NONE;
                            }
                            return CircusOptions.LIVE.contains(option) ? Effect.LIVE : Effect.NEEDS_RESTART;
                        })
                        .orElse(Effect.NONE));
    }

    private List<SocketStep> sockets() {
        List<SocketStep> steps = new ArrayList<>();
        Map<String, SocketConfig> configs = new HashMap<>();
        config.sockets().forEach(socket -> configs.put(socket.name(), socket));
        SortedSet<String> names = new TreeSet<>(before.sockets().keySet());
        names.addAll(after.sockets().keySet());
        for (String name : names) {
            Optional<SocketConfig> socket = Optional.ofNullable(configs.get(name));
            SortedMap<String, String> was = before.sockets().get(name);
            if (was == null) {
                steps.add(new SocketStep(Step.Kind.START, name, List.of(), List.of("new in the file"), socket));
            } else if (socket.isEmpty()) {
                steps.add(new SocketStep(
                        Step.Kind.STOP, name, List.of(), List.of("no longer in the file"), Optional.empty()));
            } else {
                steps.add(changed(name, was, after.sockets().getOrDefault(name, NOTHING), socket));
            }
        }
        return steps;
    }

    private static SocketStep changed(
            String name, Map<String, String> was, Map<String, String> is, Optional<SocketConfig> socket) {
        List<ChangedKey> changes = changes(
                was,
                is,
                key -> SocketOptions.LIVE.stream()
                                .anyMatch(option -> option.key().equals(key))
                        ? Effect.LIVE
                        : Effect.REOPENS);
        boolean reopens = changes.stream().anyMatch(change -> change.effect() == Effect.REOPENS);
        return new SocketStep(reopens ? Step.Kind.RESTART : Step.Kind.KEEP, name, changes, List.of(), socket);
    }

    private static List<ChangedKey> changes(
            Map<String, String> was, Map<String, String> is, Function<String, Effect> effect) {
        List<ChangedKey> changes = new ArrayList<>();
        for (String key : ConfigKeys.differences(was, is)) {
            changes.add(new ChangedKey(
                    key,
                    Optional.ofNullable(was.get(key)),
                    Optional.ofNullable(is.get(key)),
                    effect.apply(key),
                    false));
        }
        return changes;
    }

    private List<WatcherStep> watchers() {
        Map<String, WatcherConfig> configs = new HashMap<>();
        config.watchers().forEach(watcher -> configs.put(Baseline.key(watcher.name()), watcher));
        SortedSet<String> keys = new TreeSet<>(configs.keySet());
        keys.addAll(live.keys());
        List<WatcherStep> steps = new ArrayList<>();
        for (String key : keys) {
            steps.add(new WatcherPlanner(before.watchers().get(key), live.watcher(key), live.isRemoved(key), amendments)
                    .step(configs.get(key)));
        }
        return steps;
    }

    /** Before anything happens: a watcher that stays must not lose a socket. The file itself is checked; this is about what was set. */
    private void refuseDeletedSockets(List<WatcherStep> steps) throws CommandException {
        SortedSet<String> deleted = new TreeSet<>(before.sockets().keySet());
        deleted.removeAll(after.sockets().keySet());
        Set<String> users = new LinkedHashSet<>();
        SortedSet<String> needed = new TreeSet<>();
        for (WatcherStep step : steps) {
            Set<String> used = step.config().map(Planner::socketsOf).orElse(Set.of());
            deleted.stream().filter(used::contains).forEach(socket -> {
                users.add(PythonText.repr(step.name()));
                needed.add(PythonText.repr(socket));
            });
        }
        if (!users.isEmpty()) {
            throw new CommandException(
                    ErrorCode.BAD_MSG_DATA_ERROR,
                    "Watchers {" + String.join(", ", users) + "} uses a socket which is deleted: "
                            + String.join(", ", needed));
        }
    }

    private static Set<String> socketsOf(WatcherConfig watcher) {
        Set<String> sockets = new LinkedHashSet<>(watcher.commandLine().sockets());
        watcher.stdinSocket().ifPresent(sockets::add);
        return sockets;
    }

    private WatcherStep withSockets(WatcherStep step, Set<String> reopened) {
        Set<String> used = step.config().map(Planner::socketsOf).orElse(Set.of());
        List<String> reasons = reopened.stream()
                .filter(used::contains)
                .sorted()
                .map(socket -> "its socket '" + socket + "' is opened anew")
                .toList();
        LiveWatcher watcher = live.watcher(Baseline.key(step.name()));
        boolean goesOn =
                watcher != null && watcher.running() && step.kind() != Step.Kind.STOP && step.kind() != Step.Kind.START;
        return reasons.isEmpty() || !goesOn ? step : step.because(Step.Kind.RESTART, reasons);
    }

    private Comparator<WatcherStep> order() {
        return Comparator.comparing((WatcherStep step) -> step.kind() == Step.Kind.STOP ? 0 : 1)
                .thenComparing(step -> step.kind() == Step.Kind.STOP ? priority(step) : -priority(step))
                .thenComparing(WatcherStep::name);
    }

    private long priority(WatcherStep step) {
        return step.config()
                .map(watcher -> watcher.options().get(WatcherOptions.PRIORITY).longValue())
                .orElseGet(() -> Long.parseLong(before.watchers()
                        .getOrDefault(Baseline.key(step.name()), NOTHING)
                        .getOrDefault(WatcherOptions.PRIORITY.key(), "0")));
    }

    private static Optional<Option<?>> option(List<Option<?>> all, String key) {
        return all.stream().filter(option -> option.key().equals(key)).findFirst();
    }

    private String id() {
        Map<String, @Nullable Object> all = new TreeMap<>();
        all.put("before", before.toJson());
        all.put("after", after.toJson());
        all.put("live", live.facts());
        try {
            byte[] digest =
                    MessageDigest.getInstance("SHA-256").digest(Json.write(all).getBytes(StandardCharsets.UTF_8));
            return HexFormat.of().formatHex(digest, 0, ID_BYTES);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("cannot work on a Java without SHA-256, which every Java has", e);
        }
    }
}
