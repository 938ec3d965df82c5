package circus.cli;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.command.spi.CommandDefinition;
import circus.message.Version;
import java.util.List;

/** What {@code --help} prints. Everything about commands comes from {@link CommandSpec}. Pure functions; texts end with a line's end. */
final class Help {
    static final String USAGE = "usage: circusctl [options] command [args]\n";

    private static final int COLUMN = 24;
    private static final int EXAMPLE_COLUMN = 42;

    /** Where nobody knows how wide it is to be. */
    static final int WIDTH = 100;

    private static final String TITLE = "\nControls a Circus daemon (circusctl " + Version.TEXT + ")\n";

    private static final String REST = """

            Without a command circusctl reads commands from standard input, one to a line; at a terminal with \
            history and completion.
            'circusctl --help COMMAND' tells more about a command.

            Examples:
              circusctl status                        what runs?
              circusctl list web                      the pids of the watcher web
              circusctl incr web 2 --waiting          two more workers; come back when they run
              circusctl restart --waiting 'web*'      restart all watchers whose name begins with web
              circusctl set web cmd 'bin/web --new'   change what runs; new processes replace the old
              circusctl reloadconfig --plan           what would the changed file do?
              circusctl --json stats | jq .infos      for scripts
              circusctl tail -f web db.1              what web and the first worker of db print
              circusctl postmortem web                how did workers of web end, and what did they say last?
              circusctl listen watcher.web.           print what happens to web, as it happens
              circusctl detach                        end circusd, leave the workers: to upgrade

            Exit codes: 0 done, 1 no answer or wrong arguments, 2 wrong usage, 3 circusd refused.
            """;

    private Help() {}

    static String general() {
        return general(List.of(), WIDTH);
    }

    /** @param columns no line is wider, but for a word that is, or an example */
    static String general(List<CommandDefinition> added, int columns) {
        StringBuilder out = new StringBuilder(USAGE).append(TITLE);
        commands(out, added, columns);
        out.append("\nOptions, before the command:\n");
        for (GlobalOption option : GlobalOption.values()) {
            String placeholder = option.placeholder();
            entry(out, placeholder == null ? option.flag() : option.flag() + " " + placeholder, option.doc(), columns);
        }
        for (String line : REST.split("\n", -1)) {
            rest(out, line, columns);
        }
        out.setLength(out.length() - 1);
        return out.toString();
    }

    /** One that is too wide goes on below: a paragraph at the edge, an example behind its command. */
    private static void rest(StringBuilder out, String line, int columns) {
        if (line.length() <= columns) {
            out.append(line).append('\n');
        } else if (line.startsWith(" ") && line.length() > EXAMPLE_COLUMN && columns > EXAMPLE_COLUMN) {
            out.append(line, 0, EXAMPLE_COLUMN);
            wrapped(out, EXAMPLE_COLUMN, line.substring(EXAMPLE_COLUMN), columns);
        } else {
            wrapped(out, 0, line, columns);
        }
    }

    /** All commands in their groups, each with its one line. */
    static void commands(StringBuilder out, List<CommandDefinition> added, int columns) {
        for (CommandSpec.Group group : CommandSpec.Group.values()) {
            out.append('\n').append(group.title()).append(":\n");
            for (CommandSpec command : CommandSpec.values()) {
                if (command.group() == group) {
                    entry(out, command.word(), command.summary(), columns);
                }
            }
        }
        if (!added.isEmpty()) {
            out.append("\nAdded to this circusd:\n");
            for (CommandDefinition command : added) {
                entry(out, command.word(), command.summary(), columns);
            }
        }
    }

    static String of(CommandDeclaration command) {
        return of(command, WIDTH);
    }

    /** @param columns no line is wider, but for a word that is, the usage or an example */
    static String of(CommandDeclaration command, int columns) {
        StringBuilder out = new StringBuilder("usage: ").append(command.usage()).append("\n\n");
        out.append(command.summary()).append("\n\n");
        wrapped(out, 0, plain(command.help()), columns);
        if (!command.parameters().isEmpty()) {
            out.append('\n');
        }
        for (Parameter parameter : command.parameters()) {
            if (!parameter.isOnCommandLine()) {
                continue;
            }
            String byDefault = parameter.byDefault() == null || "false".equals(parameter.byDefault())
                    ? ""
                    : " (default: " + parameter.byDefault() + ")";
            entry(out, parameter.shown(), plain(parameter.doc()) + byDefault, columns);
        }
        if (command.examples().isEmpty()) {
            return out.toString();
        }
        out.append(command.examples().size() == 1 ? "\nExample:\n" : "\nExamples:\n");
        for (String example : command.examples()) {
            out.append("  ").append(example).append('\n');
        }
        return out.toString();
    }

    private static String plain(String text) {
        return text.replace("`", "");
    }

    private static void entry(StringBuilder out, String name, String doc, int columns) {
        out.append("  ").append(name);
        int width = name.length() + 2;
        if (width >= COLUMN) {
            out.append('\n');
            width = 0;
        }
        out.append(" ".repeat(COLUMN - width));
        wrapped(out, COLUMN, doc, columns);
    }

    /** Fills lines; all but the first are indented. */
    private static void wrapped(StringBuilder out, int indent, String text, int columns) {
        int column = indent;
        boolean first = true;
        for (String word : text.split("\\s+")) {
            if (!first && column + 1 + word.length() > columns) {
                out.append('\n').append(" ".repeat(indent));
                column = indent;
            } else if (!first) {
                out.append(' ');
                column++;
            }
            out.append(word);
            column += word.length();
            first = false;
        }
        out.append('\n');
    }
}
