package circus.manager.stats;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.io.IOException;
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
import org.jspecify.annotations.Nullable;

/**
 * Reads the figures of processes on a thread of its own, {@code circus-stats}, since a thousand of them take a while; answers come back on
 * circus-loop. Called on circus-loop only.
 */
public final class StatsReader implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(StatsReader.class.getName());

    /** More questions than this do not wait; who asks too much is told that nothing is known. */
    private static final int MOST_WAITING = 100;

    /** What stands for a process that has gone in the meantime. */
    static final String GONE = "No such process (stopped?)";

    private final Executor loop;
    private final ThreadPoolExecutor thread;
    private final Clock clock;
    private @Nullable ProcessFigures figures;

    /** @param loop runs tasks on circus-loop */
    public StatsReader(Executor loop, Clock clock) {
        this.loop = loop;
        this.clock = clock;
        this.thread =
                new ThreadPoolExecutor(0, 1, 30, TimeUnit.SECONDS, new ArrayBlockingQueue<>(MOST_WAITING), task -> {
                    Thread created = new Thread(task, "circus-stats");
                    created.setDaemon(true);
                    return created;
                });
    }

    /** Answers with one entry for each process, in the given order: an info object, or a text where it has gone. */
    public void read(List<ProcessView> processes, Consumer<Map<Integer, Object>> answer) {
        List<ProcessView> asked = new ArrayList<>(processes);
        try {
            thread.execute(() -> {
                Map<Integer, Object> infos = look(asked);
                loop.execute(() -> answer.accept(infos));
            });
        } catch (RejectedExecutionException tooMany) {
            Map<Integer, Object> nothing = new LinkedHashMap<>();
            processes.forEach(process -> nothing.put(process.pid(), GONE));
            answer.accept(nothing);
        }
    }

    /**
     * Answers with the info object of circusd itself, for {@code dstats}: without children, {@code started} and {@code wid}. A text instead
     * of a map says that nothing could be read.
     *
     * @throws CommandException when too many questions wait already
     */
    public void readDaemon(Consumer<Object> answer) throws CommandException {
        try {
            thread.execute(() -> {
                Object info = lookAtDaemon();
                loop.execute(() -> answer.accept(info));
            });
        } catch (RejectedExecutionException tooMany) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot read the figures of circusd: " + MOST_WAITING
                            + " questions for figures wait already; ask again later");
        }
    }

    private Object lookAtDaemon() {
        try {
            return figures().ofDaemon((int) ProcessHandle.current().pid());
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.DEBUG, "cannot read the figures of circusd", unreadable);
            return GONE;
        }
    }

    private ProcessFigures figures() throws IOException {
        if (figures == null) {
            figures = new ProcessFigures(new ProcFiles(Path.of("/proc"), Path.of("/etc/passwd")), clock);
        }
        return figures;
    }

    private Map<Integer, Object> look(List<ProcessView> processes) {
        Map<Integer, Object> infos = new LinkedHashMap<>();
        for (ProcessView process : processes) {
            infos.put(process.pid(), look(process));
        }
        if (figures != null) {
            figures.tidy();
        }
        return infos;
    }

    private Object look(ProcessView process) {
        try {
            return figures().of(process);
        } catch (IOException | RuntimeException unreadable) {
            LOG.log(Level.DEBUG, "cannot read the figures of a process", unreadable);
            return GONE;
        }
    }

    @Override
    public void close() {
        thread.shutdownNow();
    }
}
