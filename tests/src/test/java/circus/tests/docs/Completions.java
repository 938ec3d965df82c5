package circus.tests.docs;

import java.util.TreeSet;
import java.util.stream.Collectors;

/**
 * What shells know of the programs: functions for bash, zsh and fish, made of what the programs say with {@code --help}. Those of circusctl lie
 * in share as they are: they ask circusctl itself. Pure functions.
 */
final class Completions {
    private Completions() {}

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String bracketed(String text) {
        return text.replace("[", "(").replace("]", ")").replace(":", "\\:").replace("'", "'\\''");
    }

    private static String zshFlag(HelpPage.Entry entry) {
        String value = entry.placeholder().isEmpty() ? "" : ":" + bracketed(entry.placeholder()) + ":_default";
        return entry.flags().stream()
                .map(flag -> "'" + flag + "[" + bracketed(entry.doc()) + "]" + value + "'")
                .collect(Collectors.joining(" "));
    }

    private static String fishFlag(HelpPage.Entry entry) {
        StringBuilder line = new StringBuilder();
        for (String flag : entry.flags()) {
            line.append(flag.startsWith("--") ? " -l " + flag.substring(2) : " -s " + flag.substring(1));
        }
        if (!entry.placeholder().isEmpty()) {
            line.append(
                    entry.placeholder().equals("FILE") || entry.placeholder().equals("HOME") ? " -r -F" : " -x");
        }
        return line.append(" -d ").append(fishQuoted(entry.doc())).append('\n').toString();
    }

    private static String fishQuoted(String text) {
        return "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'";
    }

    /** A program that takes options and files only. */
    static String bash(String program, HelpPage help) {
        String function = "_" + program.replace('-', '_');
        return """
                # bash completion of %1$s; made of what %1$s --help says.

                %2$s() {
                    local word=${COMP_WORDS[COMP_CWORD]}
                    COMPREPLY=()
                    [[ $word != -* ]] || mapfile -t COMPREPLY < <(compgen -W %3$s -- "$word")
                    return 0
                }

                complete -o default -F %2$s %1$s
                """.formatted(program, function, quoted(flags(help)));
    }

    private static String flags(HelpPage help) {
        return String.join(
                " ",
                new TreeSet<>(help.options().stream()
                        .flatMap(each -> each.flags().stream())
                        .toList()));
    }

    static String zsh(String program, HelpPage help) {
        return "#compdef " + program + "\n# zsh completion of " + program + "; made of what " + program
                + " --help says.\n\n"
                + "_arguments "
                + help.options().stream().map(Completions::zshFlag).collect(Collectors.joining(" "))
                + " '*:file:_files'\n";
    }

    static String fish(String program, HelpPage help) {
        return "# fish completion of " + program + "; made of what " + program + " --help says.\n"
                + help.options().stream()
                        .map(option -> "complete -c " + program + fishFlag(option))
                        .collect(Collectors.joining());
    }
}
