package circus.cli;

import circus.client.Answer;
import circus.client.CallException;
import circus.message.Json;
import circus.message.PythonText;
import java.io.PrintStream;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * {@code circusctl events}: asks for what is kept, page by page, and with {@code --follow} again whenever something is published. Each answer
 * goes on where the last one ended, so each event is printed once and in order, also over a restart of circusd. One thread.
 */
final class EventFeed {
    /** Asks circusd. */
    interface Control {
        Answer ask(Map<String, @Nullable Object> properties) throws CallException;
    }

    private static final Pattern ANY_ADDRESS = Pattern.compile("tcp://(\\*|0\\.0\\.0\\.0|\\[::])(:\\d+)");
    private static final Pattern HOST = Pattern.compile("tcp://(.*)(:\\d+)");

    private final PrintStream out;
    private final PrintStream err;
    private final String endpoint;
    private final Route route;
    private final boolean json;
    private final Map<String, @Nullable Object> properties;
    private final boolean follows;
    private final long limit;
    private final EventLines lines = new EventLines(ZoneId.systemDefault());
    private long printed;
    private boolean complained;
    private int code = Console.DONE;

    /**
     * @param endpoint where the control is
     * @param route to where the events are published
     * @param properties of the command line
     */
    EventFeed(
            PrintStream out,
            PrintStream err,
            String endpoint,
            Route route,
            boolean json,
            Map<String, @Nullable Object> properties) {
        this.out = out;
        this.err = err;
        this.endpoint = endpoint;
        this.route = route;
        this.json = json;
        this.properties = new LinkedHashMap<>(properties);
        this.follows = Boolean.TRUE.equals(this.properties.remove("follow"));
        this.limit = properties.get("limit") instanceof Long given ? given : Long.MAX_VALUE;
    }

    /** @return the exit code */
    int run(Control control) throws CallException {
        if (!follows) {
            printKept(control);
            return code;
        }
        try (EventBell bell = new EventBell(route)) {
            while (printNew(control, bell) && printed < limit) {
                if (out.checkError()) {
                    return Console.FAILED;
                }
                bell.await();
            }
            return code;
        } catch (InterruptedException hurried) {
            Thread.currentThread().interrupt();
            return Console.FAILED;
        }
    }

    /** All that is kept, in columns of one width. */
    private void printKept(Control control) throws CallException {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        Answer answer = control.ask(properties);
        long last = number(answer, "last");
        while (true) {
            if (isRefusal(answer)) {
                return;
            }
            List<Map<String, @Nullable Object>> page = events(answer);
            all.addAll(page);
            if (number(answer, "next") >= last || all.size() >= limit) {
                break;
            }
            answer = control.ask(properties);
        }
        all.forEach(lines::measure);
        all.forEach(this::print);
    }

    /** What has come since the last call. @return false when there is no more to come */
    private boolean printNew(Control control, EventBell bell) throws CallException {
        try {
            Answer answer;
            do {
                answer = control.ask(properties);
                if (isRefusal(answer)) {
                    return false;
                }
                complained = false;
                bell.at(reachable(PythonText.str(answer.fields().get("pubsub_endpoint"))));
                events(answer).forEach(this::print);
            } while (number(answer, "next") < number(answer, "last") && printed < limit);
        } catch (CallException gone) {
            if (gone.isInterrupted()) {
                throw gone;
            }
            if (!complained) {
                complained = true;
                Console.print(err, "circusctl: " + gone.getMessage() + ": waiting\n");
            }
        }
        return true;
    }

    private boolean isRefusal(Answer answer) {
        if (!answer.isError()) {
            return false;
        }
        if (json) {
            Console.print(out, Json.write(answer.fields()) + "\n");
        } else {
            Console.print(err, "error: " + answer.reason() + "\n");
            code = Console.REFUSED;
        }
        return true;
    }

    /** The events of an answer; the next request goes on behind them. */
    private List<Map<String, @Nullable Object>> events(Answer answer) {
        tellLoss(number(answer, "lost"));
        List<Map<String, @Nullable Object>> events = new ArrayList<>();
        if (answer.fields().get("events") instanceof List<?> given) {
            given.forEach(event -> events.add(Printer.map(event)));
        }
        properties.put("since", number(answer, "next"));
        if (limit != Long.MAX_VALUE) {
            properties.put("limit", Math.max(1, limit - printed - events.size()));
        }
        return events;
    }

    private void tellLoss(long lost) {
        Object since = properties.get("since");
        if (since == null) {
            return;
        }
        if (lost > 0) {
            Console.print(err, "circusctl: " + lost + " events after " + since + " are not kept any more\n");
        } else if (lost < 0) {
            Console.print(
                    err,
                    "circusctl: cannot tell how many events after " + since + " are lost: circusd numbers them anew\n");
        }
    }

    private void print(Map<String, @Nullable Object> event) {
        if (printed < limit) {
            printed++;
            Console.print(out, (json ? Json.write(event) : lines.line(event)) + "\n");
        }
    }

    private static long number(Answer answer, String field) {
        return answer.fields().get(field) instanceof Long number ? number : 0;
    }

    /** An endpoint on all addresses of circusd's machine is reached where its control is. */
    private String reachable(String published) {
        Matcher any = ANY_ADDRESS.matcher(published);
        Matcher control = HOST.matcher(endpoint);
        return any.matches() && control.matches() ? "tcp://" + control.group(1) + any.group(2) : published;
    }
}
