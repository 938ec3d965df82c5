package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.command.CommandSpec;
import circus.command.PropertyType;
import circus.command.spi.CommandDefinition;
import circus.message.Json;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The grammar of contract/cli.md §1.1, and what each command line makes of the request's properties. */
class ArgumentsTest {
    private static Invocation parse(String line) throws Exception {
        return Arguments.parse(line.isEmpty() ? List.of() : Arrays.asList(line.split(" ")), Map.of());
    }

    private static Settings settings(String line) throws Exception {
        return ((Invocation.RunCommand) parse(line)).settings();
    }

    private static String usageError(String line) {
        return catchThrowableOfType(UsageException.class, () -> parse(line)).text(false);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "list                             | {}",
                "list web                         | {\"name\": \"web\"}",
                "status                           | {}",
                "status web                       | {\"name\": \"web\"}",
                "numprocesses web                 | {\"name\": \"web\"}",
                "numwatchers                      | {}",
                "options web                      | {\"name\": \"web\"}",
                "get web cmd env                  | {\"name\": \"web\", \"keys\": [\"cmd\", \"env\"]}",
                "start                            | {\"waiting\": false, \"match\": \"glob\"}",
                "start web                        | {\"name\": \"web\", \"waiting\": false, \"match\": \"glob\"}",
                "start --waiting web              | {\"name\": \"web\", \"waiting\": true, \"match\": \"glob\"}",
                "stop web other                   | {\"name\": \"web\", \"waiting\": false, \"match\": \"glob\"}",
                "stop --match regex w --waiting   | {\"name\": \"w\", \"waiting\": true, \"match\": \"regex\"}",
                "reload                          | {\"graceful\": true, \"waiting\": false, \"sequential\": false}",
                "reload web --terminate --seq    | {\"name\": \"web\", \"graceful\": false, \"waiting\": false, \"sequential\": true}",
                "restart --match=simple web       | {\"name\": \"web\", \"waiting\": false, \"match\": \"simple\"}",
                "restart --wait --ma simple web   | {\"name\": \"web\", \"waiting\": true, \"match\": \"simple\"}",
                "incr web                         | {\"name\": \"web\", \"waiting\": false}",
                "incr web 3 --waiting             | {\"name\": \"web\", \"nb\": 3, \"waiting\": true}",
                "incr web 3 4                     | {\"name\": \"web\", \"nb\": 3, \"waiting\": false}",
                "options web more                 | {\"name\": \"web\"}",
                "incr web --waiting 3             | {\"name\": \"web\", \"nb\": 3, \"waiting\": true}",
                "decr web -1                      | {\"name\": \"web\", \"nb\": -1, \"waiting\": false}",
                "stats                            | {\"extended\": false}",
                "stats web                        | {\"name\": \"web\", \"extended\": false}",
                "stats web 42 --extended          | {\"name\": \"web\", \"process\": 42, \"extended\": true}",
                "kill web                         | {\"name\": \"web\"}",
                "kill web 42 --waiting            | {\"name\": \"web\", \"pid\": 42, \"waiting\": true}",
                "kill web --signum SIGINT --g 2.5 | {\"name\": \"web\", \"signum\": \"SIGINT\", \"graceful_timeout\": 2.5}",
                "signal web HUP                   | {\"name\": \"web\", \"signum\": \"HUP\", \"children\": false, \"recursive\": false}",
                "signal web 42 9 --recursive      | {\"name\": \"web\", \"pid\": 42, \"signum\": \"9\", \"children\": false, \"recursive\": true}",
                "signal web --children rtmin+1    | {\"name\": \"web\", \"signum\": \"rtmin+1\", \"children\": true, \"recursive\": false}",
                "dstats                           | {}",
                "ipython                          | {}",
                "listsockets                      | {}",
                "listsockets x y                  | {}",
                "globaloptions                    | {}",
                "globaloptions check_delay x      | {\"option\": \"check_delay\"}",
                "quit                             | {\"waiting\": false}",
                "quit now --waiting               | {\"waiting\": true}",
                "quit --terminate                 | {\"waiting\": false, \"terminate\": true}",
                "detach                           | {}",
                "status --changes                 | {\"changes\": true}",
                "options web --changes            | {\"name\": \"web\", \"changes\": true}",
                "set web numprocesses 3           | {\"name\": \"web\", \"options\": {\"numprocesses\": 3}}",
                "set w CMD a args b --waiting     | {\"name\": \"w\", \"options\": {\"cmd\": \"a\", \"args\": \"b\"}, \"waiting\": true}",
                "set w max_retry -1 shell Yes     | {\"name\": \"w\", \"options\": {\"max_retry\": -1, \"shell\": true}}",
                "set w env A=b,C=d                | {\"name\": \"w\", \"options\": {\"env\": {\"A\": \"b\", \"C\": \"d\"}}}",
                "set w hooks before_start:a.b,after_stop:c.d | {\"name\": \"w\", \"options\": {\"hooks\": {\"before_start\": \"a.b\", \"after_stop\": \"c.d\"}}}",
                "set w stop_signal hup rlimit_core 0 | {\"name\": \"w\", \"options\": {\"stop_signal\": 1, \"rlimit_core\": 0}}",
                "set w args -- -v                 | {\"name\": \"w\", \"options\": {\"args\": \"-v\"}}",
                "add web sleep 10                 | {\"name\": \"web\", \"cmd\": \"sleep 10\", \"start\": false}",
                "add --start web -- ls -l /       | {\"name\": \"web\", \"cmd\": \"ls -l /\", \"start\": true}",
                "add web x --start --waiting      | {\"name\": \"web\", \"cmd\": \"x\", \"start\": true, \"waiting\": true}",
                "rm web                           | {\"name\": \"web\"}",
                "rm web --waiting --nostop        | {\"name\": \"web\", \"nostop\": true, \"waiting\": true}",
                "reloadconfig x                   | {\"waiting\": false}",
                "reloadconfig --plan              | {\"waiting\": false, \"plan\": true}",
                "reloadconfig --plan_id 12ab --w  | {\"waiting\": true, \"plan_id\": \"12ab\"}",
                "listen                           | {\"topics\": []}",
                "listen watcher.a. watcher.b.     | {\"topics\": [\"watcher.a.\", \"watcher.b.\"]}",
                "list -- -x                       | {\"name\": \"-x\"}",
                "list -                           | {\"name\": \"-\"}",
            })
    void a_command_line_becomes_these_properties(String line, String properties) throws Exception {
        Invocation.RunCommand command = (Invocation.RunCommand) parse(line);
        assertThat(command.command().word()).isEqualTo(line.split(" ")[0]);
        assertThat(Json.write(command.properties())).isEqualTo(properties);
        if (command.command() != CommandSpec.LISTEN) {
            assertThat(command.command().check(Json.readObject(properties))).isNotNull();
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "list a b             | Invalid number of arguments",
                "start a b            | Invalid number of arguments",
                "reload a b           | invalid number of arguments",
                "restart a b          | Invalid number of arguments",
                "numwatchers a        | Invalid number of arguments",
                "detach a             | Invalid number of arguments",
                "get                  | Invalid number of arguments",
                "get single           | Invalid number of arguments",
                "incr                 | Invalid number of arguments",
                "numprocesses a b     | message invalid",
                "status a b           | message invalid",
                "stats a 1 2          | message invalid",
                "options              | number of arguments invalid",
                "set                  | Invalid number of arguments",
                "set web              | Invalid number of arguments",
                "set web cmd          | Invalid number of arguments",
                "set web cmd a b      | List of key/values is invalid",
                "set web zz 1         | unknown key 'zz'",
                "set web priority 1   | unknown key 'priority'",
                "set web shell maybe  | cannot set shell: 'maybe' is not a boolean (write yes or no)",
                "set web max_age x    | cannot set max_age: 'x' is not an integer",
                "set web hooks.zz a.b | cannot set hooks.zz: 'zz' is not a hook (before_start, after_start, before_stop, after_stop, before_spawn, after_spawn, before_signal, after_signal, before_reap, after_reap, extended_stats)",
                "add                  | Invalid number of arguments",
                "add web              | Invalid number of arguments",
                "rm                   | Invalid number of arguments",
                "kill                 | Invalid number of arguments",
                "kill a 1 2           | Invalid number of arguments",
                "kill a x             | cannot use 'x' as PID: expected an integer",
                "kill a --graceful_timeout soon | cannot use 'soon' as GRACEFUL_TIMEOUT: expected seconds",
                "kill a --graceful_timeout=-1   | cannot use '-1' as GRACEFUL_TIMEOUT: expected seconds",
                "signal               | Invalid number of arguments",
                "signal a             | Invalid number of arguments",
                "signal a 1 2 3       | Invalid number of arguments",
                "signal a x TERM      | cannot use 'x' as PID: expected an integer",
                "dstats x             | Invalid message",
                "ipython x            | Invalid message",
                "rm a b               | Invalid number of arguments",
                "incr web x           | cannot use 'x' as NB: expected an integer",
                "stats web x          | cannot use 'x' as PROCESS: expected an integer",
            })
    void arguments_that_do_not_fit_are_told_in_the_words_of_circus(String line, String message) {
        assertThat(catchThrowableOfType(ArgumentException.class, () -> parse(line)))
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "bogus                      | unrecognized arguments: bogus",
                "bogus list                 | unrecognized arguments: bogus list",
                "LIST                       | unrecognized arguments: LIST",
                "--bogus list               | unrecognized arguments: --bogus",
                "--bogus                    | unrecognized arguments: --bogus",
                "-x nope                    | unrecognized arguments: -x nope",
                "list --json                | unrecognized arguments: --json",
                "list --endpoint tcp://h:1  | unrecognized arguments: --endpoint",
                "list --waiting             | unrecognized arguments: --waiting",
                "--timeout abc list         | argument --timeout: invalid int value: 'abc'",
                "--timeout 1.5 list         | argument --timeout: invalid int value: '1.5'",
                "--timeout -1 list          | argument --timeout: expected 0 or more seconds, not -1",
                "--timeout                  | argument --timeout: expected one argument",
                "--wait soon list           | argument --wait: invalid int value: 'soon'",
                "--wait=-1 list             | argument --wait: expected 0 or more seconds, not -1",
                "--no-color=x list          | argument --no-color: ignored explicit argument 'x'",
                "--endpoint --json list     | argument --endpoint: expected one argument",
                "stop web --match           | argument --match: expected one argument",
                "--json=yes list            | argument --json: ignored explicit argument 'yes'",
                "stop --waiting=1           | argument --waiting: ignored explicit argument '1'",
                "--s x list                 | ambiguous option: --s could match --ssh, --ssh_keyfile",
            })
    void wrong_usage_is_told_as_argparse_tells_it(String line, String message) {
        assertThat(usageError(line))
                .isEqualTo("usage: circusctl [options] command [args]\ncircusctl: error: " + message + "\n");
    }

    @Test
    void what_is_none_of_circusds_own_commands_is_looked_for_among_those_that_were_added() throws Exception {
        List<String> asked = new ArrayList<>();
        Added added = settings -> {
            asked.add(String.valueOf(settings.endpoint()));
            return List.of(CommandDefinition.of("whois", "").argument("process", PropertyType.INTEGER, ""));
        };

        Invocation found = Arguments.parse(List.of("--endpoint", "ipc:///e", "whois", "4711"), Map.of(), added);

        assertThat(((Invocation.RunCommand) found).properties()).isEqualTo(Map.of("process", 4711L));
        assertThat(Arguments.parse(List.of("status"), Map.of(), added)).isInstanceOf(Invocation.RunCommand.class);
        assertThatThrownBy(() -> Arguments.parse(List.of("Whois!"), Map.of(), added))
                .isInstanceOf(UsageException.class);
        assertThat(asked).containsExactly("ipc:///e");
        assertThatThrownBy(() -> Arguments.parse(List.of("whereis"), Map.of(), added))
                .isInstanceOf(UsageException.class);
    }

    @Test
    void every_command_of_circus_is_there() {
        for (String word : List.of(
                "add",
                "decr",
                "dstats",
                "get",
                "globaloptions",
                "incr",
                "ipython",
                "kill",
                "list",
                "listen",
                "listsockets",
                "numprocesses",
                "numwatchers",
                "options",
                "quit",
                "reload",
                "reloadconfig",
                "restart",
                "rm",
                "set",
                "signal",
                "start",
                "stats",
                "status",
                "stop")) {
            assertThat(CommandSpec.find(word)).as(word).isPresent();
        }
    }

    @Test
    void global_options_stand_before_the_command_and_may_be_abbreviated() throws Exception {
        Settings given = settings(
                "--endpoint=tcp://h:1 --timeout 7 --json --prettify --ssh me@there:22 --ssh_keyfile /k --wait 9"
                        + " --no-color list");
        assertThat(given)
                .isEqualTo(new Settings(
                        "tcp://h:1",
                        null,
                        null,
                        "me@there:22",
                        "/k",
                        Duration.ofSeconds(7),
                        Duration.ofSeconds(9),
                        true,
                        true,
                        false));
        assertThat(settings("--end tcp://h:1 --t 7 --j --p --ssh=me@there:22 --ssh_k=/k --w 9 --n list"))
                .isEqualTo(given);
        assertThat(settings("list"))
                .isEqualTo(new Settings(
                        null, null, null, null, null, Duration.ofSeconds(5), Duration.ZERO, false, false, true));
    }

    @Test
    void keys_come_from_the_option_then_the_environment() throws Exception {
        Map<String, String> environment = Map.of("CIRCUSCTL_CURVE", "/e");
        assertThat(curve(Map.of(), "list")).isNull();
        assertThat(curve(environment, "list")).isEqualTo("/e");
        assertThat(curve(environment, "--curve", "/o", "list")).isEqualTo("/o");
        assertThat(curve(environment, "--curve=", "list")).isNull();
    }

    private static @Nullable String curve(Map<String, String> environment, String... words) throws Exception {
        return Arguments.parse(List.of(words), environment) instanceof Invocation.RunCommand command
                ? command.settings().curve()
                : "no command";
    }

    private static Settings of(Map<String, String> environment, String... words) throws Exception {
        return ((Invocation.RunCommand) Arguments.parse(List.of(words), environment)).settings();
    }

    @Test
    void colours_go_by_the_option_and_by_the_variable_unless_it_is_empty() throws Exception {
        assertThat(of(Map.of(), "list").colours()).isTrue();
        assertThat(of(Map.of("NO_COLOR", ""), "list").colours()).isTrue();
        assertThat(of(Map.of("NO_COLOR", "1"), "list").colours()).isFalse();
        assertThat(of(Map.of(), "--no-color", "list").colours()).isFalse();
    }

    @Test
    void the_endpoint_comes_from_the_option_then_the_environment_then_the_default() throws Exception {
        Settings plain = of(Map.of(), "list");
        Settings environment = of(Map.of("CIRCUSCTL_ENDPOINT", "ipc:///e"), "list");
        Settings option = of(Map.of("CIRCUSCTL_ENDPOINT", "ipc:///e"), "--endpoint", "ipc:///o", "list");
        assertThat(plain.endpointFor(CommandSpec.LIST)).isEqualTo("tcp://127.0.0.1:5555");
        assertThat(plain.endpointFor(CommandSpec.LISTEN)).isEqualTo("tcp://127.0.0.1:5556");
        assertThat(environment.endpointFor(CommandSpec.LIST)).isEqualTo("ipc:///e");
        assertThat(environment.endpointFor(CommandSpec.LISTEN)).isEqualTo("tcp://127.0.0.1:5556");
        assertThat(option.endpointFor(CommandSpec.LIST)).isEqualTo("ipc:///o");
        assertThat(option.endpointFor(CommandSpec.LISTEN)).isEqualTo("ipc:///o");
    }

    @Test
    void help_version_and_the_shell() throws Exception {
        assertThat(parse("--help")).isEqualTo(new Invocation.ShowHelp(null, List.of()));
        assertThat(parse("-h")).isEqualTo(new Invocation.ShowHelp(null, List.of()));
        assertThat(parse("--help incr")).isEqualTo(new Invocation.ShowHelp(CommandSpec.INCR, List.of()));
        assertThat(parse("incr --help")).isEqualTo(new Invocation.ShowHelp(CommandSpec.INCR, List.of()));
        assertThat(parse("incr web -h")).isEqualTo(new Invocation.ShowHelp(CommandSpec.INCR, List.of()));
        assertThat(parse("--version")).isEqualTo(new Invocation.ShowVersion());
        assertThat(parse("--version list")).isEqualTo(new Invocation.ShowVersion());
        assertThat(parse("--timeout 2")).isInstanceOf(Invocation.RunShell.class);
        assertThat(parse("")).isInstanceOf(Invocation.RunShell.class);
    }
}
