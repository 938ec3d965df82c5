package circus.tests.docs;

import circus.options.Option;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The tables of docs/plugins.md, made from the declarations of plugins and their options. Pure functions. */
final class PluginReference {
    private PluginReference() {}

    static String fill(String page) {
        String filled = fill(fill(page, "common", options(PluginOptions.COMMON)), "classes", classes());
        for (PluginClass plugin : PluginClass.values()) {
            filled = fill(filled, plugin.title(), options(plugin.options()));
        }
        return filled;
    }

    /** @throws IllegalArgumentException when the page has no place for it */
    private static String fill(String page, String part, String table) {
        Matcher place = Pattern.compile("(<!-- generated: " + part + " -->\n).*?(<!-- end -->)", Pattern.DOTALL)
                .matcher(page);
        if (!place.find()) {
            throw new IllegalArgumentException("docs/plugins.md has no place for " + part);
        }
        return place.replaceFirst("$1\n" + Matcher.quoteReplacement(table) + "\n$2");
    }

    private static String classes() {
        StringBuilder table = new StringBuilder("| plugin | in Circus | |\n|---|---|---|\n");
        for (PluginClass plugin : PluginClass.values()) {
            table.append("| [`")
                    .append(plugin.title())
                    .append("`](#")
                    .append(plugin.title().toLowerCase(Locale.ROOT))
                    .append(") | `")
                    .append(plugin.circusName())
                    .append("` | ")
                    .append(plugin.doc())
                    .append(" |\n");
        }
        return table.toString();
    }

    private static String options(List<Option<?>> options) {
        StringBuilder table = new StringBuilder("| option | type | default | |\n|---|---|---|---|\n");
        for (Option<?> option : options) {
            table.append("| `")
                    .append(option.key())
                    .append("` | ")
                    .append(option.type().name())
                    .append(" | ")
                    .append(OptionReference.byDefault(option))
                    .append(" | ")
                    .append(option.doc().replace("|", "\\|"))
                    .append(" |\n");
        }
        return table.toString();
    }
}
