package circus.tests.docs;

import circus.message.Json;
import circus.options.CircusOptions;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.SocketOptions;
import circus.options.StreamClass;
import circus.options.StreamOptions;
import circus.options.Support;
import circus.options.WatcherOptions;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The reference page of options, made from their declarations. Pure functions. */
final class OptionReference {
    private static final String INTRODUCTION = """
            # Options of the configuration file

            The reference of this version, generated from the declarations in `circus.options`; change it there. An option without ○ or ✗ is
            acted on. ✎: `circusctl set` changes it [while the watcher runs](changing.md). ○: known, accepted and shown, but without effect in
            this version; circusd warns, with file and line. ✗: refused, because to ignore it would be dangerous.

            """;

    private static final Set<String> NOTHING = Set.of("", "null", "[]", "{}");

    private OptionReference() {}

    static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        section(page, "[circus]", CircusOptions.ALL);
        section(page, "[watcher:NAME]", WatcherOptions.ALL);
        families(page);
        section(page, "[socket:NAME]", SocketOptions.ALL);
        streams(page);
        return page.toString().stripTrailing() + "\n";
    }

    private static void section(StringBuilder page, String title, List<Option<?>> options) {
        page.append("## ").append(title).append("\n\n| option | type | default | |\n|---|---|---|---|\n");
        for (Option<?> option : options) {
            page.append("| `")
                    .append(option.key())
                    .append("`")
                    .append(option.settable() ? " ✎" : "")
                    .append(mark(option.support()))
                    .append(" | ")
                    .append(option.type().name())
                    .append(" | ")
                    .append(byDefault(option))
                    .append(" | ")
                    .append(option.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        page.append('\n');
    }

    private static void streams(StringBuilder page) {
        page.append("## stdout_stream.KEY and stderr_stream.KEY, in [watcher:NAME]\n\n")
                .append(
                        "[Logs](logs.md) tells about the classes. All of these can be changed while the watcher runs.\n\n")
                .append("| option | type | default | of | |\n|---|---|---|---|---|\n");
        for (Option<?> option : StreamOptions.ALL) {
            page.append("| `")
                    .append(option.key())
                    .append("` ✎")
                    .append(mark(option.support()))
                    .append(" | ")
                    .append(option.type().name())
                    .append(" | ")
                    .append(byDefault(option))
                    .append(" | ")
                    .append(classes(option))
                    .append(" | ")
                    .append(option.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        page.append('\n');
    }

    private static String classes(Option<?> option) {
        Set<StreamClass> classes = StreamOptions.classes(option.key());
        if (classes.size() == StreamClass.values().length) {
            return "all";
        }
        return Stream.of(StreamClass.values())
                .filter(classes::contains)
                .map(StreamClass::title)
                .collect(Collectors.joining(", "));
    }

    /** Rows of the table before: options of which the user chooses a part of the name. */
    private static void families(StringBuilder page) {
        page.setLength(page.length() - 1);
        for (OptionFamily family : WatcherOptions.FAMILIES) {
            page.append("| `")
                    .append(family.prefix())
                    .append(family.prefix().contains("stream") ? "KEY" : "NAME")
                    .append("` ✎")
                    .append(mark(family.support()))
                    .append(" | | | ")
                    .append(family.doc())
                    .append(" |\n");
        }
        page.append('\n');
    }

    private static String mark(Support support) {
        return switch (support) {
            case EFFECTIVE -> "";
            case WITHOUT_EFFECT -> " ○";
            case REFUSED -> " ✗";
        };
    }

    /** As it is written, as code; nothing where there is nothing to write. */
    static <T> String byDefault(Option<T> option) {
        Object value = option.type().toJson(option.byDefault());
        String text = value instanceof String words ? words : Json.write(value);
        return NOTHING.contains(text) ? "" : "`" + text + "`";
    }
}
