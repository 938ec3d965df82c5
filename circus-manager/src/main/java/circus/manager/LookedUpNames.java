package circus.manager;

import circus.manager.arbiter.ForeignNames;
import circus.manager.python.NameCheck;
import circus.manager.python.NameCheck.Question;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/** Has Python look at names, on a thread of its own ({@code circus-python-names}, there only while it is needed). Used on circus-loop only. */
final class LookedUpNames implements ForeignNames {
    private static final System.Logger LOG = System.getLogger(LookedUpNames.class.getName());

    private final Map<String, String> environment;
    private final Executor loop;
    private final Consumer<Question> accepted;
    private final ThreadPoolExecutor looking =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), task -> {
                Thread thread = new Thread(task, "circus-python-names");
                thread.setDaemon(true);
                return thread;
            });

    /**
     * @param environment circusd's own
     * @param accepted told on circus-loop of each that can be used, and may have changed
     */
    LookedUpNames(Map<String, String> environment, Executor loop, Consumer<Question> accepted) {
        this.environment = environment;
        this.loop = loop;
        this.accepted = accepted;
        looking.allowCoreThreadTimeOut(true);
    }

    @Override
    public void look(List<String> path, List<Question> questions, Consumer<Map<Question, String>> then) {
        looking.execute(() -> {
            Map<Question, String> refusals;
            try {
                refusals = new NameCheck(environment).refusals(path, questions);
            } catch (RuntimeException ours) {
                LOG.log(Level.ERROR, "cannot look at " + questions + ", by a mistake of ours", ours);
                refusals = Map.of();
            }
            Map<Question, String> found = refusals;
            loop.execute(() -> {
                questions.stream().filter(each -> !found.containsKey(each)).forEach(accepted);
                then.accept(found);
            });
        });
    }
}
