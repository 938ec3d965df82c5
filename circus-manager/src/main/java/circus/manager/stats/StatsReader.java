package circus.manager.stats;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Reconciler;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.JsonText;
import java.io.File;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Answers questions for the figures of processes, and looks at all of them now and then although nobody asks ({@link Pace} says when), so
 * that the share of the processor is a true one. The looking is done on a thread of its own, {@code circus-stats}, since a thousand
 * processes take a while; all that it knows stays there, and answers come back on circus-loop. Called on circus-loop only.
 *
 * <p>One look serves all who ask before it begins. What comes meanwhile waits for the next one, {@value #MOST_WAITING} questions at the most.
 */
public final class StatsReader implements Reconciler, AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StatsReader.class.getName());

    static final int MOST_WAITING = 1_000;

    /** There is one look at a time; the thread may not have come back from the former one. */
    private static final int MOST_LOOKS = 4;

    /** @param encoded the info objects are wanted as JSON */
    private record Question(
            List<ProcessView> processes, boolean daemon, boolean encoded, Consumer<Map<Integer, Object>> answer) {}

    private final Executor loop;
    private final Clock clock;
    private final ThreadPoolExecutor thread;
    private final Pace pace;
    private final int ownPid = (int) ProcessHandle.current().pid();
    private List<Question> waiting = new ArrayList<>();
    private boolean looking;
    private @Nullable Supplier<List<ProcessView>> everybody;
    private Consumer<Reconciler> agenda = reconciler -> {};

    /** Of circus-stats. */
    private @Nullable ProcessFigures figures;

    /** @param loop runs tasks on circus-loop */
    public StatsReader(Executor loop, Clock clock) {
        this.loop = loop;
        this.clock = clock;
        this.pace = new Pace(clock.nanos());
        this.thread = new ThreadPoolExecutor(0, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_LOOKS), task -> {
            Thread created = new Thread(task, "circus-stats");
            created.setDaemon(true);
            return created;
        });
    }

    /**
     * From now on looks at everybody now and then.
     *
     * @param processes all that circusd has
     * @param changed has this reconciler stepped soon
     */
    public void watch(Supplier<List<ProcessView>> processes, Consumer<Reconciler> changed) {
        everybody = processes;
        agenda = changed;
        agenda.accept(this);
    }

    /**
     * Answers with one entry for each process, in the given order: an info object, or a text where it has gone.
     *
     * @throws CommandException when too many questions wait already
     */
    public void read(List<ProcessView> processes, Consumer<Map<Integer, Object>> answer) throws CommandException {
        ask(new Question(List.copyOf(processes), false, false, answer));
    }

    /** The same with info objects that are JSON already, so that circus-loop has nothing to do with a thousand of them. */
    public void readEncoded(List<ProcessView> processes, Consumer<Map<Integer, Object>> answer)
            throws CommandException {
        ask(new Question(List.copyOf(processes), false, true, answer));
    }

    /**
     * Answers with the info object of circusd itself, for {@code dstats}: without children, {@code started} and {@code wid}. A text instead
     * of a map says that nothing could be read.
     *
     * @throws CommandException when too many questions wait already
     */
    public void readDaemon(Consumer<Object> answer) throws CommandException {
        ask(new Question(
                List.of(), true, false, infos -> answer.accept(infos.getOrDefault(ownPid, ProcessFigures.GONE))));
    }

    private void ask(Question question) throws CommandException {
        if (waiting.size() >= MOST_WAITING) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot tell figures of processes: " + MOST_WAITING
                            + " questions for figures wait already; ask again later");
        }
        waiting.add(question);
        pace.asked(clock.nanos());
        answerNext();
        agenda.accept(this);
    }

    /** One look for all who wait, as soon as the former one is done. */
    private void answerNext() {
        if (looking || waiting.isEmpty()) {
            return;
        }
        List<Question> turn = waiting;
        waiting = new ArrayList<>();
        // Who asks is answered also when the look fails.
        begin(() -> turn.forEach(question -> answer(question, Map.of())), () -> {
            Map<Integer, Object> infos = look(turn);
            return () -> turn.forEach(question -> answer(question, infos));
        });
    }

    /** One who cannot be answered keeps nothing from the others. */
    private static void answer(Question question, Map<Integer, Object> infos) {
        try {
            question.answer().accept(infosFor(question, infos));
        } catch (RuntimeException mistake) {
            LOG.log(Level.ERROR, "cannot answer a question for figures", mistake);
        }
    }

    @Override
    public long step(long now) {
        if (looking || everybody == null) {
            return NEVER;
        }
        long next = pace.next(now);
        if (next > now) {
            return next;
        }
        List<ProcessView> all = List.copyOf(everybody.get());
        begin(() -> {}, () -> {
            rehearse(all);
            long began = clock.nanos();
            sample(all);
            long nanos = clock.nanos() - began;
            return () -> pace.done(clock.nanos(), nanos);
        });
        return NEVER;
    }

    /**
     * @param otherwise for circus-loop, when the look fails
     * @param look for circus-stats; what it returns is for circus-loop
     */
    private void begin(Runnable otherwise, Supplier<Runnable> look) {
        looking = true;
        try {
            thread.execute(() -> {
                Runnable then = otherwise;
                try {
                    then = look.get();
                } finally {
                    Runnable outcome = then;
                    loop.execute(() -> done(outcome));
                }
            });
        } catch (RejectedExecutionException closed) {
            LOG.log(Level.DEBUG, "nobody looks at processes any more", closed);
        }
    }

    private void done(Runnable outcome) {
        looking = false;
        outcome.run();
        answerNext();
        agenda.accept(this);
    }

    private static Map<Integer, Object> infosFor(Question question, Map<Integer, Object> infos) {
        if (question.daemon()) {
            return infos;
        }
        Map<Integer, Object> own = new LinkedHashMap<>();
        for (ProcessView process : question.processes()) {
            Object info = infos.getOrDefault(process.pid(), ProcessFigures.GONE);
            own.put(process.pid(), info instanceof Told told ? told.as(question.encoded()) : info);
        }
        return own;
    }

    // From here on: circus-stats.

    /** An info object, and the same as JSON. */
    private record Told(Object info, JsonText text) {
        Object as(boolean encoded) {
            return encoded ? text : info;
        }
    }

    private Map<Integer, Object> look(List<Question> questions) {
        Map<Integer, ProcessView> asked = new LinkedHashMap<>();
        questions.forEach(question -> question.processes().forEach(process -> asked.put(process.pid(), process)));
        boolean encoded = questions.stream().anyMatch(Question::encoded);
        Map<Integer, Object> told = new LinkedHashMap<>();
        careful(() -> {
            figures().of(asked.values()).forEach((pid, info) -> told.put(pid, encoded ? encoded(info) : info));
            if (questions.stream().anyMatch(Question::daemon)) {
                told.put(ownPid, figures().ofDaemon(ownPid));
            }
        });
        return told;
    }

    /** A text that stands for a process that has gone is told as it is. */
    private static Object encoded(Object info) {
        return info instanceof Map ? new Told(info, Json.text(info)) : info;
    }

    private void sample(List<ProcessView> processes) {
        List<Integer> pids = new ArrayList<>();
        processes.forEach(process -> pids.add(process.pid()));
        pids.add(ownPid);
        careful(() -> figures().sample(pids));
    }

    /** An answer that nobody gets, before the first sample: code that runs for the first time would take as long again for who asks first. */
    private void rehearse(List<ProcessView> processes) {
        if (figures == null) {
            Map<Integer, Object> told = look(List.of(new Question(processes, false, true, infos -> {})));
            careful(() -> LOG.log(
                    Level.DEBUG,
                    "figures of {0} processes are {1} bytes",
                    told.size(),
                    Json.bytes(infosFor(new Question(processes, false, true, infos -> {}), told)).length));
        }
    }

    private static void careful(Runnable look) {
        try {
            look.run();
        } catch (RuntimeException | LinkageError mistake) {
            LOG.log(Level.ERROR, "cannot look at processes; stats tells nothing of them, or worse figures", mistake);
        }
    }

    private ProcessFigures figures() {
        if (figures == null) {
            figures = new ProcessFigures(
                    Machine.look(), new ProcFiles(new File("/proc")), new UserNames(Path.of("/etc/passwd")), clock);
        }
        return figures;
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
