package circus.cli;

import circus.client.Answer;
import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.spi.CommandDefinition;
import circus.message.PythonText;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** A successful reply as text for people and scripts, exactly as Circus prints it: without the last line's end. Pure functions. */
final class Printer {
    private static final List<String> INFO_LINE =
            List.of("cmdline", "username", "nice", "mem_info1", "mem_info2", "cpu", "mem", "ctime");

    private Printer() {}

    /** Of what was added, circusd says how it is printed. */
    static String text(CommandDeclaration command, Answer answer) {
        Map<String, @Nullable Object> fields = answer.fields();
        return command instanceof CommandSpec own
                ? text(own, fields)
                : PythonText.str(fields.getOrDefault(CommandDefinition.TEXT, "ok"));
    }

    private static String text(CommandSpec command, Map<String, @Nullable Object> fields) {
        return switch (command) {
            case LIST -> list(fields);
            case STATUS -> status(fields);
            case NUMPROCESSES -> PythonText.str(fields.get("numprocesses"));
            case NUMWATCHERS -> PythonText.str(fields.get("numwatchers"));
            case INCR, DECR -> resized(fields);
            case GLOBALOPTIONS -> options(map(fields.get("options")));
            case LISTSOCKETS -> sockets(fields.get("sockets"));
            case DSTATS -> daemon(fields.get("info"));
            case IPYTHON -> "error: " + shell(fields);
            case OPTIONS, GET ->
                fields.containsKey("changes")
                        ? RunTimeChanges.ofWatcher(map(fields.get("changes")))
                        : options(map(fields.get("options")));
            case STATS -> stats(fields);
            case RELOADCONFIG -> fields.containsKey("text") ? PythonText.str(fields.get("text")) : "ok";
            case POSTMORTEM -> new DeathReport(ZoneId.systemDefault()).text(fields);
            case COMMANDS -> commands(fields.get("commands"));
            case JOBS -> JobTable.text(fields);
            case START, STOP, RESTART, RELOAD, KILL, SIGNAL, SET, ADD, RM, QUIT, REOPEN, DETACH, CANCEL -> "ok";
            case VERSIONS -> new VersionTable(ZoneId.systemDefault()).text(fields);
            case EVENTS, TAIL, UPGRADE -> throw new IllegalStateException(command.word() + " is not printed here");
            case LISTEN, KEYGEN -> throw new IllegalStateException(command.word() + " has no reply");
        };
    }

    private static String commands(@Nullable Object commands) {
        List<String> lines = new ArrayList<>();
        if (commands instanceof List<?> list) {
            for (Object each : list) {
                Map<String, @Nullable Object> command = map(each);
                lines.add(PythonText.str(command.get("name")) + ": " + PythonText.str(command.get("summary")));
            }
        }
        return String.join("\n", lines);
    }

    private static String list(Map<String, @Nullable Object> fields) {
        Object items = fields.containsKey("pids") ? fields.get("pids") : fields.get("watchers");
        List<String> texts = new ArrayList<>();
        if (items instanceof List<?> list) {
            for (Object item : list) {
                texts.add(PythonText.str(item));
            }
        }
        return String.join(",", texts);
    }

    private static String status(Map<String, @Nullable Object> fields) {
        if (fields.containsKey("changes")) {
            return fields.containsKey("statuses")
                    ? RunTimeChanges.ofAll(fields)
                    : RunTimeChanges.ofWatcher(map(fields.get("changes")));
        }
        if (!fields.containsKey("statuses")) {
            List<String> lines = new ArrayList<>(List.of(PythonText.str(fields.get("status"))));
            output("", fields.get("output"), lines);
            return String.join("\n", lines);
        }
        Map<String, @Nullable Object> outputs = fields.containsKey("outputs") ? map(fields.get("outputs")) : Map.of();
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> entry : new TreeMap<>(map(fields.get("statuses"))).entrySet()) {
            lines.add(entry.getKey() + ": " + PythonText.str(entry.getValue()));
            output(entry.getKey() + ": ", outputs.get(entry.getKey()), lines);
        }
        return String.join("\n", lines);
    }

    /** What is wrong with a watcher's output: a line for each file that it waits for, and one for what was lost. */
    static void output(String beginning, @Nullable Object output, List<String> lines) {
        if (!(output instanceof Map<?, ?>)) {
            return;
        }
        Map<String, @Nullable Object> fields = map(output);
        if (fields.get("waiting") instanceof List<?> files) {
            for (Object file : files) {
                Map<String, @Nullable Object> waiting = map(file);
                lines.add(beginning + "output waits for " + PythonText.str(waiting.get("file")) + ": "
                        + PythonText.str(waiting.get("reason")));
            }
        }
        if (fields.get("lost") instanceof Number lost && lost.longValue() > 0) {
            lines.add(beginning + lost + " bytes of output lost");
        }
    }

    private static String resized(Map<String, @Nullable Object> fields) {
        if (fields.containsKey("singleton")) {
            return "This watcher is a Singleton - not changing the number of processes";
        }
        return fields.containsKey("numprocesses") ? PythonText.str(fields.get("numprocesses")) : "ok";
    }

    private static String options(Map<String, @Nullable Object> options) {
        List<String> lines = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> option : options.entrySet()) {
            lines.add(option.getKey() + ": " + value(option.getKey(), option.getValue()));
        }
        return String.join("\n", lines);
    }

    /** The value of an option. */
    static String value(String option, @Nullable Object value) {
        if (value == null) {
            return "";
        }
        return option.equals("env") && value instanceof Map<?, ?> ? environment(map(value)) : PythonText.str(value);
    }

    private static String environment(Map<String, @Nullable Object> environment) {
        List<String> variables = new ArrayList<>();
        for (Map.Entry<String, @Nullable Object> variable : new TreeMap<>(environment).entrySet()) {
            variables.add(variable.getKey() + "=" + PythonText.str(variable.getValue()));
        }
        return String.join(",", variables);
    }

    private static String stats(Map<String, @Nullable Object> fields) {
        List<String> lines = new ArrayList<>();
        if (fields.containsKey("name")) {
            watcher(PythonText.str(fields.get("name")), fields.get("info"), lines);
        } else if (fields.containsKey("infos")) {
            for (Map.Entry<String, @Nullable Object> watcher :
                    map(fields.get("infos")).entrySet()) {
                watcher(watcher.getKey(), watcher.getValue(), lines);
            }
        } else {
            process(PythonText.str(fields.get("process")), fields.get("info"), lines);
            lines.add("");
        }
        return String.join("\n", lines);
    }

    private static void watcher(String name, @Nullable Object infos, List<String> lines) {
        lines.add(name + ":");
        for (Map.Entry<String, @Nullable Object> process : map(infos).entrySet()) {
            process(process.getKey(), process.getValue(), lines);
        }
    }

    /** @param info the infos of a process, or a text that says why there are none */
    private static void process(String pid, @Nullable Object info, List<String> lines) {
        lines.add(pid + ": " + info(info));
        if (info instanceof Map<?, ?> fields && fields.get("children") instanceof List<?> children) {
            for (Object child : children) {
                lines.add("   " + info(child));
            }
        }
    }

    private static String info(@Nullable Object info) {
        if (!(info instanceof Map<?, ?> fields)) {
            return PythonText.str(info);
        }
        StringBuilder line = new StringBuilder(PythonText.str(fields.get("pid"))).append(' ');
        for (String key : INFO_LINE) {
            line.append(' ').append(PythonText.str(fields.get(key)));
        }
        return line.toString();
    }

    private static String sockets(@Nullable Object sockets) {
        List<String> lines = new ArrayList<>();
        if (sockets instanceof List<?> list) {
            for (Object each : list) {
                Map<String, @Nullable Object> socket = map(each);
                String place = socket.containsKey("path")
                        ? PythonText.str(socket.get("path"))
                        : PythonText.str(socket.get("host")) + ":" + PythonText.str(socket.get("port"));
                lines.add(PythonText.str(socket.get("fd")) + ":socket '" + PythonText.str(socket.get("name")) + "' at "
                        + place);
            }
        }
        return String.join("\n", lines);
    }

    /** A circusd in Python may have made one. */
    private static String shell(Map<String, @Nullable Object> fields) {
        return fields.get("shell") instanceof String file
                ? "cannot show the shell here; jupyter console --existing " + file + " does"
                : PythonText.str(fields.get("msg"));
    }

    private static String daemon(@Nullable Object info) {
        List<String> lines = new ArrayList<>(List.of("Main Process:", "    " + info(info)));
        if (info instanceof Map<?, ?> fields
                && fields.get("children") instanceof List<?> children
                && !children.isEmpty()) {
            lines.add("Children:");
            children.forEach(child -> lines.add("    " + info(child)));
        }
        return String.join("\n", lines);
    }

    /** The object in {@code value}; an empty one when there is something else. */
    static Map<String, @Nullable Object> map(@Nullable Object value) {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> given) {
            for (Map.Entry<?, ?> entry : given.entrySet()) {
                map.put(String.valueOf(entry.getKey()), entry.getValue());
            }
        }
        return map;
    }
}
