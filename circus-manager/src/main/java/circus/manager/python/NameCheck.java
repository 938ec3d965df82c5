package circus.manager.python;

import circus.message.Json;
import circus.message.JsonException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.lang.System.Logger.Level;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Has one short Python process look at names, all at once: it imports them, with whatever their modules do then. Where there is no answer in
 * time, nothing is refused: who uses the name will see. Blocks; not for circus-loop.
 */
public final class NameCheck {
    private static final System.Logger LOG = System.getLogger(NameCheck.class.getName());

    /** For all names together; what is imported may be large, and the machine busy. */
    public static final Duration LIMIT = Duration.ofSeconds(15);

    /** A name and what it is to be. */
    public record Question(PythonNames.Kind kind, String name) {}

    private final Map<String, String> environment;
    private final Duration limit;

    /** @param environment circusd's own */
    public NameCheck(Map<String, String> environment) {
        this(environment, LIMIT);
    }

    NameCheck(Map<String, String> environment, Duration limit) {
        this.environment = environment;
        this.limit = limit;
    }

    /**
     * Looks at all of them.
     *
     * @param path where modules are looked for, too
     * @return why they cannot be used that cannot, see {@link PythonNames#ask}
     */
    public Map<Question, String> refusals(List<String> path, List<Question> questions) {
        Optional<Interpreter> interpreter = Interpreter.find(environment);
        Map<Question, String> refusals = new LinkedHashMap<>();
        if (interpreter.isEmpty()) {
            questions.forEach(each -> refusals.put(
                    each,
                    "and no python3 on circusd's PATH that could import a Python "
                            + each.kind().word() + " of that name"));
            return refusals;
        }
        try {
            Process process = interpreter.get().start("check");
            try {
                ask(process, path, questions);
                refusals.putAll(answers(process, interpreter.get(), questions));
            } finally {
                Session.kill(process);
            }
        } catch (IOException cannot) {
            LOG.log(
                    Level.WARNING,
                    "cannot ask {0} for names in Python: {1}",
                    interpreter.get().program(),
                    cannot);
        }
        return refusals;
    }

    private static void ask(Process process, List<String> path, List<Question> questions) {
        List<Map<String, String>> names = new ArrayList<>();
        questions.forEach(each ->
                names.add(Map.of("name", each.name(), "kind", each.kind().word())));
        Map<String, Object> question = new LinkedHashMap<>();
        question.put("path", path);
        question.put("names", names);
        try {
            // Left open: its end says that nobody waits any more.
            OutputStream out = process.getOutputStream();
            out.write(Json.bytes(question));
            out.write('\n');
            out.flush();
        } catch (IOException itHasEnded) {
            // Its answers, or their absence, tell.
        }
    }

    private Map<Question, String> answers(Process process, Interpreter interpreter, List<Question> questions)
            throws IOException {
        AtomicBoolean late = new AtomicBoolean();
        ScheduledThreadPoolExecutor clock =
                new ScheduledThreadPoolExecutor(1, task -> daemon(task, "circus-python-limit"));
        Thread talk = daemon(() -> swallow(process), "circus-python-check-log");
        talk.start();
        Map<Question, String> refusals = new LinkedHashMap<>();
        int answered = 0;
        try (BufferedReader answers =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            var unused = clock.schedule(
                    () -> {
                        late.set(true);
                        Session.kill(process);
                    },
                    limit.toMillis(),
                    TimeUnit.MILLISECONDS);
            for (String line = answers.readLine(); line != null; line = answers.readLine()) {
                Object refused = refusal(line);
                if (refused != null && answered < questions.size()) {
                    refusals.put(questions.get(answered), "and " + interpreter.program() + " " + refused);
                }
                answered++;
            }
        } finally {
            clock.shutdownNow();
        }
        if (answered < questions.size()) {
            Question stuck = questions.get(answered);
            if (late.get()) {
                LOG.log(
                        Level.WARNING,
                        "{0} has not imported {1} within {2} s, so it is not known whether it can be used",
                        interpreter.program(),
                        stuck.name(),
                        limit.toSeconds());
            } else {
                refusals.put(stuck, "and " + interpreter.program() + " ended when it was to import it");
            }
        }
        return refusals;
    }

    private static @Nullable Object refusal(String line) throws IOException {
        try {
            return Json.readObject(line).get("refused");
        } catch (JsonException strange) {
            throw new IOException("it answered " + line);
        }
    }

    /** What modules print when they are imported here, they print once more when they are used. */
    private static void swallow(Process process) {
        try {
            long unused = process.getErrorStream().transferTo(OutputStream.nullOutputStream());
        } catch (IOException over) {
            // It has ended.
        }
    }

    private static Thread daemon(Runnable task, String name) {
        Thread thread = new Thread(task, name);
        thread.setDaemon(true);
        return thread;
    }
}
