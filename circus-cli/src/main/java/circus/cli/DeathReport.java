package circus.cli;

import circus.message.PythonText;
import circus.options.Signals;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The answer to {@code postmortem}, for people. */
final class DeathReport {
    private static final DateTimeFormatter TIME = DateTimeFormatter.ofPattern("uuuu-MM-dd HH:mm:ss.SSS");
    private static final double KB = 1024;
    private static final double MINUTE = 60;

    private final ZoneId zone;

    DeathReport(ZoneId zone) {
        this.zone = zone;
    }

    /** Without the end of the last line. */
    String text(Map<String, @Nullable Object> fields) {
        List<String> lines = new ArrayList<>();
        if (fields.get("deaths") instanceof List<?> deaths) {
            for (Object death : deaths) {
                if (!lines.isEmpty()) {
                    lines.add("");
                }
                one(Printer.map(death), lines);
            }
        }
        return lines.isEmpty() ? "no end of such a worker is remembered" : String.join("\n", lines);
    }

    private void one(Map<String, @Nullable Object> death, List<String> lines) {
        double started = number(death.get("started"));
        double ended = number(death.get("ended"));
        lines.add(TailLines.name(death) + ", pid " + PythonText.str(death.get("pid")) + ": " + status(death) + ", "
                + why(death) + ", after " + lived(ended - started));
        lines.add("  started " + time(started) + ", ended " + time(ended));
        resources(Printer.map(death.get("resources")), lines);
        channel("stdout", death, lines);
        channel("stderr", death, lines);
    }

    private static String status(Map<String, @Nullable Object> death) {
        if (death.get("exit_code") == null) {
            return "exit status unknown, the kernel was lost";
        }
        long code = (long) number(death.get("exit_code"));
        return code >= 0
                ? "exit status " + code
                : "signal " + -code
                        + Signals.name((int) -code)
                                .map(name -> " (SIG" + name + ")")
                                .orElse("");
    }

    /** What it has used, where that is known. */
    private static void resources(Map<String, @Nullable Object> used, List<String> lines) {
        if (!used.isEmpty()) {
            lines.add(String.format(
                    Locale.ROOT,
                    "  resources: %.2f s user, %.2f s system, %s",
                    number(used.get("user")),
                    number(used.get("system")),
                    used.containsKey("max_rss")
                            ? size(number(used.get("max_rss"))) + " at most"
                            : size(number(used.get("max_rss_below"))) + " or less"));
        }
    }

    private static String size(double bytes) {
        if (bytes >= KB * KB * KB) {
            return String.format(Locale.ROOT, "%.2f GB", bytes / (KB * KB * KB));
        }
        return bytes >= KB * KB
                ? String.format(Locale.ROOT, "%.1f MB", bytes / (KB * KB))
                : String.format(Locale.ROOT, "%.0f KB", bytes / KB);
    }

    private static String why(Map<String, @Nullable Object> death) {
        String reason = PythonText.str(death.get("reason"));
        if (death.get("command") == null) {
            return switch (reason) {
                case "died" -> "died";
                case "left" -> "left alone by rm --nostop";
                default -> "ended by circusd (" + reason + ")";
            };
        }
        String by = death.get("by") == null ? "" : " (" + PythonText.str(death.get("by")) + ")";
        return "ended by: " + PythonText.str(death.get("command")) + by;
    }

    private static String lived(double seconds) {
        return seconds < MINUTE
                ? String.format(Locale.ROOT, "%.3f s", Math.max(0, seconds))
                : Durations.aboveSeconds((long) seconds);
    }

    private static void channel(String channel, Map<String, @Nullable Object> death, List<String> lines) {
        if (!(death.get(channel) instanceof List<?> said) || said.isEmpty()) {
            return;
        }
        lines.add("  " + channel + ":");
        for (Object line : said) {
            Map<String, @Nullable Object> fields = Printer.map(line);
            lines.add("    "
                    + (fields.containsKey("lost")
                            ? "(" + fields.get("lost") + " bytes are not in memory any more)"
                            : PythonText.str(fields.get("message"))));
        }
    }

    private String time(double seconds) {
        return TIME.format(Instant.ofEpochMilli(Math.round(seconds * 1e3)).atZone(zone));
    }

    private static double number(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : 0;
    }
}
