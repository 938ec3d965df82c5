package circus.plugins;

import circus.options.RedisAddress;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.security.cert.CertificateException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Redis server how it is, in a thread of its own, and has an answer within the limit whatever the server does, or the network, or who
 * knows its name. The connection is kept from one question to the next. Any thread.
 */
final class RedisQuestioner implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(RedisQuestioner.class.getName());

    sealed interface Answer permits Info, Trouble {}

    /** What the server tells of itself. */
    record Info(Map<String, String> values) implements Answer {}

    /** @param answered whether the server has said something, though not what it was asked for */
    record Trouble(String reason, boolean answered) implements Answer {}

    private final RedisAddress address;
    private final Duration limit;

    /** One that hangs in the system is waited for; meanwhile questions run into their limit. */
    private final ThreadPoolExecutor asker = new ThreadPoolExecutor(
            1,
            1,
            0,
            TimeUnit.SECONDS,
            new ArrayBlockingQueue<>(1),
            task -> {
                Thread thread = new Thread(task, "circus-redis");
                thread.setDaemon(true);
                return thread;
            },
            new ThreadPoolExecutor.DiscardPolicy());

    /** Of the asker's thread. */
    private @Nullable RedisConnection kept;

    private volatile RedisConnection.Handle handle = new RedisConnection.Handle();

    RedisQuestioner(RedisAddress address, Duration limit) {
        this.address = address;
        this.limit = limit;
    }

    /** @param then gets the answer, once, on some thread, which it must not hold up */
    void info(Consumer<Answer> then) {
        CompletableFuture<Answer> answer = new CompletableFuture<>();
        asker.execute(() -> {
            if (!answer.isDone()) {
                answer.complete(ask(answer));
            }
        });
        CompletableFuture<Answer> unused = answer.orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((came, late) -> {
                    if (came == null) {
                        hangUp();
                    }
                    then.accept(came != null ? came : new Trouble("it does not answer in time", false));
                });
    }

    private Answer ask(CompletableFuture<?> wanted) {
        boolean isNew = kept == null;
        try {
            RedisConnection connection = kept;
            if (connection == null) {
                RedisConnection.Handle fresh = new RedisConnection.Handle();
                handle = fresh;
                connection = RedisConnection.open(address, fresh);
                kept = connection;
            }
            return new Info(connection.info());
        } catch (IOException failed) {
            hangUp();
            kept = null;
            // A connection that was kept may have come to its end meanwhile, as when the server was started again.
            return isNew || wanted.isDone() || failed instanceof RedisErrorException
                    ? new Trouble(String.valueOf(failed.getMessage()), isAnswer(failed))
                    : ask(wanted);
        } catch (RuntimeException unusable) {
            hangUp();
            kept = null;
            return new Trouble(unusable.toString(), false);
        }
    }

    private static boolean isAnswer(Throwable failed) {
        for (Throwable cause = failed; cause != null; cause = cause.getCause()) {
            if (cause instanceof RedisErrorException || cause instanceof CertificateException) {
                return true;
            }
        }
        return false;
    }

    private void hangUp() {
        try {
            handle.close();
        } catch (IOException closed) {
            LOG.log(Level.DEBUG, "closing", closed);
        }
    }

    @Override
    public void close() {
        asker.shutdownNow();
        hangUp();
    }
}
