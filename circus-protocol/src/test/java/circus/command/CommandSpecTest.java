package circus.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.message.CommandException;
import circus.message.Json;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class CommandSpecTest {
    private static PropertyValues check(String word, String properties) throws Exception {
        return CommandSpec.find(word).orElseThrow().check(Json.readObject(properties.replace('\'', '"')));
    }

    @Test
    void a_command_is_found_in_any_case_and_only_whole() {
        assertThat(CommandSpec.find("LIST")).contains(CommandSpec.LIST);
        assertThat(CommandSpec.find("incR")).contains(CommandSpec.INCR);
        assertThat(CommandSpec.find("lis")).isEmpty();
        assertThat(CommandSpec.find("")).isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "incr    | {}                                   | 3 | message invalid 'name' is missing",
                "get     | {'keys':['cmd']}                     | 3 | message invalid 'name' is missing",
                "get     | {'name':'x'}                         | 3 | message invalid 'keys' is missing",
                "get     | {}                                   | 3 | message invalid 'name' is missing",
                "get     | {'name':'x','keys':'cmd'}            | 3 | 'keys' isn't a list of strings",
                "get     | {'name':'x','keys':[1]}              | 3 | 'keys' isn't a list of strings",
                "list    | {'name':3}                           | 3 | 'name' isn't a string",
                "stop    | {'name':null}                        | 3 | 'name' isn't a string",
                "incr    | {'name':'x','nb':'2'}                | 3 | 'nb' isn't an integer",
                "incr    | {'name':'x','nb':2.5}                | 3 | 'nb' isn't an integer",
                "incr    | {'name':'x','nb':null}               | 3 | 'nb' isn't an integer",
                "incr    | {'name':'x','nb':99999999999999999999}| 3 | 'nb' isn't an integer",
                "start   | {'name':'x','match':'bogus'}         | 3 | unknown match method bogus",
                "start   | {'name':'x','match':3}               | 3 | unknown match method 3",
                "quit    | {'terminate':'false'}                | 3 | 'terminate' isn't a valid boolean",
                "stats   | {'name':'x','process':'abc'}         | 5 | 'process' isn't a process id: 'abc'",
                "kill    | {'pid':'x'}                          | 3 | message invalid 'name' is missing",
                "kill    | {'name':'x','pid':'x'}               | 5 | 'pid' isn't a process id: 'x'",
                "kill    | {'name':'x','pid':null}              | 5 | 'pid' isn't a process id: None",
                "kill    | {'name':'x','pid':1.5}               | 5 | 'pid' isn't a process id: 1.5",
                "kill    | {'name':'x','signum':'SIGBOGUS'}     | 5 | 'SIGBOGUS' is not a signal (a name such as TERM, or 1 to 64)",
                "kill    | {'name':'x','signum':''}             | 3 | signal invalid",
                "kill    | {'name':'x','signum':'+'}            | 3 | signal invalid",
                "kill    | {'name':'x','signum':null}           | 5 | 'signum' isn't a signal: None",
                "kill    | {'name':'x','signum':[9]}            | 5 | 'signum' isn't a signal: [9]",
                "kill    | {'name':'x','signum':99}             | 4 | [Errno 22] Invalid argument: '99' is not a signal (a name such as TERM, or 1 to 64)",
                "kill    | {'name':'x','signum':-1}             | 4 | [Errno 22] Invalid argument: '-1' is not a signal (a name such as TERM, or 1 to 64)",
                "kill    | {'name':'x','signum':'99999999999999999999'} | 4 | [Errno 22] Invalid argument: '99999999999999999999' is not a signal (a name such as TERM, or 1 to 64)",
                "kill    | {'name':'x','graceful_timeout':'soon'} | 3 | 'graceful_timeout' isn't a number of seconds",
                "kill    | {'name':'x','graceful_timeout':-1}   | 3 | 'graceful_timeout' isn't a number of seconds",
                "kill    | {'name':'x','graceful_timeout':NaN}  | 3 | 'graceful_timeout' isn't a number of seconds",
                "kill    | {'name':'x','graceful_timeout':true} | 3 | 'graceful_timeout' isn't a number of seconds",
                "signal  | {}                                   | 3 | message invalid 'name' is missing",
                "signal  | {'name':'x','pid':'x'}               | 3 | message invalid 'signum' is missing",
                "signal  | {'name':'x','signum':9,'childpid':{}} | 5 | 'childpid' isn't a process id: {}",
                "stats   | {'name':'x','process':null}          | 5 | 'process' isn't a process id: None",
            })
    void wrong_properties_are_refused_with_the_number_and_words_of_the_contract(
            String word, String properties, int errno, String reason) {
        CommandException refused = catchThrowableOfType(CommandException.class, () -> check(word, properties));
        assertThat(refused.reason()).isEqualTo(reason);
        assertThat(refused.code().errno()).isEqualTo(errno);
    }

    @Test
    void right_properties_can_be_read_as_declared() throws Exception {
        PropertyValues incr = check("incr", "{'name':'Web','nb':-2,'waiting':1,'other':[]}");
        assertThat(incr.mandatoryText("name")).isEqualTo("Web");
        assertThat(incr.integer("nb")).hasValue(-2);
        assertThat(incr.isTrue("waiting")).isTrue();
        assertThat(check("incr", "{'name':'Web'}").integer("nb")).isEmpty();
        assertThat(check("get", "{'name':'x','keys':['a','b']}").texts("keys")).containsExactly("a", "b");
        assertThat(check("start", "{}").text("name")).isEmpty();
        assertThat(check("start", "{}").isGiven("name")).isFalse();
        assertThat(check("start", "{'name':'x','match':'regex'}").text("match")).contains("regex");
        assertThat(check("quit", "{'terminate':true}").isTrue("terminate")).isTrue();
        assertThat(check("quit", "{}").isTrue("terminate")).isFalse();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "9 | 9",
                "'9' | 9",
                "' 15 ' | 15",
                "'TERM' | 15",
                "'sigterm' | 15",
                "'SIGRTMIN+1' | 35",
                "'rtmin+2' | 36",
                "0 | 0",
                "'0' | 0",
                "64 | 64"
            })
    void a_signal_is_a_number_or_a_name_in_all_forms(String value, int number) throws Exception {
        assertThat(check("signal", "{'name':'x','signum':" + value + "}").signal("signum"))
                .hasValue(number);
    }

    @Test
    void patience_is_a_number_or_its_text() throws Exception {
        assertThat(check("kill", "{'name':'x','graceful_timeout':'2.5'}").seconds("graceful_timeout"))
                .contains(Duration.ofMillis(2500));
        assertThat(check("kill", "{'name':'x','graceful_timeout':3}").seconds("graceful_timeout"))
                .contains(Duration.ofSeconds(3));
        assertThat(check("kill", "{'name':'x','graceful_timeout':null}").seconds("graceful_timeout"))
                .isEmpty();
        assertThat(check("kill", "{'name':'x'}").seconds("graceful_timeout")).isEmpty();
        assertThat(check("kill", "{'name':'x'}").signal("signum")).isEmpty();
        assertThat(check("kill", "{'name':'x','graceful_timeout':1e300}").seconds("graceful_timeout"))
                .contains(Duration.ofNanos(Long.MAX_VALUE));
    }

    @Test
    void a_process_may_be_a_number_or_its_digits_and_is_repeated_as_it_was_sent() throws Exception {
        PropertyValues digits = check("stats", "{'name':'x','process':'42'}");
        assertThat(digits.integer("process")).hasValue(42);
        assertThat(digits.raw("process")).isEqualTo("42");
        assertThat(check("stats", "{'name':'x','process':42}").raw("process")).isEqualTo(42L);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "null | false",
                "false | false",
                "0 | false",
                "0.0 | false",
                "\"\" | false",
                "[] | false",
                "{} | false",
                "true | true",
                "1 | true",
                "-0.5 | true",
                "\"false\" | true",
                "[0] | true",
                "{\"a\":null} | true",
                "99999999999999999999 | true"
            },
            quoteCharacter = '`')
    void waiting_is_true_where_python_takes_it_as_true(String value, boolean expected) throws Exception {
        assertThat(check("stop", "{'waiting':" + value + "}").isTrue("waiting")).isEqualTo(expected);
    }

    @Test
    void asking_for_what_is_not_declared_is_a_programming_error() throws Exception {
        PropertyValues list = check("list", "{'name':'x'}");
        assertThatThrownBy(() -> list.text("nam")).isInstanceOf(IllegalArgumentException.class);
        assertThatThrownBy(() -> list.integer("name")).isInstanceOf(IllegalArgumentException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "start, arbiter_start_watchers, watcher_start",
        "stop, arbiter_stop_watchers, watcher_stop",
        "restart, arbiter_restart, watcher_restart",
        "reload, arbiter_reload, watcher_reload",
        "incr, , watcher_incr",
        "decr, , watcher_decr",
        "quit, arbiter_stop, ",
        "detach, arbiter_detach, ",
        "list, , "
    })
    void operations_are_called_in_a_conflict_as_circus_calls_them(String word, String arbiter, String watcher) {
        CommandSpec spec = CommandSpec.find(word).orElseThrow();
        assertThat(spec.arbiterLock().orElse(null)).isEqualTo(arbiter);
        assertThat(spec.watcherLock().orElse(null)).isEqualTo(watcher);
    }

    @ParameterizedTest
    @EnumSource
    void every_command_says_all_that_its_users_need(CommandSpec spec) {
        assertThat(spec.word()).isEqualTo(spec.name().toLowerCase(java.util.Locale.ROOT));
        assertThat(spec.summary()).isNotBlank().doesNotEndWith(".");
        assertThat(spec.help()).endsWith(".");
        assertThat(spec.reply()).endsWith(".");
        assertThat(spec.examples()).isNotEmpty().allMatch(example -> example.contains("circusctl " + spec.word()));
        assertThat(spec.usage()).startsWith("circusctl " + spec.word());
        Set<String> properties = new HashSet<>();
        for (Parameter parameter : spec.parameters()) {
            assertThat(parameter.doc()).endsWith(".");
            assertThat(properties.add(parameter.property())).isTrue();
        }
    }

    @Test
    void an_asynchronous_command_can_be_waited_for_and_no_other() {
        for (CommandSpec spec : CommandSpec.values()) {
            assertThat(spec.parameters().stream()
                            .anyMatch(parameter -> parameter.property().equals("waiting")))
                    .as(spec.word())
                    .isEqualTo(spec.timing() == CommandSpec.Timing.ASYNCHRONOUS);
        }
    }

    @Test
    void usage_shows_mandatory_and_optional_words() {
        assertThat(CommandSpec.GET.usage()).isEqualTo("circusctl get NAME KEY...");
        assertThat(CommandSpec.INCR.usage()).isEqualTo("circusctl incr NAME [NB] [--waiting]");
        assertThat(CommandSpec.STOP.usage()).isEqualTo("circusctl stop [NAME] [--waiting] [--match MATCH]");
        assertThat(CommandSpec.LISTEN.usage()).isEqualTo("circusctl listen [TOPIC...]");
    }

    @Test
    void the_reference_holds_every_command_property_event_and_error() {
        List<String> page = Arrays.asList(CommandReference.markdown().split("\n"));
        for (CommandSpec spec : CommandSpec.values()) {
            assertThat(page).contains("### " + spec.word(), spec.usage());
        }
        assertThat(page)
                .contains(
                        "| 5 | COMMAND_ERROR | command error |",
                        "| `nb` | integer | 1 | `[NB]` | How many more. |",
                        "| `exit` | process_pid, time, exit_code, reason, seq | A process has ended, whatever the reason; not in Circus. |")
                .noneMatch(line -> line.contains("| null |"));
    }
}
