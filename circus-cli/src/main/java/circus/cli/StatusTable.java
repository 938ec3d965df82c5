package circus.cli;

import circus.client.Answer;
import circus.message.PythonText;
import circus.options.Signals;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What {@code circusctl status} shows a person: a line to a watcher, sorted by name. Made of the replies to {@code status} with {@code
 * details}, which only our circusd has, and to {@code stats}; what neither tells is left out. Pure functions.
 */
final class StatusTable {
    private static final String UNKNOWN = "-";
    private static final Pattern SIZE = Pattern.compile("(\\d+(?:\\.\\d+)?)([BKMGTPEZY]?)");
    private static final String UNITS = "BKMGTPEZY";
    private static final double UNIT = 1024;
    private static final double MILLI = 1e3;

    private static final int GREEN = 32;
    private static final int RED = 31;
    private static final int YELLOW = 33;

    private StatusTable() {}

    /**
     * Without the last line's end. What is wrong with output follows below, in the lines that a pipe gets.
     *
     * @param answer to {@code status} with {@code details}, of one watcher or of all
     * @param infos by watcher and pid; empty where there are none
     */
    static String text(Answer answer, Map<String, @Nullable Object> infos, Screen screen) {
        Map<String, @Nullable Object> fields = answer.fields();
        Map<String, @Nullable Object> details = Printer.map(fields.get("details"));
        Map<String, @Nullable Object> states = Printer.map(fields.get("statuses"));
        Map<String, @Nullable Object> outputs = Printer.map(fields.get("outputs"));
        if (!fields.containsKey("statuses")) {
            List<String> names = new ArrayList<>(details.isEmpty() ? infos.keySet() : details.keySet());
            for (String name : names) {
                states.put(name, fields.get("status"));
                outputs.put(name, fields.get("output"));
            }
        }
        List<String> lines =
                new ArrayList<>(List.of(text(states, details, infos, now(), Screen.columns(), screen.colours())));
        for (String name : new TreeMap<>(states).keySet()) {
            Printer.output(name + ": ", outputs.get(name), lines);
        }
        return String.join("\n", lines);
    }

    /**
     * Without the last line's end.
     *
     * @param states by watcher
     * @param details by watcher; empty where circusd does not know them
     * @param infos by watcher and pid; empty where there are none
     * @param now seconds since the epoch
     * @param width of the screen, in columns
     */
    static String text(
            Map<String, @Nullable Object> states,
            Map<String, @Nullable Object> details,
            Map<String, @Nullable Object> infos,
            double now,
            int width,
            boolean colours) {
        Columns table = new Columns(
                details.isEmpty()
                        ? List.of("NAME", "STATE", ">PROCESSES", ">UPTIME", ">CPU", ">MEMORY")
                        : List.of(
                                "NAME", "STATE", ">PROCESSES", ">UPTIME", ">CPU", ">MEMORY", ">RESTARTS", "LAST EXIT"));
        for (Map.Entry<String, @Nullable Object> watcher : new TreeMap<>(states).entrySet()) {
            String name = watcher.getKey();
            String state = PythonText.str(watcher.getValue());
            Map<String, @Nullable Object> known = Printer.map(find(details, name));
            Map<String, @Nullable Object> processes = Printer.map(find(infos, name));
            List<String> row = new ArrayList<>(List.of(
                    name.replaceAll("\\p{Cntrl}", "?"),
                    state,
                    count(known, processes),
                    uptime(known, processes, now),
                    cpu(processes),
                    memory(processes)));
            if (!details.isEmpty()) {
                row.add(known.get("restarts") instanceof Number restarts ? restarts.toString() : UNKNOWN);
                row.add(exit(Printer.map(known.get("last_exit")), now));
            }
            table.add(row, colour(state, known));
        }
        return table.text(width, colours);
    }

    /** Names differ in case between replies of a circusd in Python. */
    private static @Nullable Object find(Map<String, @Nullable Object> byName, String name) {
        if (byName.containsKey(name)) {
            return byName.get(name);
        }
        for (Map.Entry<String, @Nullable Object> entry : byName.entrySet()) {
            if (entry.getKey().equalsIgnoreCase(name)) {
                return entry.getValue();
            }
        }
        return null;
    }

    private static int colour(String state, Map<String, @Nullable Object> known) {
        boolean fewer = known.get("processes") instanceof Number processes
                && known.get("wanted") instanceof Number wanted
                && processes.longValue() < wanted.longValue();
        return switch (state) {
            case "active" -> fewer ? YELLOW : GREEN;
            case "stopped" -> RED;
            default -> YELLOW;
        };
    }

    private static String count(Map<String, @Nullable Object> known, Map<String, @Nullable Object> processes) {
        if (known.get("processes") instanceof Number count) {
            return known.get("wanted") instanceof Number wanted ? count + "/" + wanted : count.toString();
        }
        return Integer.toString(processes.size());
    }

    private static String uptime(
            Map<String, @Nullable Object> known, Map<String, @Nullable Object> processes, double now) {
        if (known.get("since") instanceof Number since) {
            return Durations.text(now - since.doubleValue());
        }
        double oldest = -1;
        for (Object info : processes.values()) {
            if (Printer.map(info).get("age") instanceof Number age) {
                oldest = Math.max(oldest, age.doubleValue());
            }
        }
        return oldest < 0 ? UNKNOWN : Durations.text(oldest);
    }

    private static String cpu(Map<String, @Nullable Object> processes) {
        double sum = 0;
        boolean told = false;
        for (Map<String, @Nullable Object> info : all(processes)) {
            if (info.get("cpu") instanceof Number cpu) {
                sum += cpu.doubleValue();
                told = true;
            }
        }
        return told ? String.format(Locale.ROOT, "%.1f%%", sum) : UNKNOWN;
    }

    private static String memory(Map<String, @Nullable Object> processes) {
        double sum = 0;
        boolean told = false;
        for (Map<String, @Nullable Object> info : all(processes)) {
            Matcher size = SIZE.matcher(PythonText.str(info.get("mem_info1")));
            if (size.matches()) {
                String unit = size.group(2);
                sum += Double.parseDouble(size.group(1)) * Math.pow(UNIT, unit.isEmpty() ? 0 : UNITS.indexOf(unit));
                told = true;
            }
        }
        return told ? size(sum) : UNKNOWN;
    }

    private static String size(double bytes) {
        double size = bytes;
        int unit = 0;
        while (size >= UNIT && unit < UNITS.length() - 1) {
            size /= UNIT;
            unit++;
        }
        return unit == 0
                ? String.format(Locale.ROOT, "%.0fB", size)
                : String.format(Locale.ROOT, "%.1f%s", size, UNITS.charAt(unit));
    }

    /** The processes of a watcher and their descendants. */
    private static List<Map<String, @Nullable Object>> all(Map<String, @Nullable Object> processes) {
        List<Map<String, @Nullable Object>> all = new ArrayList<>();
        for (Object info : processes.values()) {
            Map<String, @Nullable Object> process = Printer.map(info);
            all.add(process);
            if (process.get("children") instanceof List<?> children) {
                children.forEach(child -> all.add(Printer.map(child)));
            }
        }
        return all;
    }

    private static String exit(Map<String, @Nullable Object> exit, double now) {
        if (exit.isEmpty()) {
            return UNKNOWN;
        }
        String how = "unknown status";
        if (exit.get("code") instanceof Number code) {
            int number = code.intValue();
            how = number >= 0
                    ? "exit " + number
                    : Signals.name(-number).map(name -> "SIG" + name).orElse("signal " + -number);
        }
        String when =
                exit.get("time") instanceof Number time ? ", " + Durations.text(now - time.doubleValue()) + " ago" : "";
        Object reason = exit.get("reason");
        return how + when + (reason == null || "died".equals(reason) ? "" : " (" + PythonText.str(reason) + ")");
    }

    /** Seconds since the epoch. */
    private static double now() {
        return System.currentTimeMillis() / MILLI;
    }
}
