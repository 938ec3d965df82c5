package circus.tests.docs;

import circus.message.Version;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Manual pages, as man(7) has them, of what programs say with {@code --help}. Pure functions. */
final class ManualPage {
    private static final String HEADER = ".TH %s 1 \"\" \"Circus %s\" \"Circus on Papa\"\n";

    private ManualPage() {}

    /**
     * @param summary what it is, in a few words
     * @param commands of those that have any, by their words, what {@code --help COMMAND} says
     */
    static String of(String program, String summary, HelpPage help, Map<String, HelpPage> commands) {
        StringBuilder page = new StringBuilder(".\\\" Made of what " + program + " --help says; change it there.\n");
        page.append(HEADER.formatted(program.toUpperCase(Locale.ROOT).replace("-", "\\-"), Version.TEXT));
        page.append(".SH NAME\n")
                .append(text(program))
                .append(" \\- ")
                .append(text(summary))
                .append('\n');
        page.append(".SH SYNOPSIS\n.nf\n");
        help.usage().forEach(each -> page.append(line(each)));
        page.append(".fi\n.SH DESCRIPTION\n");
        paragraphs(page, help.paragraphs());
        for (HelpPage.Section section : help.sections()) {
            page.append(".SH ")
                    .append(text(section.title().toUpperCase(Locale.ROOT)))
                    .append('\n');
            section(page, section);
        }
        commands.forEach((word, each) -> {
            page.append(".SH ")
                    .append(text((program + " " + word).toUpperCase(Locale.ROOT)))
                    .append("\n.nf\n");
            each.usage().forEach(way -> page.append(line(way)));
            page.append(".fi\n");
            paragraphs(page, each.paragraphs());
            for (HelpPage.Section section : each.sections()) {
                page.append(".SS ").append(text(section.title())).append('\n');
                section(page, section);
            }
        });
        page.append(".SH SEE ALSO\n");
        page.append("papa(1), circusd(1), circusctl(1), circusd\\-stats(1), the folder docs of the installation\n");
        return page.toString();
    }

    private static void paragraphs(StringBuilder page, List<String> paragraphs) {
        for (String paragraph : paragraphs) {
            page.append(".PP\n").append(line(paragraph));
        }
    }

    private static void section(StringBuilder page, HelpPage.Section section) {
        if (section.isOf("example")) {
            page.append(".nf\n");
            section.lines().stream().filter(each -> !each.isBlank()).forEach(each -> page.append(line(each)));
            page.append(".fi\n");
            return;
        }
        for (HelpPage.Entry entry : section.entries()) {
            page.append(".TP\n\\fB").append(text(entry.words())).append("\\fR\n");
            page.append(entry.doc().isEmpty() ? "\\&\n" : line(entry.doc()));
        }
    }

    private static String line(String text) {
        String escaped = text(text);
        boolean isRequest = escaped.startsWith(".") || escaped.startsWith("'");
        return (isRequest ? "\\&" : "") + escaped + "\n";
    }

    private static String text(String text) {
        return text.replace("\\", "\\e").replace("-", "\\-").replace("…", "...");
    }
}
