package circus.manager.plugin;

import circus.manager.arbiter.Arbiter;
import circus.manager.config.PluginWatcher;
import circus.manager.config.PluginWatcher.Kind;
import circus.manager.config.WatcherConfig;
import circus.manager.kernel.Attached;
import circus.manager.kernel.ForwardingKernel;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SignalTarget;
import circus.manager.kernel.SpawnReply;
import circus.manager.watcher.Launcher;
import circus.manager.watcher.Watcher;
import circus.message.Event;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.Reply;
import circus.message.Request;
import circus.message.Version;
import circus.stream.OutputStreamer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.ObjLongConsumer;
import org.jspecify.annotations.Nullable;

/**
 * The kernel as watchers see it, for the plugins that are processes: starts them so that they can be spoken to, tells them what happens, and
 * carries out what they say. They are workers like all others, in the kernel, so they outlive this circusd; the next one introduces itself.
 *
 * <p>Lines to a program: {@code hello} with the name and the section, at each start and from each new circusd; {@code event}; {@code reply}.
 * Lines from it: commands as the endpoint takes them. Used on circus-loop.
 */
public final class PluginPrograms extends ForwardingKernel implements ObjLongConsumer<Event>, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PluginPrograms.class.getName());

    private static final int SIGTERM = 15;

    /** The note on a process: the pipe that is its standard input. */
    private static final String PIPE = "plugin.stdin";

    private final Executor loop;

    /** Makes pipes, which takes some milliseconds. */
    private final ThreadPoolExecutor makers =
            new ThreadPoolExecutor(1, 1, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), PluginPrograms::maker);

    private final Intake intake = new Intake();
    private final LineFolders folders;
    private final PluginCommandLine commandLines;
    private final Map<Long, Speaker> speakers = new LinkedHashMap<>();
    private @Nullable Arbiter arbiter;
    private @Nullable CommandDesk desk;

    /** One that runs. */
    private record Speaker(String plugin, int pid, LineLink link) {}

    /**
     * @param kernel for all that is no such plugin, and for what is made of one
     * @param loop runs tasks on circus-loop
     * @param folders where pipes are made
     */
    public PluginPrograms(KernelPort kernel, Executor loop, LineFolders folders, PluginCommandLine commandLines) {
        super(kernel);
        this.loop = loop;
        this.folders = folders;
        this.commandLines = commandLines;
        makers.allowCoreThreadTimeOut(true);
    }

    private static Thread maker(Runnable work) {
        Thread thread = new Thread(work, "circus-plugin-pipes");
        thread.setDaemon(true);
        return thread;
    }

    /** It is these watchers whose plugins are started. Before anything is started. */
    public void workFor(Arbiter whole) {
        arbiter = whole;
    }

    /** @param name in any case */
    private Optional<WatcherConfig> watcher(String name) {
        return Objects.requireNonNull(arbiter).lookUp(name).map(Watcher::config);
    }

    /** Who carries out commands. Before anything is started. */
    public void commands(CommandDesk reception) {
        desk = reception;
    }

    @Override
    public void spawn(LaunchSpec spec, SpawnReply reply) {
        String word = spec.annotations().get(Launcher.PLUGIN);
        Optional<WatcherConfig> watcher = word == null ? Optional.empty() : watcher(watcherOf(spec.name()));
        if (watcher.isEmpty()) {
            super.spawn(spec, reply);
            return;
        }
        WatcherConfig config = watcher.get();
        PluginCommandLine.Start start;
        try {
            start = commandLines.of(config, spec.argv());
        } catch (IOException cannot) {
            loop.execute(() -> reply.failed(cannot(config, cannot)));
            return;
        }
        if (PluginWatcher.kind(config).equals(Optional.of(Kind.PROCESS))) {
            super.spawn(spec.by(start.argv(), start.environment(), Map.of()), reply);
            return;
        }
        makers.execute(() -> {
            try {
                LineLink link = LineLink.make(
                        config.name(), folders.make(spec.attributes().user()));
                loop.execute(() -> spawn(spec, start, config, link, reply));
            } catch (IOException | InterruptedException | RuntimeException cannot) {
                loop.execute(() -> reply.failed(cannot(config, cannot)));
            }
        });
    }

    private static String cannot(WatcherConfig config, Exception cause) {
        return "cannot start " + config.name() + ": " + cause.getMessage();
    }

    private static String watcherOf(String name) {
        return name.substring(0, Math.max(0, name.lastIndexOf('.')));
    }

    private void spawn(
            LaunchSpec spec, PluginCommandLine.Start start, WatcherConfig config, LineLink link, SpawnReply reply) {
        // Both ways, see LineLink. The shell is gone with the exec.
        List<String> shell = new ArrayList<>(
                List.of("/bin/sh", "-c", "exec \"$@\" <>\"$0\"", link.pipe().toString()));
        shell.addAll(start.argv());
        super.spawn(spec.by(shell, start.environment(), Map.of(PIPE, link.pipe().toString())), new SpawnReply() {
            @Override
            public void spawned(Launched launched) {
                add(launched.incarnation(), new Speaker(config.name(), launched.pid(), link), config);
                reply.spawned(launched);
            }

            @Override
            public void failed(String reason) {
                link.end();
                reply.failed(reason);
            }
        });
    }

    private void add(long incarnation, Speaker speaker, WatcherConfig config) {
        speakers.put(incarnation, speaker);
        Map<String, Object> hello = new LinkedHashMap<>();
        hello.put("type", "hello");
        hello.put("name", speaker.plugin());
        hello.put("circusd", Version.TEXT);
        hello.put("config", PluginWatcher.config(config));
        speaker.link().send(hello);
    }

    /** Goes on with those that an earlier circusd has started. One that cannot be spoken to any more is ended, and so respawned. */
    public void attach(List<Attached> processes) {
        Set<Path> inUse = new HashSet<>();
        for (Attached process : processes) {
            String pipe = process.annotations().get(PIPE);
            boolean isLeft = process.annotations().containsKey(Launcher.LEFT);
            if (pipe == null || process.exit().isPresent() || isLeft) {
                continue;
            }
            Optional<WatcherConfig> config = watcher(watcherOf(process.name()));
            if (config.isEmpty()) {
                inUse.add(Path.of(pipe)); // it is about to be ended
                continue;
            }
            try {
                LineLink link = LineLink.reopen(config.get().name(), folders.checked(Path.of(pipe)));
                inUse.add(Path.of(pipe));
                add(process.incarnation(), new Speaker(config.get().name(), process.pid(), link), config.get());
            } catch (IOException gone) {
                LOG.log(
                        Level.WARNING,
                        "cannot speak to {0}, pid {1}, any more: {2}; it is ended, and another one started",
                        process.name(),
                        process.pid(),
                        gone.getMessage());
                super.signal(process.incarnation(), SIGTERM, SignalTarget.TREE);
            }
        }
        folders.sweep(inUse);
    }

    @Override
    public void take(long incarnation) {
        super.take(incarnation);
        Speaker over = speakers.remove(incarnation);
        if (over != null) {
            over.link().end();
        }
    }

    @Override
    public void accept(Event event, long number) {
        if (speakers.isEmpty()) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "event");
        line.put("watcher", event.watcher());
        line.put("action", event.kind().word());
        line.put("topic", event.topic());
        line.put("message", event.message(number));
        byte[] text = LineLink.text(line);
        speakers.values().forEach(speaker -> speaker.link().tell(text));
    }

    /** What takes the standard output of one; called on another thread. */
    public OutputStreamer output(String plugin) {
        Complaints complaints = new Complaints(plugin);
        return new CommandLines(plugin, (pid, line) -> intake.pass(loop, () -> take(plugin, pid, line, complaints)));
    }

    /** All watchers have stopped, and nobody comes after this circusd. On circus-loop. */
    public void ignore() {
        intake.discard();
    }

    /** From now on no command is taken: what plugins write is for the next circusd. On circus-loop. */
    public void deafen() {
        intake.close();
    }

    private void take(String plugin, int pid, String line, Complaints complaints) {
        if (line.isBlank()) {
            return;
        }
        Map<String, @Nullable Object> object;
        try {
            object = Json.readObject(line);
        } catch (JsonException none) {
            complaints.tell(line, "it is no JSON object");
            return;
        }
        if (!(object.get("command") instanceof String command)) {
            complaints.tell(line, "it has no \"command\"");
            return;
        }
        Map<String, @Nullable Object> properties = new HashMap<>();
        if (object.get("properties") instanceof Map<?, ?> given) {
            given.forEach((key, value) -> properties.put(String.valueOf(key), value));
        }
        Object id = object.get("id");
        boolean isCast = id == null || "cast".equals(object.get("msg_type"));
        Request request = new Request(id, command, properties, isCast);
        Objects.requireNonNull(desk).take(plugin, request, reply -> answer(plugin, pid, request, reply));
    }

    private void answer(String plugin, int pid, Request request, Reply reply) {
        if (request.cast()) {
            if (reply instanceof Reply.Failed failed) {
                LOG.log(Level.WARNING, "{0}: {1} was refused: {2}", plugin, request.command(), failed.reason());
            }
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("type", "reply");
        line.put("id", Objects.requireNonNull(request.id()));
        byte[] body = reply.encode(request.id(), Instant.now());
        line.put("reply", new Json.Written(new String(body, StandardCharsets.US_ASCII)));
        speakers.values().stream()
                .filter(speaker -> speaker.pid() == pid)
                .forEach(speaker -> speaker.link().send(line));
    }

    /** circusd ends, or another one takes over: the plugins stay. */
    @Override
    public void close() {
        intake.close();
        speakers.values().forEach(speaker -> speaker.link().leave());
        speakers.clear();
        makers.shutdown();
    }
}
