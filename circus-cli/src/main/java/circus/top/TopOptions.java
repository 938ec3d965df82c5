package circus.top;

import circus.message.Endpoints;
import java.lang.reflect.Field;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Help;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Model.UsageMessageSpec;
import picocli.CommandLine.Option;

/** The words of the command line; filled by picocli, and then read only. */
@Command(
        name = "circus-top",
        sortOptions = false,
        usageHelpWidth = 100,
        synopsisHeading = "usage: ",
        customSynopsis = "circus-top [options]",
        descriptionHeading = "%n",
        description = "Shows watchers, processes and sockets of a circusd, and what they take of the machine.",
        footerHeading = "%nexamples:%n",
        footer = {
            "  circus-top                                  all on this screen; h tells the keys",
            "  circus-top --endpoint tcp://10.0.0.5:5557 --control tcp://10.0.0.5:5555 --read-only",
            "  circus-top --ssh me@far.example.com         of a circusd on another machine",
            "  circus-top --once | sort                    one table as plain text",
            "  circus-top --json | grep web                a line of JSON every second"
        })
final class TopOptions {
    @Mixin
    Source source = new Source();

    @Mixin
    Manner manner = new Manner();

    @Mixin
    Plain plain = new Plain();

    @Mixin
    Other other = new Other();

    /** The parts of the help text, with what they hold. Groups of picocli would be more than that: options of one cannot stand apart. */
    private static final Map<String, Class<?>> PARTS = new LinkedHashMap<>();

    static {
        PARTS.put("Where figures come from", Source.class);
        PARTS.put("On a terminal", Manner.class);
        PARTS.put("Without one", Plain.class);
        PARTS.put("Other", Other.class);
    }

    static CommandLine commandLine(TopOptions options) {
        // As Circus's own tools have it: of a repeated option the last counts, and a beginning is enough.
        CommandLine commandLine =
                new CommandLine(options).setOverwrittenOptionsAllowed(true).setAbbreviatedOptionsAllowed(true);
        commandLine.getHelpSectionMap().put(UsageMessageSpec.SECTION_KEY_OPTION_LIST, TopOptions::parts);
        return commandLine;
    }

    private static String parts(Help help) {
        StringBuilder text = new StringBuilder();
        PARTS.forEach((heading, part) -> {
            List<OptionSpec> options = help.commandSpec().options().stream()
                    .filter(option -> option.userObject() instanceof Field field && field.getDeclaringClass() == part)
                    .toList();
            Help.Layout layout = help.createDefaultLayout();
            layout.addOptions(options, help.createDefaultParamLabelRenderer());
            text.append('\n').append(heading).append(":\n").append(layout);
        });
        return text.toString();
    }

    static final class Source {
        @Option(
                names = "--endpoint",
                paramLabel = "URL",
                description = "the statistics feed: stats_endpoint of circusd (" + Endpoints.STATS + ")")
        String endpoint = Endpoints.STATS;

        @Option(
                names = "--control",
                paramLabel = "URL",
                description = "where commands go, for states and keys (default: the variable CIRCUSCTL_ENDPOINT, else "
                        + Endpoints.CONTROL + ")")
        @Nullable
        String control;

        @Option(
                names = "--curve",
                paramLabel = "FILE",
                description = "keys for endpoints that demand them (default: the variable CIRCUSCTL_CURVE)")
        @Nullable
        String curve;

        @Option(
                names = "--ssh",
                paramLabel = "USER@HOST",
                description = "reach both through ssh; USER@HOST:PORT for another port")
        @Nullable
        String ssh;

        @Option(names = "--ssh_keyfile", paramLabel = "FILE", description = "the private key for ssh")
        @Nullable
        String sshKeyFile;
    }

    static final class Manner {
        @Option(
                names = "--process-timeout",
                paramLabel = "SECONDS",
                description = "forget a process of which the feed has told nothing for so long (default: 3)")
        int processTimeout = 3;

        @Option(names = "--read-only", description = "refuse the keys that change something")
        boolean readOnly;

        @Option(names = "--ascii", description = "plain letters; also where the locale is not UTF-8")
        boolean ascii;

        @Option(names = "--no-color", description = "no colours; also where NO_COLOR is set")
        boolean noColor;
    }

    static final class Plain {
        @Option(names = "--once", description = "print one table and exit; also when the output is no terminal")
        boolean once;

        @Option(names = "--json", description = "print a JSON object every second; with --once one")
        boolean json;

        @Option(
                names = "--timeout",
                paramLabel = "SECONDS",
                description = "how long to wait for the first figures, else exit with 1 (default: 5)")
        double timeout = 5;
    }

    static final class Other {
        @Option(names = "--version", description = "show the version and exit")
        boolean version;

        @Option(
                names = {"-h", "--help"},
                usageHelp = true,
                description = "show this text and exit")
        boolean help;
    }
}
