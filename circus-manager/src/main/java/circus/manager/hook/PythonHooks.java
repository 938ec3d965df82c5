package circus.manager.hook;

import circus.hook.HookPoint;
import circus.manager.config.PythonPath;
import circus.manager.python.Interpreter;
import circus.manager.python.PythonCalls;
import circus.manager.python.PythonCalls.Attendant;
import circus.manager.python.PythonCalls.LostException;
import circus.manager.python.PythonCalls.Replies;
import circus.manager.python.PythonNames;
import circus.message.Json;
import circus.message.Reply;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/**
 * The hooks that are functions in Python. What they ask of circusd while they run is carried out on circus-loop. {@link #run} is for the
 * threads of hooks; the rest any thread.
 */
final class PythonHooks {
    private final Executor loop;
    private final Map<String, String> environment;
    private final Set<String> anew = ConcurrentHashMap.newKeySet();
    private volatile List<String> path = List.of();
    private volatile HookCommands commands = (from, command, properties, replyTo) ->
            replyTo.accept(circus.message.CommandException.serverError().reply());
    private @Nullable PythonCalls calls;

    /** @param environment circusd's own */
    PythonHooks(Executor loop, Map<String, String> environment) {
        this.loop = loop;
        this.environment = Map.copyOf(environment);
    }

    void commands(HookCommands given) {
        commands = given;
    }

    /** Where modules are looked for by hooks of all watchers, beside their own PYTHONPATH. */
    void path(List<String> directories) {
        path = List.copyOf(directories);
    }

    /** Its module is read again before the next call. */
    void readAgain(String name) {
        anew.add(name);
    }

    /** @param stats where {@code extended_stats} puts what it has to say */
    boolean run(HookTask task, Map<String, Object> stats) throws HookFailure, PythonFailure, InterruptedException {
        String name = task.spec().name();
        boolean again = anew.remove(name);
        Map<String, @Nullable Object> answer;
        try {
            answer = calls(name).call(message(task, stats, again), new Helper(task));
        } catch (LostException ended) {
            throw new HookFailure("Python has gone while it ran: " + ended.getMessage());
        } catch (IOException cannot) {
            throw new HookFailure("cannot start Python: " + cannot.getMessage());
        }
        if (answer.containsKey("failed")) {
            throw new PythonFailure(String.valueOf(answer.get("error")), String.valueOf(answer.get("traceback")));
        }
        if (answer.get("stats") instanceof Map<?, ?> changed) {
            stats.clear();
            changed.forEach((key, value) -> put(stats, String.valueOf(key), value));
        }
        return Boolean.TRUE.equals(answer.get("result"));
    }

    @SuppressWarnings("NullAway") // figures may be null
    private static void put(Map<String, Object> stats, String key, @Nullable Object value) {
        stats.put(key, value);
    }

    private synchronized PythonCalls calls(String name) throws HookFailure {
        PythonCalls known = calls;
        if (known == null) {
            Optional<Interpreter> interpreter = Interpreter.find(environment);
            if (interpreter.isEmpty() || !PythonNames.canBe(name)) {
                throw new HookFailure(
                        "there is no Java class " + name
                                + " on the class path or in extension_path, and no python3 on circusd's PATH that could import it");
            }
            known = new PythonCalls("hooks", interpreter.get(), new Helper(null));
            calls = known;
        }
        return known;
    }

    private Map<String, @Nullable Object> message(HookTask task, Map<String, Object> stats, boolean again) {
        Map<String, @Nullable Object> message = new LinkedHashMap<>();
        message.put("name", task.spec().name());
        message.put("anew", again);
        message.put("path", path(task));
        message.put("point", task.point().word());
        message.put("watcher", task.watcher());
        message.put("options", task.options());
        message.put("extra", extra(task, stats));
        return message;
    }

    private List<String> path(HookTask task) {
        Set<String> directories = new LinkedHashSet<>();
        directories.addAll(PythonPath.in(task.environment()));
        directories.addAll(path);
        return new ArrayList<>(directories);
    }

    /** The names that Circus's hooks know. */
    private static Map<String, @Nullable Object> extra(HookTask task, Map<String, Object> stats) {
        HookFacts facts = task.facts();
        Map<String, @Nullable Object> extra = new LinkedHashMap<>();
        switch (task.point()) {
            case BEFORE_START, AFTER_START, BEFORE_STOP, AFTER_STOP, BEFORE_SPAWN -> {}
            case AFTER_SPAWN -> extra.put("pid", facts.pid());
            case BEFORE_SIGNAL, AFTER_SIGNAL -> {
                extra.put("pid", facts.pid());
                extra.put("signum", facts.signum());
            }
            case BEFORE_REAP, AFTER_REAP -> {
                extra.put("process_pid", facts.pid());
                Instant time = facts.time();
                extra.put("time", time == null ? null : Json.seconds(time));
                if (task.point() == HookPoint.AFTER_REAP) {
                    extra.put("exit_code", facts.exitCode());
                    extra.put("process_status", RunningCall.UNEXISTING);
                }
            }
            case EXTENDED_STATS -> {
                extra.put("pid", facts.pid());
                extra.put("stats", stats);
            }
        }
        return extra;
    }

    synchronized void close() {
        if (calls != null) {
            calls.close();
        }
    }

    /** What one call asks; without a task what is asked by a thread that a hook has left behind. */
    private final class Helper implements Attendant {
        private final @Nullable HookTask task;

        Helper(@Nullable HookTask task) {
            this.task = task;
        }

        @Override
        public void asked(Map<String, @Nullable Object> question, Replies reply) {
            loop.execute(() -> {
                try {
                    answer(question, reply);
                } catch (RuntimeException mistake) {
                    reply.failed("circusd could not do it: " + mistake);
                }
            });
        }

        private void answer(Map<String, @Nullable Object> question, Replies reply) {
            String what = String.valueOf(question.get("what"));
            if (what.equals("command")) {
                command(question, reply);
            } else if (task == null) {
                reply.failed("cannot tell of a watcher: the hook is over");
            } else if (what.equals("signal")
                    && question.get("pid") instanceof Number pid
                    && question.get("signum") instanceof Number signum) {
                signal(task, pid.intValue(), signum.intValue(), reply);
            } else if (what.equals("describe")) {
                reply.reply(described(task));
            } else {
                reply.failed("circusd does not know what " + what + " is");
            }
        }

        /** The watcher as it is; with the process that is signalled, which may have died of it: Circus knows it until it is collected. */
        private static Map<String, @Nullable Object> described(HookTask task) {
            Map<String, @Nullable Object> description =
                    new LinkedHashMap<>(task.actions().describe());
            HookFacts facts = task.facts();
            if (facts.signum() != null && facts.pid() != null && facts.wid() != null) {
                Map<String, @Nullable Object> processes = new LinkedHashMap<>();
                processes.put(
                        facts.pid().toString(), Map.of("wid", facts.wid(), "started", Json.seconds(Instant.now())));
                if (description.get("processes") instanceof Map<?, ?> alive) {
                    alive.forEach((pid, one) -> processes.put(String.valueOf(pid), one));
                }
                description.put("processes", processes);
            }
            return description;
        }

        private void signal(HookTask task, int pid, int signum, Replies reply) {
            if (signum < 1 || signum > 64) {
                reply.failed("cannot send signal " + signum + ": signals are 1 to 64");
            } else {
                reply.reply(task.actions().signal(pid, signum));
            }
        }

        private void command(Map<String, @Nullable Object> question, Replies reply) {
            Map<String, @Nullable Object> properties = new LinkedHashMap<>();
            if (question.get("properties") instanceof Map<?, ?> given) {
                given.forEach((key, value) -> properties.put(String.valueOf(key), value));
            }
            commands.give(
                    task == null
                            ? "a hook that is over"
                            : "hook " + task.point().word() + " of " + task.watcher(),
                    String.valueOf(question.get("command")),
                    properties,
                    answered -> reply.reply(plain(answered)));
        }

        private static Object plain(Reply reply) {
            try {
                return Json.readObject(reply.encode(null, Instant.now()));
            } catch (circus.message.JsonException never) {
                throw new IllegalStateException(never);
            }
        }
    }
}
