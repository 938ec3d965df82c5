package circus.cli;

import circus.client.Answer;
import circus.client.CallException;
import circus.command.Moment;
import circus.message.Json;
import circus.message.PythonText;
import java.io.PrintStream;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * {@code circusctl tail}: asks page by page, each time from where the last answer ended, and with {@code --follow} for ever. What an answer
 * needs to go on stands in it, so it does not matter which circusd answers, and nothing comes twice. One thread.
 */
final class TailFeed {
    /** Seconds that circusd is asked to wait for output, where the timeout allows. */
    private static final double WAIT = 1;

    private static final long RETRY_MILLIS = 100;

    /** How circusd refuses when too many read at once: no reason to end for who reads already. */
    private static final String TOO_MANY = "cannot read output: ";

    private final TailLines lines;
    private final PrintStream err;
    private final Settings settings;
    private final boolean follows;
    private final Map<String, @Nullable Object> properties;

    /** @param properties of the command line */
    TailFeed(TailLines lines, PrintStream err, Map<String, @Nullable Object> properties, Settings settings)
            throws ArgumentException {
        this.lines = lines;
        this.err = err;
        this.settings = settings;
        this.properties = new LinkedHashMap<>(properties);
        this.follows = Boolean.TRUE.equals(properties.get("follow"));
        if (properties.get("since") instanceof String since) {
            // A clock time is one of where it was typed; so long ago is by circusd's clock.
            this.properties.put(
                    "since",
                    Moment.read(since, ZonedDateTime.now(ZoneId.systemDefault()))
                            .orElseThrow(() -> new ArgumentException(
                                    "cannot use '" + since + "' as --since: " + Moment.EXPECTED)));
        }
    }

    /** @return the exit code */
    int run(EventFeed.Control control) throws CallException {
        boolean complained = false;
        boolean began = false;
        while (true) {
            Answer answer;
            try {
                answer = control.ask(properties);
                complained = false;
            } catch (CallException gone) {
                if (!began || !follows || gone.isInterrupted()) {
                    throw gone;
                }
                if (!complained) {
                    complained = true;
                    Console.print(err, "circusctl: " + gone.getMessage() + ": waiting\n");
                }
                if (!pause()) {
                    return Console.FAILED;
                }
                continue;
            }
            if (answer.isError()) {
                if (began && follows && answer.reason().startsWith(TOO_MANY) && pause()) {
                    continue;
                }
                return refused(answer);
            }
            began = true;
            print(answer);
            if (lines.isClosed()) {
                return Console.FAILED;
            }
            boolean more = Boolean.TRUE.equals(answer.fields().get("more"));
            if (!follows && !more) {
                lines.end();
                return Console.DONE;
            }
            properties.put("cursor", answer.fields().get("cursor"));
            properties.remove("lines");
            properties.remove("since");
            if (follows) {
                properties.put("wait", Math.min(WAIT, settings.timeout().toMillis() / 2000.0));
            }
        }
    }

    private int refused(Answer answer) {
        if (settings.json()) {
            lines.printJson(Json.write(answer.fields()));
            return Console.DONE;
        }
        Console.print(err, "error: " + answer.reason() + "\n");
        return Console.REFUSED;
    }

    private void print(Answer answer) {
        if (answer.fields().get("lines") instanceof List<?> given) {
            for (Object line : given) {
                Map<String, @Nullable Object> fields = Printer.map(line);
                if (fields.get("lost") instanceof Long lost) {
                    tellLoss(fields, lost);
                } else {
                    lines.print(fields);
                }
            }
            lines.flush();
        }
    }

    private void tellLoss(Map<String, @Nullable Object> fields, long lost) {
        if (settings.json()) {
            lines.print(fields);
            return;
        }
        lines.flush();
        Console.print(
                err,
                "circusctl: " + lost + " bytes of " + TailLines.name(fields) + " ("
                        + PythonText.str(fields.get("stream")) + ", pid " + PythonText.str(fields.get("pid"))
                        + ") are not in memory any more\n");
    }

    private static boolean pause() {
        try {
            boolean unused = new CountDownLatch(1).await(RETRY_MILLIS, TimeUnit.MILLISECONDS);
            return true;
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return false;
        }
    }
}
