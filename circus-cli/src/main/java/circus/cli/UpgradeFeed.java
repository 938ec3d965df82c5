package circus.cli;

import circus.client.Answer;
import circus.client.CallException;
import circus.message.Json;
import circus.message.PythonText;
import java.io.PrintStream;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code circusctl upgrade}: begins it, and prints each step as it happens. Asks again and again how it goes, so it does not matter which
 * circusd answers. One thread.
 */
final class UpgradeFeed {
    private static final long PAUSE_MILLIS = 50;

    /** Nobody may answer for a moment, while one circusd goes and another has its place. */
    private static final int MOST_FAILURES = 5;

    private final PrintStream out;
    private final PrintStream err;
    private final boolean json;
    private final Map<String, @Nullable Object> properties;
    private final int width;

    /** @param properties of the command line */
    UpgradeFeed(PrintStream out, PrintStream err, boolean json, Map<String, @Nullable Object> properties)
            throws ArgumentException {
        this.out = out;
        this.err = err;
        this.json = json;
        this.properties = new LinkedHashMap<>(properties);
        this.width = "probation".length();
        if (properties.get("to") instanceof String to) {
            try {
                this.properties.put(
                        "to", Path.of(to).toAbsolutePath().normalize().toString());
            } catch (InvalidPathException malformed) {
                throw new ArgumentException("cannot use " + to + " as --to: " + malformed.getReason());
            }
        }
    }

    /** @return the exit code */
    int run(EventFeed.Control control) throws CallException {
        Answer answer = control.ask(properties);
        if (answer.isError()) {
            if (json) {
                Console.print(out, Json.write(answer.fields()) + "\n");
            }
            Console.print(err, "error: " + answer.reason() + "\n");
            return Console.REFUSED;
        }
        @Nullable Object number = answer.fields().get("upgrade");
        int failures = 0;
        while (true) {
            print(answer);
            Object state = answer.fields().get("state");
            if (!"running".equals(state)) {
                return "done".equals(state) ? Console.DONE : Console.FAILED;
            }
            if (!pause()) {
                return Console.FAILED;
            }
            Map<String, @Nullable Object> next = new LinkedHashMap<>();
            next.put("look", true);
            next.put("since", answer.fields().get("next"));
            try {
                Answer later = control.ask(next);
                failures = 0;
                if (!later.isError()) {
                    if (number != null && !number.equals(later.fields().get("upgrade"))) {
                        Console.print(
                                err, "circusctl: cannot tell how it went: circusd does not know of this upgrade\n");
                        return Console.FAILED;
                    }
                    answer = later;
                }
            } catch (CallException gone) {
                failures++;
                if (failures > MOST_FAILURES || gone.isInterrupted()) {
                    throw gone;
                }
            }
        }
    }

    private void print(Answer answer) {
        if (!(answer.fields().get("steps") instanceof List<?> steps)) {
            return;
        }
        for (Object each : steps) {
            Map<String, @Nullable Object> step = Printer.map(each);
            if (json) {
                Console.print(out, Json.write(step) + "\n");
                continue;
            }
            String word = PythonText.str(step.get("step"));
            String text = PythonText.str(step.get("text")).replace("\n", "\n" + " ".repeat(width + 2));
            Console.print(out, word + " ".repeat(Math.max(0, width - word.length()) + 2) + text + "\n");
        }
    }

    private static boolean pause() {
        try {
            boolean unused = new CountDownLatch(1).await(PAUSE_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
