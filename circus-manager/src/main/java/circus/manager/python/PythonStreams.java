package circus.manager.python;

import circus.stream.Output;
import circus.stream.OutputStreamer;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Streams of classes in Python: their objects live in one helper process, on a thread each. When that ends by itself, it is not known due to
 * whom: who was being written to gets a process of its own from then on, and is given once more what it was given last. So one that ends its
 * process harms itself alone. Any thread; those of streams wait.
 */
public final class PythonStreams {
    private static final System.Logger LOG = System.getLogger(PythonStreams.class.getName());
    private static final String MODE = "streams";

    /** Who does not come to its end by then is left to itself. */
    private static final long TO_CLOSE_SECONDS = 5;

    private final Map<String, String> environment;
    private final Set<String> anew = ConcurrentHashMap.newKeySet();
    private volatile List<String> path = List.of();
    private @Nullable Helper shared;
    private long numbers;

    /** @param environment circusd's own */
    public PythonStreams(Map<String, String> environment) {
        this.environment = Map.copyOf(environment);
    }

    /** Where modules are looked for. */
    public void path(List<String> directories) {
        path = List.copyOf(directories);
    }

    /** Its module is read again for the next object. */
    public void readAgain(String name) {
        anew.add(name);
    }

    /** A stream of that class; nothing of it runs before it is opened. */
    public OutputStreamer make(String className, Map<String, String> options) throws ClassNotFoundException {
        Interpreter interpreter = Optional.of(className)
                .filter(PythonNames::canBe)
                .flatMap(name -> Interpreter.find(environment))
                .orElseThrow(
                        () -> new ClassNotFoundException(
                                "there is no Java class " + className
                                        + " on the class path or in extension_path, and no python3 on circusd's PATH that could import it"));
        return new Stream(interpreter, className, options);
    }

    private synchronized Helper shared(Interpreter interpreter) throws IOException {
        Helper known = shared;
        if (known == null || known.hasEnded()) {
            known = new Helper(interpreter);
            shared = known;
        }
        return known;
    }

    /** Ends the common process; what lives in it has been closed, or is not to be. */
    public synchronized void close() {
        if (shared != null) {
            shared.process.kill();
        }
    }

    private synchronized long number() {
        numbers++;
        return numbers;
    }

    /** What the code of the user has raised. */
    private static final class RaisedException extends Exception {
        RaisedException(Map<String, @Nullable Object> answer) {
            super(
                    answer.get("error") + "\n"
                            + String.valueOf(answer.get("traceback")).stripTrailing(),
                    null,
                    false,
                    false);
        }
    }

    /** The process has ended. */
    private static final class LostException extends Exception {
        LostException(String how) {
            super("Python has gone while it ran: " + how, null, false, false);
        }
    }

    /** One process. */
    private final class Helper implements PythonProcess.Listener {
        private final Map<Object, CompletableFuture<Map<String, @Nullable Object>>> calls = new HashMap<>();
        private final PythonProcess process;
        private @Nullable String end;

        Helper(Interpreter interpreter) throws IOException {
            process = PythonProcess.start(interpreter, MODE, this);
        }

        synchronized boolean hasEnded() {
            return end != null;
        }

        /** @return what comes of it; is told at the latest when the process ends */
        CompletableFuture<Map<String, @Nullable Object>> call(Map<String, ? extends @Nullable Object> message) {
            long number = number();
            CompletableFuture<Map<String, @Nullable Object>> answer = new CompletableFuture<>();
            synchronized (this) {
                if (end != null) {
                    answer.completeExceptionally(new LostException(end));
                    return answer;
                }
                calls.put(number, answer);
            }
            Map<String, @Nullable Object> numbered = new LinkedHashMap<>();
            numbered.put("call", number);
            numbered.putAll(message);
            process.send(numbered);
            return answer;
        }

        @Override
        public void message(Map<String, @Nullable Object> message) {
            Object returned = message.get("returned");
            Object number = returned == null ? message.get("failed") : returned;
            CompletableFuture<Map<String, @Nullable Object>> answer;
            synchronized (this) {
                answer = number == null ? null : calls.remove(number);
            }
            if (answer != null) {
                answer.complete(message);
            }
        }

        @Override
        public void ended(String how) {
            Map<Object, CompletableFuture<Map<String, @Nullable Object>>> lost;
            synchronized (this) {
                end = how;
                lost = Map.copyOf(calls);
                calls.clear();
            }
            LOG.log(
                    lost.isEmpty() ? Level.DEBUG : Level.WARNING,
                    "the Python helper {0} of streams has gone: {1}",
                    Long.toString(process.pid()),
                    how);
            lost.values().forEach(each -> each.completeExceptionally(new LostException(how)));
        }
    }

    /** One object. For the thread of its stream. */
    private final class Stream implements OutputStreamer {
        private final Interpreter interpreter;
        private final String className;
        private final Map<String, String> options;
        private final long number = number();

        /** Where it lives; null when it has to be made. */
        private @Nullable Helper helper;

        private boolean alone;

        Stream(Interpreter interpreter, String className, Map<String, String> options) {
            this.interpreter = interpreter;
            this.className = className;
            this.options = options;
        }

        @Override
        public void open() throws Exception {
            Helper unused = living();
        }

        private Helper living() throws IOException, RaisedException, LostException, InterruptedException {
            Helper known = helper;
            if (known != null && !known.hasEnded()) {
                return known;
            }
            Helper made = alone ? new Helper(interpreter) : shared(interpreter);
            Map<String, @Nullable Object> message = message();
            message.put("make", className);
            message.put("anew", anew.remove(className));
            message.put("path", path);
            message.put("options", options);
            try {
                await(made.call(message));
            } catch (RaisedException | LostException failure) {
                if (alone) {
                    made.process.kill();
                }
                throw failure;
            }
            helper = made;
            return made;
        }

        private Map<String, @Nullable Object> message() {
            Map<String, @Nullable Object> message = new LinkedHashMap<>();
            message.put("stream", number);
            return message;
        }

        @Override
        public void write(Output output) throws Exception {
            Map<String, @Nullable Object> message = message();
            message.put("data", Base64.getEncoder().encodeToString(output.data()));
            message.put("pid", output.pid());
            message.put("name", output.name());
            message.put("timestamp", output.timestamp());
            try {
                await(living().call(message));
            } catch (LostException first) {
                alone = true;
                await(living().call(message));
            }
        }

        private void await(CompletableFuture<Map<String, @Nullable Object>> answer)
                throws RaisedException, LostException, InterruptedException {
            try {
                check(answer.get());
            } catch (ExecutionException ended) {
                throw lost(ended);
            }
        }

        private void check(Map<String, @Nullable Object> answer) throws RaisedException {
            if (answer.containsKey("failed")) {
                throw new RaisedException(answer);
            }
        }

        private LostException lost(ExecutionException ended) {
            return ended.getCause() instanceof LostException cause ? cause : new LostException(ended.toString());
        }

        @Override
        public void close() throws Exception {
            Helper last = helper;
            helper = null;
            if (last == null) {
                return;
            }
            Map<String, @Nullable Object> message = message();
            message.put("close", true);
            try {
                check(last.call(message).get(TO_CLOSE_SECONDS, TimeUnit.SECONDS));
            } catch (ExecutionException ended) {
                throw lost(ended);
            } catch (TimeoutException late) {
                throw new IOException("it has not come back from close within " + TO_CLOSE_SECONDS + " s", late);
            } finally {
                if (alone) {
                    last.process.kill();
                }
            }
        }
    }
}
