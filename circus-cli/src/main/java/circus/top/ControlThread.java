package circus.top;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.curve.KeyFile;
import circus.message.Request;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Asks the command endpoint: every two seconds how the watchers are, and at once what keys demand. */
final class ControlThread implements Runnable {
    private static final int MOST_TASKS = 8;
    private static final Duration PACE = Duration.ofSeconds(2);
    private static final Duration FOR_STATES = Duration.ofSeconds(2);
    private static final Duration FOR_A_TASK = Duration.ofSeconds(10);

    private final String endpoint;
    private final @Nullable KeyFile keys;
    private final Happenings happenings;
    private final BlockingQueue<Task> tasks = new ArrayBlockingQueue<>(MOST_TASKS);

    private ControlThread(String endpoint, @Nullable KeyFile keys, Happenings happenings) {
        this.endpoint = endpoint;
        this.keys = keys;
        this.happenings = happenings;
    }

    static ControlThread start(String endpoint, @Nullable KeyFile keys, Happenings happenings) {
        ControlThread control = new ControlThread(endpoint, keys, happenings);
        Thread thread = new Thread(control, "control");
        thread.setDaemon(true);
        thread.start();
        return control;
    }

    /** Any thread. @return false when too many wait already */
    boolean ask(Task task) {
        return tasks.offer(task);
    }

    @Override
    public void run() {
        try (CircusClient client = new CircusClient(endpoint, keys)) {
            long next = System.nanoTime();
            while (true) {
                Task task = tasks.poll(Math.max(0, next - System.nanoTime()), TimeUnit.NANOSECONDS);
                if (task != null) {
                    happenings.tell(carryOut(client, task));
                }
                // What a task has changed is seen at once.
                boolean changed = task != null && task.kind() == Task.Kind.CHANGE;
                if (changed || System.nanoTime() - next >= 0) {
                    happenings.tell(states(client));
                    next = System.nanoTime() + PACE.toNanos();
                }
            }
        } catch (InterruptedException ended) {
            Thread.currentThread().interrupt();
        }
    }

    private static Happening carryOut(CircusClient client, Task task) {
        try {
            Answer answer = client.call(request(task.command(), task.properties()), FOR_A_TASK);
            return new Happening.Outcome(task, answer, "");
        } catch (CallException failure) {
            return new Happening.Outcome(task, null, String.valueOf(failure.getMessage()));
        }
    }

    private static Happening states(CircusClient client) {
        try {
            Answer answer = client.call(request("status", Map.of("details", true)), FOR_STATES);
            return answer.isError()
                    ? new Happening.Silent(answer.reason())
                    : new Happening.Reported(WatcherReport.read(answer.fields()));
        } catch (CallException failure) {
            return new Happening.Silent(String.valueOf(failure.getMessage()));
        }
    }

    private static Request request(String command, Map<String, @Nullable Object> properties) {
        return new Request(CircusClient.freshId(), command, properties, false);
    }
}
