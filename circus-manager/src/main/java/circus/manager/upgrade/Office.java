package circus.manager.upgrade;

import circus.manager.command.Upgrades;
import circus.manager.control.Endpoints;
import circus.manager.kernel.PapaKernel;
import circus.manager.kernel.Uncopied;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.Version;
import java.nio.file.Path;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import papa.client.Hello;
import papa.client.KernelChannel;
import papa.client.PapaException;

/** What a manager can be asked for about versions, its own and the kernel's. One for each term of a manager; runs on circus-loop only. */
public final class Office implements Upgrades {
    private final Progress progress;
    private final Upgrade.Self self;
    private final Endpoints endpoints;
    private final PapaKernel kernel;
    private final Executor loop;
    private Upgrade.@Nullable Exit exit;

    /** Why no other manager can come in this one's place; empty when one can. */
    private String stays = "";

    private @Nullable Upgrade current;

    public Office(Progress progress, Upgrade.Self self, Endpoints endpoints, PapaKernel kernel, Executor loop) {
        this.progress = progress;
        this.self = self;
        this.endpoints = endpoints;
        this.kernel = kernel;
        this.loop = loop;
    }

    /** How the manager leaves its place. */
    public void exit(Upgrade.Exit way) {
        exit = way;
    }

    /** From now on no other manager comes in this one's place. */
    public void stays(String reason) {
        stays = reason;
    }

    /** The one that is under way, or was the latest. */
    public Optional<Upgrade> current() {
        return Optional.ofNullable(current);
    }

    /** The manager has come to its end without a kernel, and cannot hand over any more. */
    public void kernelLost() {
        if (current != null) {
            current.abandon("the kernel has gone meanwhile");
        }
    }

    @Override
    public void begin(Wish wish) throws CommandException {
        if (!wish.kernel() && !stays.isEmpty()) {
            throw CommandException.invalid("cannot upgrade: " + stays);
        }
        Installation to = wish.home()
                .map(Installation::new)
                .or(Installation::own)
                .orElseThrow(
                        () -> CommandException.invalid(
                                "cannot upgrade: this circusd was started by no launcher, so its home is not known; tell it by --to"));
        if (!wish.kernel() && ProcessHandle.current().pid() == 1) {
            throw CommandException.invalid(
                    "cannot upgrade: this circusd is the first process of its container, which would end"
                            + " with it; have papa be that (papa --init -- circusd FILE)");
        }
        if (!progress.begin(Instant.now())) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR, "cannot upgrade: one is under way, and comes to its end by itself");
        }
        if (wish.kernel()) {
            replaceKernel(to);
            return;
        }
        Upgrade.Exit way = exit;
        if (way == null) {
            progress.failed("cannot upgrade: circusd has not started yet");
            return;
        }
        Upgrade upgrade = new Upgrade(wish, to, self, endpoints, progress, loop, way);
        current = upgrade;
        upgrade.start();
    }

    private void replaceKernel(Installation to) {
        progress.step(
                "prove",
                "papa " + to.kernel().orElse("of an unknown version") + " of " + to.home()
                        + " shows that it can take over, beside papa "
                        + kernel.hello().version() + " with pid "
                        + kernel.hello().pid());
        kernel.upgrade(
                to.home(),
                Path.of(System.getProperty("java.home")),
                said -> {
                    String[] lines = said.strip().split("\n");
                    for (int i = 0; i < lines.length - 1; i++) {
                        int colon = lines[i].indexOf(": ");
                        progress.step(
                                colon < 0 ? "papa" : lines[i].substring(0, colon),
                                lines[i].substring(Math.max(0, colon < 0 ? 0 : colon + 2)));
                    }
                    progress.done(lines[lines.length - 1]);
                },
                refused -> progress.failed(refused));
    }

    @Override
    public Map<String, @Nullable Object> report(long since) {
        return progress.report(since);
    }

    @Override
    public void versions(Consumer<Map<String, @Nullable Object>> told) {
        Thread thread = new Thread(
                () -> {
                    Map<String, @Nullable Object> report = new LinkedHashMap<>();
                    report.put("manager", manager());
                    report.put("kernel", kernelNow());
                    loop.execute(() -> told.accept(report));
                },
                "circus-versions");
        thread.setDaemon(true);
        thread.start();
    }

    private static Map<String, @Nullable Object> manager() {
        Optional<Installation> own = Installation.own();
        return about(
                Version.TEXT,
                own,
                ProcessHandle.current().pid(),
                ProcessHandle.current().info().startInstant().orElse(Instant.EPOCH),
                Wire.PROTOCOL,
                own.flatMap(Installation::manager));
    }

    /** Asked anew: it may have become another program since this one has connected. */
    private @Nullable Map<String, @Nullable Object> kernelNow() {
        try (KernelChannel channel = KernelChannel.open(self.kernel(), frame -> {})) {
            Hello hello = channel.hello();
            Optional<Installation> its = Installation.of(hello.pid());
            Map<String, @Nullable Object> fields = about(
                    hello.version(),
                    its,
                    hello.pid(),
                    hello.started(),
                    hello.wire(),
                    its.flatMap(Installation::kernel));
            Uncopied.of(channel, kernel.lease()).ifPresent(lacking -> {
                fields.put("uncopied", lacking.descriptors());
                fields.put("why", lacking.why());
            });
            return fields;
        } catch (PapaException gone) {
            return null;
        }
    }

    private static Map<String, @Nullable Object> about(
            String version,
            Optional<Installation> home,
            long pid,
            Instant started,
            int protocol,
            Optional<String> installed) {
        Map<String, @Nullable Object> fields = new LinkedHashMap<>();
        fields.put("version", version);
        fields.put("home", home.map(each -> each.home().toString()).orElse(null));
        fields.put("pid", pid);
        fields.put("started", Json.seconds(started));
        fields.put("protocol", protocol);
        fields.put("installed", installed.orElse(null));
        return fields;
    }
}
