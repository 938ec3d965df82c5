package circus.top;

import circus.message.Json;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/** The program without a terminal: one table, one JSON object, or one of these every second. Its thread owns the figures. */
final class PlainRun {
    private static final long SECOND_NANOS = Duration.ofSeconds(1).toNanos();

    /** From the first message: what comes every second has come once then. */
    private static final long WHOLE_SECOND_NANOS = Duration.ofMillis(1_200).toNanos();

    private final Settings settings;
    private final Happenings happenings;
    private final PrintStream out;
    private final PrintStream err;
    private final Model model;
    private String lost = "";

    PlainRun(Settings settings, Happenings happenings, PrintStream out, PrintStream err) {
        this.settings = settings;
        this.happenings = happenings;
        this.out = out;
        this.err = err;
        this.model = new Model(settings.processTimeout());
    }

    /** @return the exit code */
    int run() throws InterruptedException {
        long begun = System.nanoTime();
        long next = begun + settings.timeout().toNanos();
        while (true) {
            Happening happening = happenings.await(next - System.nanoTime());
            if (happening instanceof Happening.Ended) {
                return 0;
            }
            if (happening != null && System.nanoTime() - next < SECOND_NANOS) {
                boolean first = !model.isFed();
                take(happening);
                if (first && model.isFed()) {
                    next = System.nanoTime() + WHOLE_SECOND_NANOS;
                }
                continue;
            }
            if (!model.isFed()) {
                print(
                        err,
                        "circus-top: cannot show figures: no data came from " + settings.endpoint() + " in "
                                + Units.fixed(settings.timeout().toMillis() / 1e3, 1) + " s"
                                + (lost.isEmpty() ? "" : " (" + lost + ")")
                                + "; has circusd statsd = True, and is this its stats_endpoint?\n");
                return 1;
            }
            next += SECOND_NANOS;
            print(out, text());
            if (settings.once() || !settings.json() || out.checkError()) {
                return 0;
            }
        }
    }

    private void take(Happening happening) {
        if (happening instanceof Happening.Told told) {
            model.accept(told.message(), System.nanoTime());
            lost = "";
        } else if (happening instanceof Happening.Lost trouble) {
            lost = trouble.reason();
        } else if (happening instanceof Happening.Reported reported) {
            model.reports(reported.reports());
        }
    }

    private String text() {
        double seconds = System.currentTimeMillis() / 1e3;
        return settings.json()
                ? Json.write(Report.json(model, settings.endpoint(), seconds)) + "\n"
                : Report.table(model, settings.look().unicode(), seconds);
    }

    /** UTF-8 whatever the locale says, as circusctl does. */
    static void print(PrintStream stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        stream.write(bytes, 0, bytes.length);
        stream.flush();
    }
}
