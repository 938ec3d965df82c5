package circus.manager.plugin;

import circus.manager.arbiter.Arbiter;
import circus.manager.config.PluginWatcher;
import circus.manager.config.WatcherConfig;
import circus.manager.extension.Extensions;
import circus.manager.extension.PluginSource;
import circus.manager.extension.UnusableException;
import circus.manager.resident.Resident;
import circus.manager.resident.Residents;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;
import circus.message.Event;
import circus.options.BadValueException;
import circus.options.PluginOptions;
import circus.plugin.PluginEvent;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.ObjLongConsumer;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The plugins that are threads of this circusd: makes them, tells them what happens, and gives up those that hang. Used on circus-loop.
 */
public final class PluginHost implements Residents.Kind, ObjLongConsumer<Event>, Reconciler {
    private static final System.Logger LOG = System.getLogger(PluginHost.class.getName());

    /** How often it is looked whether one hangs. */
    private static final Duration LOOK = Duration.ofMillis(500);

    /** Threads that did not come back, before no plugin is started any more: each may keep a processor busy. */
    private static final int MOST_GIVEN_UP = 8;

    private static final int FRAMES_SHOWN = 12;

    private final Extensions extensions;
    private final Executor loop;
    private final Clock clock;
    private final Consumer<Reconciler> agenda;
    private final Map<PluginThread, Duration> running = new LinkedHashMap<>();
    private final List<PluginThread> givenUp = new ArrayList<>();
    private @Nullable Arbiter arbiter;
    private @Nullable Residents residents;
    private @Nullable CommandDesk desk;
    private @Nullable Memories memories;

    /**
     * @param loop runs tasks on circus-loop
     * @param agenda has a reconciler stepped soon
     */
    public PluginHost(Extensions extensions, Executor loop, Clock clock, Consumer<Reconciler> agenda) {
        this.extensions = extensions;
        this.loop = loop;
        this.clock = clock;
        this.agenda = agenda;
    }

    /** It is these watchers whose plugins are made. Before anything is started. */
    public void workFor(Arbiter whole, Residents workers) {
        arbiter = whole;
        residents = workers;
        memories = new Memories(whole::watchers, loop);
    }

    /** Who carries out commands. Before anything is started. */
    public void commands(CommandDesk reception) {
        desk = reception;
    }

    @Override
    public Resident make(String watcher) {
        Watcher whose = Objects.requireNonNull(arbiter).lookUp(watcher).orElseThrow();
        WatcherConfig config = whose.config();
        Memories kept = Objects.requireNonNull(memories);
        PluginThread made = new PluginThread(
                config.name(),
                source(config),
                PluginWatcher.config(config),
                new OwnOrders(config.name(), loop, Objects.requireNonNull(desk)),
                kept.of(whose),
                kept.keeper(whose),
                extensions.loader(),
                clock);
        running.put(made, hangLimit(config));
        agenda.accept(this);
        return made;
    }

    private PluginSource source(WatcherConfig config) {
        String use = PluginWatcher.use(config);
        givenUp.removeIf(each -> !each.isAlive());
        if (givenUp.size() >= MOST_GIVEN_UP) {
            String names = givenUp.stream().map(PluginThread::name).distinct().collect(Collectors.joining(", "));
            return () -> {
                throw new IllegalStateException(
                        givenUp.size() + " threads of plugins do not come back (" + names
                                + "), and another one would make it worse; mend the plugin, and restart circusd, which ends no worker");
            };
        }
        return () -> find(use).make();
    }

    private PluginSource find(String use) throws UnusableException, ClassNotFoundException {
        return extensions
                .plugin(use)
                .orElseThrow(() -> new ClassNotFoundException(
                        "there is no Java class " + use + " on the class path or in extension_path any more"));
    }

    private static Duration hangLimit(WatcherConfig config) {
        try {
            String text = PluginWatcher.config(config).get(PluginOptions.HANG_TIMEOUT.key());
            double seconds = text == null
                    ? PluginOptions.HANG_TIMEOUT.byDefault()
                    : PluginOptions.HANG_TIMEOUT.type().parse(text);
            return Duration.ofMillis(Math.round(Math.min(seconds, Integer.MAX_VALUE) * 1000));
        } catch (BadValueException impossible) {
            throw new IllegalStateException(impossible); // it was read before
        }
    }

    @Override
    public void accept(Event event, long number) {
        if (running.isEmpty()) {
            return;
        }
        PluginEvent told = new PluginEvent(event.watcher(), event.kind().word(), event.message(number));
        running.keySet().forEach(plugin -> plugin.tell(told));
    }

    /** Looks after those that hang, and for room for what could not be remembered. */
    @Override
    public long step(long now) {
        running.keySet().removeIf(PluginThread::isOver);
        if (memories != null) {
            memories.review();
        }
        Map.copyOf(running).forEach((plugin, limit) -> {
            Duration busy = plugin.busyFor();
            if (busy.compareTo(limit) > 0) {
                giveUp(plugin, busy);
            }
        });
        return running.isEmpty() ? NEVER : now + LOOK.toNanos();
    }

    private void giveUp(PluginThread plugin, Duration busy) {
        String where = Stream.of(plugin.whereabouts())
                .limit(FRAMES_SHOWN)
                .map(frame -> "\n    at " + frame)
                .collect(Collectors.joining());
        LOG.log(
                Level.ERROR,
                "{0} has been at one thing for {1} s ({2}); it is given up, and another one takes its place. It was here:{3}",
                plugin.name(),
                busy.toSeconds(),
                PluginOptions.HANG_TIMEOUT.key(),
                where);
        running.remove(plugin);
        givenUp.add(plugin);
        Objects.requireNonNull(residents).giveUp(plugin);
    }
}
