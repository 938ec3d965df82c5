package circus.manager.command;

import circus.command.spi.CommandContext;
import circus.command.spi.CommandDefinition;
import circus.manager.command.Additions.Addition;
import circus.manager.hook.HookThreads;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.Reply;
import circus.message.Request;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Carries out the commands of {@link Additions}, each on a thread of its own ({@code circus-command-N}) with its limit, and hands the answers to
 * circus-loop. Whatever one does, circusd goes on: one that is not done at its limit is interrupted and has failed. Called on circus-loop only.
 */
public final class AddedCommands implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(AddedCommands.class.getName());

    /** Side by side; more wait for their turn within their time. */
    static final int WORKING = 16;

    /** Casts may come as fast as their callers can send. */
    static final int MOST_WAITING = 1_000;

    /** With those that did not come back. */
    private static final int MOST = 48;

    /** Where other commands are called. */
    interface Desk {
        void take(Caller caller, Request request, Consumer<Reply> replyTo);
    }

    private final Additions additions;
    private final Executor loop;
    private final ThreadFactory machine;
    private final HookThreads threads;
    private @Nullable ScheduledThreadPoolExecutor limits;

    /** @param loop runs tasks on circus-loop */
    public AddedCommands(Additions additions, Executor loop) {
        this(additions, loop, Thread::new);
    }

    /** @param machine makes all threads */
    AddedCommands(Additions additions, Executor loop, ThreadFactory machine) {
        this.additions = additions;
        this.loop = loop;
        this.machine = machine;
        this.threads = new HookThreads("command", WORKING, MOST, machine);
    }

    /** Without any. */
    static AddedCommands none() {
        return new AddedCommands(Additions.NONE, Runnable::run);
    }

    Optional<Addition> find(String word) {
        return additions.find(word);
    }

    /** @param replyTo gets exactly one reply, later, on circus-loop; none where this throws */
    void run(Addition addition, Caller caller, Request request, Desk desk, Consumer<Reply> replyTo)
            throws CommandException {
        CommandDefinition definition = addition.definition();
        definition.check(request.properties());
        if (threads.waiting() >= MOST_WAITING) {
            throw refusal(definition, MOST_WAITING + " calls of commands that were added wait for their turn already");
        }
        Run run = new Run(addition, caller, request, desk, replyTo);
        try {
            // First the limit: what has begun could not be taken back if there were no thread for it.
            run.limit(limits().schedule(run::limitReached, definition.limit().toNanos(), TimeUnit.NANOSECONDS));
            threads.execute(run);
        } catch (RejectedExecutionException
                | OutOfMemoryError none) { // The latter is what is thrown for want of threads.
            if (run.withdraw()) {
                throw refusal(definition, String.valueOf(none.getMessage()));
            }
        }
    }

    private static CommandException refusal(CommandDefinition definition, String reason) {
        return new CommandException(ErrorCode.COMMAND_ERROR, "cannot carry out " + definition.word() + ": " + reason);
    }

    /** There is no thread for it where nothing was added. */
    private ScheduledThreadPoolExecutor limits() {
        ScheduledThreadPoolExecutor current = limits;
        if (current == null) {
            current = new ScheduledThreadPoolExecutor(1, task -> {
                Thread created = machine.newThread(task);
                created.setName("circus-command-limits");
                created.setDaemon(true);
                return created;
            });
            current.setRemoveOnCancelPolicy(true);
            limits = current;
        }
        return current;
    }

    @Override
    public void close() {
        if (limits != null) {
            limits.shutdownNow();
        }
        threads.shutDown();
    }

    /** One call under way. Begun on circus-loop, run on a thread of its own, ended by whoever comes first. */
    private final class Run implements Runnable, CommandContext {
        private final Addition addition;
        private final Caller caller;
        private final Request request;
        private final Desk desk;
        private final Consumer<Reply> replyTo;
        private @Nullable Thread thread;
        private @Nullable ScheduledFuture<?> limit;
        private boolean over;

        Run(Addition addition, Caller caller, Request request, Desk desk, Consumer<Reply> replyTo) {
            this.addition = addition;
            this.caller = caller;
            this.request = request;
            this.desk = desk;
            this.replyTo = replyTo;
        }

        private String word() {
            return addition.definition().word();
        }

        synchronized void limit(ScheduledFuture<?> scheduled) {
            limit = scheduled;
            if (over) {
                scheduled.cancel(false);
            }
        }

        /** Nothing is to come of it; false where its caller was told already. */
        synchronized boolean withdraw() {
            boolean isFirst = !over;
            over = true;
            if (limit != null) {
                limit.cancel(false);
            }
            return isFirst;
        }

        @Override
        public void run() {
            synchronized (this) {
                if (over) {
                    return;
                }
                thread = Thread.currentThread();
            }
            Reply reply;
            try {
                reply = perform();
            } catch (CommandException refused) {
                reply = refused.reply();
            } catch (Throwable thrown) { // Whatever it throws, an error of the class loader included, is its author's.
                String message = thrown.getMessage();
                LOG.log(Level.ERROR, "the command " + word() + ", which was added, failed", thrown);
                reply = failed(
                        message == null || message.isBlank() ? thrown.getClass().getName() : message);
            }
            boolean isFirst;
            synchronized (this) {
                thread = null;
                isFirst = !over;
                over = true;
                if (limit != null) {
                    limit.cancel(false);
                }
                // It was for this call, not for the next one on this thread.
                boolean unused = Thread.interrupted();
            }
            if (isFirst) {
                deliver(reply);
            } else {
                threads.returned();
            }
        }

        private Reply perform() throws Exception {
            Thread.currentThread().setContextClassLoader(additions.loader());
            Map<String, @Nullable Object> properties = new LinkedHashMap<>(request.properties());
            boolean wantsText = Boolean.TRUE.equals(properties.remove(CommandDefinition.TEXT));
            addition.command().validate(properties);
            Map<String, @Nullable Object> fields =
                    new LinkedHashMap<>(addition.command().execute(this, properties));
            fields.remove("status");
            fields.remove("time");
            fields.remove("id");
            if (wantsText) {
                fields.put(CommandDefinition.TEXT, addition.command().text(new LinkedHashMap<>(fields)));
            }
            // A copy: what cannot be told fails here and not on circus-loop, and the command may go on to use its own
            // maps and lists.
            return new Reply.Ok(Json.readObject(Json.bytes(fields)));
        }

        void limitReached() {
            String seconds = addition.definition().limit().toMillis() / 1000.0 + " s";
            synchronized (this) {
                if (over) {
                    return;
                }
                over = true;
                if (thread == null) {
                    deliver(failed("it did not get its turn within " + seconds
                            + ": too many other commands that were added run"));
                    return;
                }
                threads.abandoned();
                Exception where = new IllegalStateException("it was here");
                where.setStackTrace(thread.getStackTrace());
                LOG.log(
                        Level.ERROR,
                        "the command " + word() + ", which was added, did not come back within " + seconds,
                        where);
                thread.interrupt();
            }
            deliver(failed("it did not come back within " + seconds));
        }

        private Reply failed(String reason) {
            return new Reply.Failed(ErrorCode.COMMAND_ERROR, "cannot carry out " + word() + ": " + reason, null);
        }

        private void deliver(Reply reply) {
            loop.execute(() -> replyTo.accept(reply));
        }

        @Override
        public Map<String, @Nullable Object> call(String command, Map<String, @Nullable Object> properties)
                throws InterruptedException {
            CompletableFuture<byte[]> told = new CompletableFuture<>();
            Request inner = new Request(null, command, properties, false);
            loop.execute(() -> desk.take(caller, inner, reply -> told.complete(reply.encode(null, Instant.now()))));
            try {
                Map<String, @Nullable Object> fields = new LinkedHashMap<>(Json.readObject(told.get()));
                fields.remove("id");
                return fields;
            } catch (ExecutionException | JsonException impossible) {
                throw new IllegalStateException(impossible);
            }
        }

        @Override
        public OptionalInt uid() {
            return caller.uid();
        }

        @Override
        public String caller() {
            return caller.words();
        }
    }
}
