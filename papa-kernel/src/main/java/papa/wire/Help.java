package papa.wire;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What {@code help} answers: a text for people, made from {@link Verb}, {@link MakeOption} and {@link Limit}. */
public final class Help {
    private static final String LIMITS = "limits";

    private Help() {}

    /** @param words what follows {@code help}; papa's words may be abbreviated */
    public static String on(List<String> words) {
        if (words.isEmpty()) {
            return overview();
        }
        String first = words.get(0);
        if (first.toLowerCase(Locale.ROOT).equals(LIMITS)) {
            return limits();
        }
        Optional<Verb> verb = Verb.find(first);
        if (verb.isEmpty()) {
            return "Unknown command \"" + Words.text(first).toLowerCase(Locale.ROOT) + "\"\n";
        }
        return words.size() == 1 || verb.get().seconds().isEmpty() ? on(verb.get()) : on(verb.get(), words.get(1));
    }

    private static String overview() {
        return "Commands (help COMMAND tells more, and shows examples):\n"
                + summaries(Verb::isPapas)
                + "\nThese are ours, and never abbreviated:\n"
                + summaries(verb -> !verb.isPapas())
                + "\nThe words of papa may be abbreviated: l p is list processes. After watch, answer each batch with a\n"
                + "line (-), or q to stop. help limits tells how much is too much.\n";
    }

    private static String summaries(Predicate<Verb> which) {
        return Arrays.stream(Verb.values())
                .filter(which)
                .map(verb -> String.format("  %-13s %s%n", verb.word(), verb.summary()))
                .collect(Collectors.joining());
    }

    /** All there is to say about a command. */
    public static String on(Verb verb) {
        return (verb.word() + " " + verb.arguments()).strip() + "\n\n" + verb.summary() + "\n" + verb.details() + "\n";
    }

    private static String on(Verb verb, String word) {
        Optional<String> second = verb.findSecond(word);
        if (second.isEmpty()) {
            return "Bad \"" + verb.word() + "\" command. The following word must be one of: "
                    + String.join(", ", verb.seconds()) + "\n";
        }
        return verb == Verb.MAKE ? make(second.get()) : on(verb);
    }

    private static String make(String what) {
        boolean process = what.equals("process");
        return "make " + what + " NAME [OPTION=VALUE…]" + (process ? " [--] PROGRAM ARGS…" : "") + "\n\n"
                + (process ? "Start a process." : "Open a listening socket.") + "\n"
                + "The same name again, with the same options, shows what is there.\n\nOptions:\n"
                + MakeOption.of(what).stream().map(Help::line).collect(Collectors.joining())
                + "\nExamples:\n"
                + (process ? """
                          make process hello /bin/echo hello
                          make process clock working_dir=/tmp stderr=stdout /bin/sh -c while\\ date;do\\ sleep\\ 1;done
                          make process server env.PORT=$(socket.web.port) /srv/server --fd $(socket.web.fileno)
                        After hello, words are quoted, and a socket is handed over by its name:
                          make process server env.MOTTO="to be" socket.web="" -- /srv/server "one word"
                        """ : """
                          make socket web port=8080
                          make socket all host=0.0.0.0 port=8080 backlog=128
                          make socket local path=/run/web.sock umask=7
                        """);
    }

    private static String line(MakeOption option) {
        String byDefault = option.byDefault().isEmpty() ? "" : " Default: " + option.byDefault() + ".";
        return String.format("  %-26s %s%s%n", option.usage(), option.help(), byDefault);
    }

    private static String limits() {
        return "The most there may be, and what happens to who goes beyond:\n"
                + Arrays.stream(Limit.values())
                        .map(limit -> String.format("  %9d %s; %s%n", limit.most(), limit.what(), limit.then()))
                        .collect(Collectors.joining());
    }
}
