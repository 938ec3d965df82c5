package circus.manager.recall;

import circus.manager.output.LogStanding;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Death;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.Reply;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.SynchronousQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Where those come who want to read output. Each question has a thread ({@code circus-tail}) until it is answered, since it may wait for
 * output, for a disk, for the kernel; there are {@value #MOST} at most, and none while nobody asks.
 */
public final class TailDesk {
    private static final System.Logger LOG = System.getLogger(TailDesk.class.getName());
    private static final int MOST = 32;
    private static final long IDLE_SECONDS = 10;

    /** For circus-output, which has more to do right after a start; it does not wait for disks for longer than a second. */
    private static final long LONGEST_WAIT_SECONDS = 3;

    private final Recall recall;
    private final TailReader reader;
    private final Executor loop;
    private final ThreadPoolExecutor threads =
            new ThreadPoolExecutor(0, MOST, IDLE_SECONDS, TimeUnit.SECONDS, new SynchronousQueue<>(), task -> {
                Thread created = new Thread(task, "circus-tail");
                created.setDaemon(true);
                return created;
            });

    /**
     * @param logs asks what stands in the log files
     * @param lease {@code circus.ARB}
     * @param loop has tasks done on circus-loop
     */
    public TailDesk(
            Recall recall,
            Supplier<CompletableFuture<List<LogStanding>>> logs,
            Path kernelSocket,
            String lease,
            Clock clock,
            Executor loop) {
        this.recall = recall;
        this.reader = new TailReader(
                recall, new KernelCatchUp(kernelSocket, lease + ".*", recall), () -> standing(logs), clock);
        this.loop = loop;
    }

    /** None, where a disk hangs. */
    private static List<LogStanding> standing(Supplier<CompletableFuture<List<LogStanding>>> logs) {
        try {
            return logs.get().get(LONGEST_WAIT_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (ExecutionException | TimeoutException notTold) {
            return List.of();
        }
    }

    /** How a worker of each watcher has ended last, as far as is known, by the watcher's name in lower case. Does not wait. */
    public Map<String, Death> lastDeaths() {
        return recall.lastDeaths();
    }

    /**
     * Answers on circus-loop, by a page, or by a refusal when nobody is meant.
     *
     * @throws CommandException when too many ask at once
     */
    public void ask(TailQuestion question, Consumer<Reply> answer) throws CommandException {
        begin(() -> answer(question), answer);
    }

    /**
     * Answers on circus-loop, by how workers have ended, or by a refusal when there is no such watcher.
     *
     * @param name of a watcher, or {@code web.1}
     * @param lines so many of each channel
     * @param watchers the names of those that there are
     * @throws CommandException when too many ask at once
     */
    public void postmortem(String name, long lines, List<String> watchers, Consumer<Reply> answer)
            throws CommandException {
        begin(
                () -> {
                    List<Object> deaths = new Postmortems(recall).of(name, lines);
                    Selection selection = new Selection(List.of(name));
                    if (deaths.isEmpty()
                            && selection.vain(watchers, recall.speakers()).isPresent()) {
                        return CommandException.invalid("cannot tell of " + name
                                        + ": no watcher or worker of that name is known; circusctl status tells the"
                                        + " watchers")
                                .reply();
                    }
                    return Reply.ok("deaths", Json.text(deaths));
                },
                answer);
    }

    private void begin(Supplier<Reply> work, Consumer<Reply> answer) throws CommandException {
        try {
            threads.execute(() -> {
                Reply reply = done(work);
                loop.execute(() -> answer.accept(reply));
            });
        } catch (RejectedExecutionException full) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR,
                    "cannot read output: " + MOST + " others are being answered or wait for output; ask again later");
        }
    }

    private static Reply done(Supplier<Reply> work) {
        try {
            return work.get();
        } catch (RuntimeException mistake) {
            LOG.log(Level.ERROR, "cannot read the output of workers", mistake);
            return new CommandException(ErrorCode.COMMAND_ERROR, "cannot read output: " + mistake).reply();
        }
    }

    private Reply answer(TailQuestion question) {
        try {
            TailPage page = reader.read(question);
            if (question.cursor() == null) {
                Optional<String> vain = question.selection().vain(question.watchers(), recall.speakers());
                if (vain.isPresent()) {
                    return CommandException.invalid("cannot tail " + vain.get()
                                    + ": no watcher, worker or pid of that name is known; circusctl status tells the"
                                    + " watchers")
                            .reply();
                }
            }
            // Put into JSON here, so that circus-loop has little to do with it.
            Map<String, @Nullable Object> fields = new LinkedHashMap<>();
            page.toJson(question.watchers()).forEach((key, value) -> fields.put(key, Json.text(value)));
            return new Reply.Ok(fields);
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
            return new CommandException(ErrorCode.COMMAND_ERROR, "cannot tail: circusd ends").reply();
        }
    }
}
