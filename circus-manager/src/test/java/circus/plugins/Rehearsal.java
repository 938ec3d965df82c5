package circus.plugins;

import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import circus.plugin.PluginTask;
import circus.plugin.PluginTimer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** What a plugin has of circusd, played by a test: the test's thread is the plugin's, and it tells when a period is over. */
final class Rehearsal implements PluginContext {
    private static final long TO_COME_SECONDS = 30;

    private final Map<String, String> config;
    private final BlockingQueue<PluginTask> posted = new LinkedBlockingQueue<>();
    private final List<PluginTask> rounds = new ArrayList<>();

    /** The period of the last timer. */
    Duration period = Duration.ZERO;

    /** What was cast: the command, and a name. */
    final List<String> casts = new ArrayList<>();

    /** Answers calls; null: there will be no answer. */
    Function<String, @Nullable Map<String, @Nullable Object>> circusd = command -> null;

    Rehearsal(Map<String, String> config) {
        this.config = config;
    }

    /** A period is over. */
    void round() throws Exception {
        for (PluginTask task : rounds) {
            task.run();
        }
    }

    /** Does what another thread has posted, waiting for it. */
    void posted() throws Exception {
        PluginTask task = posted.poll(TO_COME_SECONDS, TimeUnit.SECONDS);
        if (task == null) {
            throw new AssertionError("nothing was posted");
        }
        task.run();
    }

    /** A period is over, and what follows from it. */
    void wholeRound() throws Exception {
        round();
        posted();
    }

    boolean isNothingPosted() {
        return posted.isEmpty();
    }

    @Override
    public String name() {
        return "plugin:rehearsed";
    }

    @Override
    public Map<String, String> config() {
        return config;
    }

    @Override
    public Map<String, @Nullable Object> call(String command, Map<String, ?> properties) throws PluginCallException {
        Map<String, @Nullable Object> answer = circusd.apply(command);
        if (answer == null) {
            throw new PluginCallException("circusd has ended");
        }
        return answer;
    }

    @Override
    public void cast(String command, Map<String, ?> properties) {
        casts.add(command + " " + properties.get("name"));
    }

    @Override
    public void remember(String text) {
        throw new UnsupportedOperationException();
    }

    @Override
    public String remembered() {
        throw new UnsupportedOperationException();
    }

    @Override
    public PluginTimer every(Duration every, PluginTask task) {
        period = every;
        rounds.add(task);
        return () -> rounds.remove(task);
    }

    @Override
    public PluginTimer after(Duration delay, PluginTask task) {
        throw new UnsupportedOperationException();
    }

    @Override
    public void execute(PluginTask task) {
        posted.add(task);
    }
}
