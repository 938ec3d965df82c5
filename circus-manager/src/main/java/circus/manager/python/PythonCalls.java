package circus.manager.python;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Calls of Python code in a helper process, each on a thread of its own there. The process is started when it is first needed.
 *
 * <p>One that does not come back cannot be ended alone: its process takes no further calls, and is killed when the others in it are done. When
 * a process ends by itself, it is not known which of its calls that is due to: each is made once more, in a process of its own. So a call
 * that ends its process fails alone. Any thread; the calling one waits.
 */
public final class PythonCalls implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(PythonCalls.class.getName());

    /** So long a process that is about to be killed may take to tell what it is doing. */
    private static final Duration LAST_WORDS = Duration.ofMillis(500);

    /** What a call asks while it runs. */
    public interface Attendant {
        /** Called on a thread that is not to wait; {@code reply} is told once, now or later. */
        void asked(Map<String, @Nullable Object> question, Replies reply);
    }

    /** Where the answer to a question goes. Any thread. */
    public interface Replies {
        void reply(@Nullable Object value);

        void failed(String reason);
    }

    /** The process has ended, and with it the call. */
    public static final class LostException extends Exception {
        LostException(String how) {
            super(how, null, false, false);
        }
    }

    private final String mode;
    private final Interpreter interpreter;
    private final Attendant others;
    private @Nullable Helper current;

    /** All that have not ended: the current one, those with one call each, and those that take no further calls. */
    private final Set<Helper> living = new HashSet<>();

    private boolean closed;
    private long numbers;

    /**
     * @param mode of the helper
     * @param others answers what is asked by no call
     */
    public PythonCalls(String mode, Interpreter interpreter, Attendant others) {
        this.mode = mode;
        this.interpreter = interpreter;
        this.others = others;
    }

    /**
     * Makes a call.
     *
     * @param message what is sent, but for the number of the call
     * @return what came back: the message of which {@code returned} or {@code failed} has that number
     * @throws LostException the process has ended twice, or was ended by {@link #close}
     * @throws InterruptedException the caller does not wait any more; the process is got rid of
     */
    public Map<String, @Nullable Object> call(Map<String, ? extends @Nullable Object> message, Attendant attendant)
            throws LostException, IOException, InterruptedException {
        try {
            return shared().call(message, attendant);
        } catch (LostException first) {
            Helper alone = alone(first);
            try {
                return alone.call(message, attendant);
            } finally {
                alone.process.kill();
            }
        }
    }

    private synchronized Helper shared() throws IOException {
        if (closed) {
            throw new IOException("circusd is about to end");
        }
        Helper known = current;
        if (known == null) {
            known = begin();
            current = known;
        }
        return known;
    }

    private synchronized Helper alone(LostException first) throws LostException, IOException {
        if (closed) {
            // It is we who have ended it.
            throw first;
        }
        return begin();
    }

    private synchronized Helper begin() throws IOException {
        Helper helper = new Helper();
        boolean unused = living.add(helper);
        return helper;
    }

    private synchronized void retire(Helper helper) {
        if (current == helper) {
            current = null;
        }
    }

    private synchronized void forget(Helper helper) {
        retire(helper);
        boolean unused = living.remove(helper);
    }

    private synchronized long number() {
        numbers++;
        return numbers;
    }

    /** Ends all processes, and with them the calls that are under way. Takes some milliseconds. */
    @Override
    public void close() {
        List<Helper> last;
        synchronized (this) {
            closed = true;
            current = null;
            last = new ArrayList<>(living);
        }
        last.forEach(each -> each.process.kill());
    }

    /** One call under way. */
    private record Pending(CompletableFuture<Map<String, @Nullable Object>> answer, Attendant attendant) {}

    /** One process. */
    private final class Helper implements PythonProcess.Listener {
        private final Map<Object, Pending> calls = new HashMap<>();
        private final Map<Object, CompletableFuture<String>> stacks = new HashMap<>();
        private final PythonProcess process;
        private boolean retired;
        private @Nullable String end;

        Helper() throws IOException {
            process = PythonProcess.start(interpreter, mode, this);
        }

        Map<String, @Nullable Object> call(Map<String, ? extends @Nullable Object> message, Attendant attendant)
                throws LostException, InterruptedException {
            long number = number();
            Pending pending = new Pending(new CompletableFuture<>(), attendant);
            synchronized (this) {
                if (end != null) {
                    throw new LostException(end);
                }
                calls.put(number, pending);
            }
            Map<String, @Nullable Object> numbered = new LinkedHashMap<>();
            numbered.put("call", number);
            numbered.putAll(message);
            process.send(numbered);
            try {
                return pending.answer().get();
            } catch (InterruptedException over) {
                condemn(number);
                throw over;
            } catch (ExecutionException ended) {
                Throwable cause = ended.getCause();
                throw new LostException(cause == null ? "it has gone" : String.valueOf(cause.getMessage()));
            } finally {
                done(number);
            }
        }

        /** This one does not come back. */
        private void condemn(long number) {
            retire(this);
            synchronized (this) {
                retired = true;
            }
            String stack = whereabouts(number);
            if (!stack.isEmpty()) {
                LOG.log(Level.WARNING, "what did not come back was here in Python:\n{0}", stack.stripTrailing());
            }
        }

        private String whereabouts(long number) {
            CompletableFuture<String> stack = new CompletableFuture<>();
            synchronized (this) {
                stacks.put(number, stack);
            }
            process.send(Map.of("where", number));
            try {
                return stack.get(LAST_WORDS.toMillis(), TimeUnit.MILLISECONDS);
            } catch (TimeoutException | ExecutionException | InterruptedException mute) {
                return "";
            }
        }

        private void done(long number) {
            boolean useless;
            synchronized (this) {
                calls.remove(number);
                useless = retired && calls.isEmpty();
            }
            if (useless) {
                process.kill();
            }
        }

        @Override
        public void message(Map<String, @Nullable Object> message) {
            if (message.containsKey("ask")) {
                ask(message);
                return;
            }
            Object returned = message.get("returned");
            Object number = returned == null ? message.get("failed") : returned;
            Object at = message.get("at");
            Pending pending;
            CompletableFuture<String> stack;
            synchronized (this) {
                pending = number == null ? null : calls.get(number);
                stack = at == null ? null : stacks.remove(at);
            }
            if (pending != null) {
                pending.answer().complete(message);
            } else if (stack != null) {
                stack.complete(String.valueOf(message.get("stack")));
            }
        }

        private void ask(Map<String, @Nullable Object> message) {
            Object number = message.get("ask");
            Object call = message.get("call");
            Pending pending;
            synchronized (this) {
                pending = call == null ? null : calls.get(call);
            }
            Attendant attendant = pending == null ? others : pending.attendant();
            attendant.asked(message, new Replies() {
                @Override
                public void reply(@Nullable Object value) {
                    answer("reply", value);
                }

                @Override
                public void failed(String reason) {
                    answer("failed", reason);
                }

                private void answer(String kind, @Nullable Object value) {
                    Map<String, @Nullable Object> told = new LinkedHashMap<>();
                    told.put("told", number);
                    told.put(kind, value);
                    process.send(told);
                }
            });
        }

        @Override
        public void ended(String how) {
            Map<Object, Pending> lost;
            synchronized (this) {
                end = how;
                lost = Map.copyOf(calls);
                if (!lost.isEmpty() && !retired) {
                    LOG.log(
                            Level.WARNING,
                            "the Python helper {0} has gone ({1}) with {2} calls under way",
                            Long.toString(process.pid()),
                            how,
                            lost.size());
                }
            }
            forget(this);
            lost.values().forEach(each -> each.answer().completeExceptionally(new LostException(how)));
        }
    }
}
