package circus.tests.docs;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.stream.Collectors;

/**
 * What shells know of the programs: functions for bash, zsh and fish, made of what the programs say with {@code --help}. Names of watchers and
 * pids are asked of the circusd that the words on the line are for. Pure functions.
 */
final class Completions {
    /** What a positional word of a command is, by its name in the usage. */
    private enum Kind {
        WATCHER,
        PID,
        SIGNAL,
        KEY,
        OTHER;

        private static Kind of(String placeholder) {
            return switch (placeholder) {
                case "NAME", "NAMES" -> WATCHER;
                case "PID" -> PID;
                case "SIGNUM" -> SIGNAL;
                case "KEY", "KEYS" -> KEY;
                default -> OTHER;
            };
        }

        private String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    /** @param rest whether the last positional word may come again */
    private record Command(String word, String doc, List<Kind> positions, boolean rest, List<HelpPage.Entry> flags) {}

    private final HelpPage help;
    private final List<Command> commands = new ArrayList<>();
    private final List<String> keys;

    /** @param keys of watchers, for set and get */
    Completions(HelpPage circusctl, Map<String, HelpPage> ofCommands, List<String> keys) {
        this.help = circusctl;
        this.keys = keys;
        Map<String, String> docs = new LinkedHashMap<>();
        circusctl.sections().forEach(section -> section.entries().forEach(each -> docs.put(each.words(), each.doc())));
        ofCommands.forEach((word, page) -> {
            List<Kind> positions = new ArrayList<>();
            boolean rest = false;
            // circusctl WORD NAME [PID] SIGNUM [--children] KEY VALUE...
            for (String part :
                    page.usage().get(0).replaceAll("\\[-[^\\]]*\\]", "").split(" ", -1)) {
                String name = part.replaceAll("[\\[\\].]", "");
                if (name.matches("[A-Z_]+")) {
                    positions.add(Kind.of(name));
                    rest |= part.contains("...");
                }
            }
            commands.add(new Command(word, docs.getOrDefault(word, ""), positions, rest, page.options()));
        });
    }

    private static String quoted(String text) {
        return "'" + text.replace("'", "'\\''") + "'";
    }

    private static String joined(List<HelpPage.Entry> entries) {
        return entries.stream().flatMap(each -> each.flags().stream()).collect(Collectors.joining(" "));
    }

    /** Those that take a value. */
    private static String valued(List<HelpPage.Entry> entries) {
        return entries.stream()
                .filter(each -> !each.placeholder().isEmpty())
                .flatMap(each -> each.flags().stream())
                .collect(Collectors.joining("|"));
    }

    private String cases(Function<Command, String> value) {
        StringBuilder cases = new StringBuilder();
        for (Command command : commands) {
            String text = value.apply(command);
            if (!text.isEmpty()) {
                cases.append("        ")
                        .append(command.word())
                        .append(") echo ")
                        .append(quoted(text))
                        .append(" ;;\n");
            }
        }
        return cases.toString();
    }

    private static String positions(Command command) {
        return command.positions().stream().map(Kind::word).collect(Collectors.joining(" "))
                + (command.rest() ? " ..." : "");
    }

    String bash() {
        String words = commands.stream().map(Command::word).collect(Collectors.joining(" "));
        return """
                # bash completion of circusctl; made of what circusctl --help says.

                _circusctl_flags() {
                    case $1 in
                %s    esac
                }

                _circusctl_positions() {
                    case $1 in
                %s    esac
                }

                # What circusd knows, asked with the options that are on the line.
                _circusctl_ask() {
                    circusctl "${options[@]}" --timeout 2 "$@" 2> /dev/null
                }

                _circusctl() {
                    local word=${COMP_WORDS[COMP_CWORD]} command='' position=0 i=1 options=() candidates='' name=''
                    COMPREPLY=()
                    # An endpoint has colons in it, at which bash splits words: the line is split at blanks only.
                    local words=() line=${COMP_LINE:0:COMP_POINT}
                    read -ra words <<< "$line"
                    [[ $line == *[[:blank:]] ]] && words+=('')
                    word=${words[${#words[@]} - 1]}
                    while ((i < ${#words[@]} - 1)); do
                        if [[ -z $command ]]; then
                            case ${words[i]} in
                                %s)
                                    ((i + 1 < ${#words[@]} - 1)) || return 0
                                    options+=("${words[i]}" "${words[i + 1]}")
                                    ((i++))
                                    ;;
                                --*=*) options+=("${words[i]}") ;;
                                -*) ;;
                                *) command=${words[i]} ;;
                            esac
                        elif [[ ${words[i]} != -* ]]; then
                            ((position++))
                            [[ -n $name ]] || name=${words[i]}
                        fi
                        ((i++))
                    done
                    if [[ $word == -* ]]; then
                        if [[ -n $command ]]; then candidates=$(_circusctl_flags "$command"); else candidates=%s; fi
                    elif [[ -z $command ]]; then
                        candidates=%s
                    else
                        local positions
                        read -ra positions <<< "$(_circusctl_positions "$command")"
                        local last=$((${#positions[@]} - 1))
                        local kind=${positions[position]:-}
                        if ((last >= 0)) && [[ ${positions[last]} == ... ]] && ((position >= last)); then
                            kind=${positions[last - 1]}
                        fi
                        case $kind in
                            watcher) candidates=$(_circusctl_ask list | tr ',' '\\n') ;;
                            pid) candidates=$(_circusctl_ask list "$name" | tr ',' ' ') ;;
                            signal) candidates='HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH' ;;
                            key) candidates=%s ;;
                            other) compopt -o default 2> /dev/null ;;
                        esac
                    fi
                    # A name may have blanks in it.
                    local candidate separator=' '
                    [[ ${kind:-} == watcher ]] && separator=$'\\n'
                    local IFS=$separator$'\\n'
                    for candidate in $candidates; do
                        [[ $candidate == "$word"* ]] && COMPREPLY+=("$(printf '%%q' "$candidate")")
                    done
                    return 0
                }

                complete -F _circusctl circusctl
                """.formatted(
                        cases(command -> joined(command.flags())),
                        cases(Completions::positions),
                        valued(help.options()),
                        quoted(joined(help.options())),
                        quoted(words),
                        quoted(String.join(" ", keys)));
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

    private static String zshAction(Kind kind) {
        return switch (kind) {
            case WATCHER -> "watcher:_circusctl_watchers";
            case PID -> "pid:_circusctl_pids";
            case SIGNAL -> "signal:(HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH)";
            case KEY -> "option:_circusctl_keys";
            case OTHER -> "word:_default";
        };
    }

    String zsh() {
        StringBuilder cases = new StringBuilder();
        for (Command command : commands) {
            cases.append("        ").append(command.word()).append(")\n            _arguments");
            command.flags().forEach(flag -> cases.append(" ").append(zshFlag(flag)));
            for (int i = 0; i < command.positions().size(); i++) {
                boolean again = command.rest() && i == command.positions().size() - 1;
                cases.append(" '")
                        .append(again ? "*:" : (i + 1) + ":")
                        .append(zshAction(command.positions().get(i)))
                        .append("'");
            }
            cases.append(" ;;\n");
        }
        return """
                #compdef circusctl
                # zsh completion of circusctl; made of what circusctl --help says.

                _circusctl_ask() {
                    circusctl $circusctl_options --timeout 2 "$@" 2> /dev/null
                }

                _circusctl_watchers() {
                    local -a watchers
                    watchers=("${(@s:,:)$(_circusctl_ask list)}")
                    compadd -a watchers
                }

                _circusctl_pids() {
                    local -a pids
                    pids=("${(@s:,:)$(_circusctl_ask list "$words[2]")}")
                    compadd -a pids
                }

                _circusctl_keys() {
                    compadd %s
                }

                _circusctl() {
                    local curcontext=$curcontext state line i
                    local -a commands circusctl_options
                    local -A opt_args
                    commands=(
                %s    )
                    _arguments -C %s '1: :->command' '*:: :->argument'
                    for i in --endpoint --curve --ssh --ssh_keyfile; do
                        [[ -z ${opt_args[$i]:-} ]] || circusctl_options+=($i "${opt_args[$i]//\\\\:/:}")
                    done
                    case $state in
                        command) _describe -t commands command commands ;;
                        argument)
                            case $words[1] in
                %s            esac
                            ;;
                    esac
                }

                _circusctl "$@"
                """.formatted(
                        String.join(" ", keys),
                        commands.stream()
                                .map(each -> "        '" + each.word() + ":" + bracketed(each.doc()) + "'\n")
                                .collect(Collectors.joining()),
                        help.options().stream().map(Completions::zshFlag).collect(Collectors.joining(" ")),
                        cases);
    }

    String fish() {
        StringBuilder script = new StringBuilder("""
                # fish completion of circusctl; made of what circusctl --help says.

                # Runs circusctl with the options that are on the line.
                function __circusctl_ask
                    set -l options
                    set -l words (commandline -opc)
                    for i in (seq 2 (count $words))
                        switch $words[$i]
                            case --endpoint --curve --ssh --ssh_keyfile
                                set -l next (math $i + 1)
                                set -a options $words[$i] $words[$next]
                            case '--endpoint=*' '--curve=*' '--ssh=*' '--ssh_keyfile=*'
                                set -a options $words[$i]
                        end
                    end
                    circusctl $options --timeout 2 $argv 2>/dev/null
                end

                function __circusctl_watchers
                    __circusctl_ask list | string split ,
                end

                # How many words that are no options follow the command.
                function __circusctl_position
                    set -l seen (commandline -opc)
                    set -l count 0
                    set -l found 0
                    for word in $seen[2..-1]
                        if test $found = 1
                            string match -q -- '-*' $word; or set count (math $count + 1)
                        else if test "$word" = $argv[1]
                            set found 1
                        end
                    end
                    test $found = 1; and test $count $argv[2] $argv[3]
                end

                function __circusctl_pids
                    set -l words (commandline -opc)
                    for i in (seq 2 (count $words))
                        if test "$words[$i]" = $argv[1]
                            __circusctl_ask list $words[(math $i + 1)] | string split ,
                            return
                        end
                    end
                end

                complete -c circusctl -f
                """);
        String all = commands.stream().map(Command::word).collect(Collectors.joining(" "));
        script.append("set -l commands ").append(all).append('\n');
        help.options()
                .forEach(option -> script.append(
                                "complete -c circusctl -n \"not __fish_seen_subcommand_from $commands\"")
                        .append(fishFlag(option)));
        for (Command command : commands) {
            script.append("complete -c circusctl -n \"not __fish_seen_subcommand_from $commands\" -a ")
                    .append(command.word())
                    .append(" -d ")
                    .append(fishQuoted(command.doc()))
                    .append('\n');
            String seen = "complete -c circusctl -n \"__fish_seen_subcommand_from " + command.word() + "\"";
            command.flags().forEach(flag -> script.append(seen).append(fishFlag(flag)));
            for (int i = 0; i < command.positions().size(); i++) {
                boolean again = command.rest() && i == command.positions().size() - 1;
                script.append(fishPosition(
                        command.word(), i, again, command.positions().get(i)));
            }
        }
        return script.toString();
    }

    private String fishPosition(String command, int position, boolean again, Kind kind) {
        String candidates = switch (kind) {
            case WATCHER -> "(__circusctl_watchers)";
            case PID -> "(__circusctl_pids " + command + ")";
            case SIGNAL -> "HUP INT QUIT KILL USR1 USR2 TERM CONT STOP WINCH";
            case KEY -> String.join(" ", keys);
            case OTHER -> "";
        };
        String when = "__circusctl_position " + command + (again ? " -ge " : " -eq ") + position;
        return "complete -c circusctl -n \"" + when + "\""
                + (candidates.isEmpty() ? " -F" : " -a " + fishQuoted(candidates)) + "\n";
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
