package circus.manager.arbiter;

import circus.manager.command.Events;
import circus.manager.command.Whereabouts;
import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.event.EventJournal;
import circus.manager.kernel.HeldSocket;
import circus.manager.recall.Recall;
import circus.manager.recall.TailDesk;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Death;
import circus.manager.watcher.Definition;
import circus.manager.watcher.FakeHooks;
import circus.manager.watcher.FakeKernel;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Stage;
import circus.manager.watcher.Watcher;
import circus.message.Event;
import circus.options.OptionValues;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/** An arbiter and its watchers in memory, with a clock that is moved by hand. */
public final class House implements Clock {
    private static final Instant EPOCH = Instant.parse("2026-11-20T21:00:00Z");

    private long nanos;

    /** Whether what ended processes wrote is on its way, and by incarnation who waits for it. */
    public boolean holdsLastWords;

    public final Map<Long, Runnable> lastWords = new LinkedHashMap<>();

    /** What would be in the state file. */
    public final Map<String, String> file = new LinkedHashMap<>();

    private final RunTimeRecord record = new RunTimeRecord() {
        @Override
        public void keep(String key, String value) {
            file.put(key, value);
        }

        @Override
        public void drop(String key) {
            file.remove(key);
        }

        @Override
        public void replace(Map<String, String> all) {
            file.clear();
            file.putAll(all);
        }
    };

    public final Agenda agenda = new Agenda(() -> 0);
    public final List<Event> events = new ArrayList<>();
    public final List<Farewell> farewells = new ArrayList<>();
    public final FakeKernel kernel = new FakeKernel(this, this::exited, this::gone);
    public final FakeHooks hooks = new FakeHooks();
    private final Workshop workshop = new Workshop("/usr/bin:/bin", Map.of(), Optional.empty());

    /** Only what a test adds to it. */
    public final EventJournal journal = EventJournal.inMemory(EPOCH);

    public final Events eventsCommand = new Events(journal, "tcp://127.0.0.1:5556");

    public final List<Death> deaths = new ArrayList<>();

    public final Recall recall = new Recall("circus.test.", null);

    public final TailDesk tails = new TailDesk(
            recall, CompletableFuture::new, Path.of("/nonexistent/kernel.sock"), "circus.test", this, Runnable::run);

    public final Arbiter arbiter = new Arbiter(
            new Facilities(
                    this,
                    kernel,
                    workshop,
                    Stage.AMENDMENTS,
                    record,
                    events::add,
                    deaths::add,
                    hooks,
                    watcher -> {},
                    this::lastWords),
            agenda,
            farewells::add);

    /** Where the daemon of this house serves. */
    public final Whereabouts whereabouts = new Whereabouts(OptionValues.NONE);

    /** What the file says when it is read again. */
    public CircusConfig edited =
            new CircusConfig(Path.of("/test.ini"), "test", OptionValues.NONE, List.of(), List.of(), List.of(), "[]");

    public final LiveChanges changes = new LiveChanges(
            arbiter,
            (read, refused) -> read.accept(edited),
            new LiveSockets(kernel, new ManagedSockets(List.of(), new NoSockets()), workshop),
            edited,
            ForeignNames.TRUSTED,
            applied -> {});

    /** No socket is held before a test says so. */
    private static final class NoSockets implements ManagedSockets.Holder {
        @Override
        public List<HeldSocket> sockets() {
            return List.of();
        }

        @Override
        public HeldSocket makeSocket(String name, Map<String, String> options) {
            throw new AssertionError("nobody is to wait for the kernel here");
        }

        @Override
        public void removeSocket(String name) {
            throw new AssertionError("nobody is to wait for the kernel here");
        }
    }

    private void lastWords(long incarnation, Runnable inPlace) {
        if (holdsLastWords) {
            lastWords.put(incarnation, inPlace);
        } else {
            inPlace.run();
        }
    }

    private void exited(circus.manager.kernel.Exit exit) {
        arbiter.exited(exit);
    }

    private void gone(long incarnation) {
        arbiter.gone(incarnation);
    }

    public Watcher add(String name, OptionValues options) {
        return add(Stage.config(name, options));
    }

    Watcher add(WatcherConfig config) {
        Watcher watcher = new Watcher(Definition.ofFile(config), arbiter);
        arbiter.add(watcher);
        return watcher;
    }

    /** The start of a daemon that finds nothing in the kernel. */
    public void open() {
        new Takeover(arbiter, "test.ini").run(List.of(), Inherited.of(Map.of(), Map.of(), false));
        settle();
    }

    public void settle() {
        for (int turns = 0; turns < 10_000; turns++) {
            boolean any = kernel.turn();
            any |= hooks.turn();
            boolean due = agenda.next() <= nanos;
            agenda.run(nanos);
            if (!any && !due) {
                return;
            }
        }
        throw new AssertionError("no end of turns");
    }

    public void pass(double seconds) {
        long end = nanos + Duration.ofNanos((long) (seconds * 1e9)).toNanos();
        settle();
        for (long next = agenda.next(); next <= end && next != Reconciler.NEVER; next = agenda.next()) {
            nanos = Math.max(nanos, next);
            settle();
        }
        nanos = end;
        settle();
    }

    /** The events since the last look, as {@code web.spawn}. */
    public List<String> news() {
        List<String> news = events.stream()
                .map(event -> event.watcher() + "." + event.kind().word())
                .toList();
        events.clear();
        return news;
    }

    @Override
    public long nanos() {
        return nanos;
    }

    @Override
    public Instant now() {
        return EPOCH.plusNanos(nanos);
    }
}
