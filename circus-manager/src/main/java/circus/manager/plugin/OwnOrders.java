package circus.manager.plugin;

import circus.message.Json;
import circus.message.JsonException;
import circus.message.Reply;
import circus.message.Request;
import circus.plugin.PluginCallException;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/** The commands of a plugin that lives in this circusd. */
final class OwnOrders implements Orders {
    private static final System.Logger LOG = System.getLogger(OwnOrders.class.getName());

    /** Casts that wait for circus-loop. */
    private static final int MOST_UNDER_WAY = 256;

    private final String plugin;
    private final Executor loop;
    private final CommandDesk desk;
    private final Semaphore room = new Semaphore(MOST_UNDER_WAY);

    OwnOrders(String plugin, Executor loop, CommandDesk desk) {
        this.plugin = plugin;
        this.loop = loop;
        this.desk = desk;
    }

    @Override
    public Map<String, @Nullable Object> call(String command, Map<String, ?> properties)
            throws PluginCallException, InterruptedException {
        Request request = request(command, properties, false);
        CompletableFuture<Reply> answer = new CompletableFuture<>();
        loop.execute(() -> desk.take(plugin, request, answer::complete));
        try {
            return Json.readObject(answer.get().encode(null, Instant.now()));
        } catch (ExecutionException | JsonException impossible) {
            throw new PluginCallException("cannot read the answer to " + command + ": " + impossible.getMessage());
        }
    }

    @Override
    public void cast(String command, Map<String, ?> properties) {
        Request request = request(command, properties, true);
        // Who gives them faster than circusd takes them waits.
        room.acquireUninterruptibly();
        loop.execute(() -> takeCast(command, request));
    }

    private void takeCast(String command, Request request) {
        room.release();
        desk.take(plugin, request, reply -> {
            if (reply instanceof Reply.Failed failed) {
                LOG.log(Level.WARNING, "{0}: {1} was refused: {2}", plugin, command, failed.reason());
            }
        });
    }

    private static Request request(String command, Map<String, ?> properties, boolean cast) {
        Map<String, @Nullable Object> copy = new LinkedHashMap<>(properties);
        return new Request(null, command, Collections.unmodifiableMap(copy), cast);
    }
}
