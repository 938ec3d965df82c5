package circus.manager.upgrade;

import circus.message.Json;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * How the latest upgrade goes, for whoever asks. Outlives the manager's term, and is told to the circusd that comes. Any thread.
 */
public final class Progress {
    /** No upgrade has so many. */
    private static final int MOST_STEPS = 1_000;

    private static final String RUNNING = "running";
    private static final String DONE = "done";
    private static final String FAILED = "failed";

    private final List<Map<String, @Nullable Object>> steps = new ArrayList<>();
    private long number;
    private String state = "";
    private String reason = "";

    /** @return false if one is under way */
    synchronized boolean begin(Instant now) {
        if (state.equals(RUNNING)) {
            return false;
        }
        steps.clear();
        number = now.toEpochMilli();
        state = RUNNING;
        reason = "";
        return true;
    }

    synchronized void step(String word, String text) {
        if (steps.size() < MOST_STEPS) {
            Map<String, @Nullable Object> step = new LinkedHashMap<>();
            step.put("time", Json.seconds(Instant.now()));
            step.put("step", word);
            step.put("text", text);
            steps.add(step);
        }
    }

    synchronized void done(String text) {
        step("done", text);
        state = DONE;
    }

    synchronized void failed(String why) {
        step("failed", why);
        state = FAILED;
        reason = why;
    }

    /** The former circusd manages again. */
    public void takenBack(String why) {
        failed(why);
    }

    public synchronized boolean isRunning() {
        return state.equals(RUNNING);
    }

    synchronized long number() {
        return number;
    }

    /**
     * For an answer.
     *
     * @param since how many steps are known already
     */
    public synchronized Map<String, @Nullable Object> report(long since) {
        Map<String, @Nullable Object> report = new LinkedHashMap<>();
        report.put("upgrade", number);
        report.put("state", state);
        report.put("reason", reason.isEmpty() ? null : reason);
        report.put("steps", List.copyOf(steps.subList((int) Math.min(Math.max(0, since), steps.size()), steps.size())));
        report.put("next", steps.size());
        return report;
    }

    /** As another circusd has it. */
    synchronized void copy(Map<String, @Nullable Object> report) {
        number = report.get("upgrade") instanceof Number given ? given.longValue() : 0;
        state = String.valueOf(report.get("state"));
        reason = report.get("reason") instanceof String given ? given : "";
        steps.clear();
        if (report.get("steps") instanceof List<?> given) {
            for (Object each : given) {
                if (each instanceof Map<?, ?> map && steps.size() < MOST_STEPS) {
                    Map<String, @Nullable Object> step = new LinkedHashMap<>();
                    map.forEach((key, value) -> step.put(String.valueOf(key), value));
                    steps.add(step);
                }
            }
        }
    }
}
