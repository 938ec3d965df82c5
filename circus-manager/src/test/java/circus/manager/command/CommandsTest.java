package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;

import circus.command.CommandSpec;
import circus.manager.arbiter.House;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Stage;
import circus.message.CommandException;
import circus.message.Event;
import circus.message.EventKind;
import circus.message.Reply;
import circus.message.Request;
import circus.options.WatcherOptions;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Replies, word for word as contract/commands.md has them (captured from Circus), but for times and pids. */
class CommandsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1795209277);

    private final House house = new House();
    private final Commands commands = new Commands(
            house.arbiter,
            new StatsReader(Runnable::run, house),
            house.changes,
            house.whereabouts,
            house.eventsCommand,
            house.tails,
            () -> {});

    @BeforeEach
    void open() {
        house.add("Shelly Two", Stage.options());
        house.add("exiter", Stage.options(WatcherOptions.AUTOSTART, false));
        house.add("single", Stage.options(WatcherOptions.SINGLETON, true));
        house.add("sleeper", Stage.options(WatcherOptions.NUMPROCESSES, 2).with(WatcherOptions.GRACEFUL_TIMEOUT, 3.0));
        house.open();
        house.news();
    }

    /** Everything that is answered to this request, now or later. */
    private List<String> send(String request) {
        List<String> replies = new ArrayList<>();
        try {
            Request decoded = Request.decode(request.getBytes(StandardCharsets.UTF_8));
            CommandSpec spec = CommandSpec.find(decoded.command())
                    .orElseThrow(() -> CommandException.unknownCommand(decoded.command()));
            commands.execute(new Call(
                    Caller.UNKNOWN,
                    spec,
                    spec.check(decoded.properties()),
                    decoded.cast(),
                    reply -> replies.add(text(reply, decoded.id()))));
        } catch (CommandException refused) {
            replies.add(text(refused.reply(), null));
        }
        return replies;
    }

    private static String text(Reply reply, @org.jspecify.annotations.Nullable Object id) {
        return new String(reply.encode(id, NOW), StandardCharsets.UTF_8).replace("1795209277.0", "T");
    }

    private String only(String request) {
        List<String> replies = send(request);
        assertThat(replies).hasSize(1);
        return replies.get(0);
    }

    @Test
    void events_are_told_with_their_numbers_and_what_was_lost() {
        house.journal.add(Event.of("Shelly Two", EventKind.START, NOW));
        house.journal.add(Event.of("sleeper", EventKind.SPAWN, 1003, NOW));
        house.journal.add(Event.exit("sleeper", 1003, NOW, 0, "died"));

        assertThat(only("{'id':'1','command':'events','properties':{'since': 1795208400000000}}".replace('\'', '"')))
                .isEqualTo(
                        "{'status': 'ok', 'time': T, 'events': [{'seq': 1795208400000001, 'topic': 'watcher.sleeper.spawn',"
                                        .replace('\'', '"')
                                + " 'process_pid': 1003, 'time': T}, {'seq': 1795208400000002, 'topic': 'watcher.sleeper.exit',"
                                        .replace('\'', '"')
                                + " 'process_pid': 1003, 'time': T, 'exit_code': 0, 'reason': 'died'}],"
                                        .replace('\'', '"')
                                + " 'first': 1795208400000000, 'last': 1795208400000002, 'lost': 0,".replace('\'', '"')
                                + " 'next': 1795208400000002, 'pubsub_endpoint': 'tcp://127.0.0.1:5556', 'id': '1'}"
                                        .replace('\'', '"'));
        assertThat(events("'names': ['SHELLY TWO']"))
                .contains("shelly_two.start")
                .doesNotContain("sleeper");
        assertThat(events("'kind': 'EXIT'")).contains("sleeper.exit").doesNotContain("spawn", "start");
        assertThat(events("'names': ['sleeper'], 'kind': 'start'")).contains("\"events\": []");
        assertThat(events("'limit': 1")).contains("\"next\": 1795208400000000,").doesNotContain("spawn");
        assertThat(events("'since': 1")).contains("\"lost\": -1");
        assertThat(events("'names': [], 'follow': true")).contains("spawn");
    }

    @Test
    void events_cannot_be_asked_for_with_what_is_no_number_name_or_kind() {
        assertThat(events("'since': '1'")).contains("'since' isn't an integer", "\"errno\": 3");
        assertThat(events("'since': 1e3")).contains("'since' isn't an integer");
        assertThat(events("'since': 123456789012345678901234567890")).contains("'since' isn't an integer");
        assertThat(events("'limit': 0")).contains("'limit' must be 1 or more, not 0", "\"errno\": 3");
        assertThat(events("'names': 'web'")).contains("'names' isn't a list of strings");
        assertThat(events("'kind': 'born'")).contains("unknown kind of event 'born': expected spawn, reap, kill,");
    }

    private String events(String properties) {
        return only("{\"id\": 1, \"command\": \"events\", \"properties\": {" + properties.replace('\'', '"') + "}}");
    }

    @Test
    void list_names_watchers_in_lower_case_and_sorted() {
        assertThat(only("{\"id\":\"1\",\"command\":\"LIST\"}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"watchers\": [\"exiter\", \"shelly two\", \"single\","
                        + " \"sleeper\"], \"id\": \"1\"}");
    }

    @Test
    void list_of_a_watcher_tells_its_pids() {
        assertThat(only("{\"id\":\"2\",\"command\":\"list\",\"properties\":{\"name\":\"SLEEPER\"}}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"pids\": [1003, 1004], \"id\": \"2\"}");
        assertThat(only("{\"id\":\"2\",\"command\":\"list\",\"properties\":{\"name\":\"exiter\"}}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"pids\": [], \"id\": \"2\"}");
        assertThat(only("{\"id\":\"3\",\"command\":\"list\",\"properties\":{\"name\":\"nope\"}}"))
                .isEqualTo("{\"status\": \"error\", \"reason\": \"program nope not found\", \"tb\": null, \"time\": T,"
                        + " \"errno\": 3, \"id\": null}");
    }

    @Test
    void status_of_all_keeps_the_case_and_the_order_of_the_configuration() {
        assertThat(only("{\"command\":\"status\",\"id\":7}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"statuses\": {\"Shelly Two\": \"active\", \"exiter\":"
                        + " \"stopped\", \"single\": \"active\", \"sleeper\": \"active\"}, \"id\": 7}");
    }

    @Test
    void status_of_one_takes_the_place_of_the_reply_s_own() {
        assertThat(only("{\"id\":8,\"command\":\"status\",\"properties\":{\"name\":\"exiter\"}}"))
                .isEqualTo("{\"status\": \"stopped\", \"time\": T, \"id\": 8}");
    }

    @Test
    void numbers_of_watchers_and_processes() {
        assertThat(only("{\"command\":\"numwatchers\"}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"numwatchers\": 4, \"id\": null}");
        assertThat(only("{\"command\":\"numprocesses\",\"id\":1}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"numprocesses\": 4, \"id\": 1}");
        assertThat(only("{\"command\":\"numprocesses\",\"properties\":{\"name\":\"Sleeper\"},\"id\":{\"a\":1}}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"numprocesses\": 2, \"watcher_name\": \"Sleeper\","
                        + " \"id\": {\"a\": 1}}");
    }

    @Test
    void get_answers_in_the_order_of_the_keys_and_refuses_unknown_ones() {
        assertThat(only("{\"id\":6,\"command\":\"get\",\"properties\":{\"name\":\"sleeper\",\"keys\":[\"cmd\","
                        + "\"numprocesses\",\"stop_signal\"]}}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"options\": {\"cmd\": \"sleep 100\", \"numprocesses\":"
                        + " 2, \"stop_signal\": 15}, \"id\": 6}");
        assertThat(only("{\"command\":\"get\",\"properties\":{\"name\":\"sleeper\",\"keys\":[\"zz\"]}}"))
                .contains("\"reason\": \"'zz' option not found\"", "\"errno\": 3");
        assertThat(only("{\"command\":\"get\",\"properties\":{\"name\":\"sleeper\"}}"))
                .contains("\"reason\": \"message invalid 'keys' is missing\"", "\"errno\": 3");
    }

    @Test
    void options_are_sorted_and_show_the_number_of_processes_that_is_wanted_now() {
        send("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":2}}");
        assertThat(only("{\"command\":\"options\",\"properties\":{\"name\":\"sleeper\"}}"))
                .contains("\"options\": {\"args\": \"\", \"close_child_stderr\": false")
                .contains("\"numprocesses\": 4, \"on_demand\": false");
    }

    @Test
    void a_command_that_nobody_waits_for_is_answered_at_once_and_without_a_result() {
        assertThat(only("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\"},\"id\":1}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"id\": 1}");
        house.settle();
        assertThat(house.news()).containsExactly("sleeper.spawn");
    }

    @Test
    void a_waiting_incr_answers_the_new_number_when_the_processes_run() {
        List<String> replies =
                send("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":3,\"waiting\":true},\"id\":2}");
        assertThat(replies).isEmpty();
        house.settle();
        assertThat(replies).containsExactly("{\"status\": \"ok\", \"time\": T, \"numprocesses\": 5, \"id\": 2}");
    }

    @Test
    void a_negative_number_turns_incr_and_decr_round() {
        send("{\"command\":\"decr\",\"properties\":{\"name\":\"sleeper\",\"nb\":-2}}");
        house.settle();
        assertThat(house.kernel.names()).hasSize(6);
        send("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":-9}}");
        house.settle();
        assertThat(only("{\"command\":\"numprocesses\",\"properties\":{\"name\":\"sleeper\"}}"))
                .contains("\"numprocesses\": 0");
    }

    @Test
    void more_processes_than_can_be_are_refused() {
        assertThat(only("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":2000000000}}"))
                .contains(
                        "\"reason\": \"cannot have 2000000002 processes of sleeper: 32768 is the most that can be\"",
                        "\"errno\": 3");
        assertThat(only("{\"command\":\"decr\",\"properties\":{\"name\":\"sleeper\",\"nb\":-9223372036854775808}}"))
                .contains("\"errno\": 3");
        assertThat(
                        only(
                                "{\"command\":\"set\",\"properties\":{\"name\":\"sleeper\",\"options\":{\"numprocesses\":40000}}}"))
                .contains("'numprocesses' is more than the 32768 processes that can be", "\"errno\": 3");
        house.settle();
        assertThat(house.kernel.running).hasSize(4);
    }

    @Test
    void a_singleton_is_not_resized() {
        assertThat(only("{\"command\":\"decr\",\"properties\":{\"name\":\"single\",\"waiting\":true},\"id\":9}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"numprocesses\": 1, \"singleton\": true, \"id\": 9}");
    }

    @Test
    void a_number_that_is_none_is_refused() {
        assertThat(only("{\"command\":\"incr\",\"properties\":{\"name\":\"sleeper\",\"nb\":\"x\",\"waiting\":true}}"))
                .contains("\"errno\": 3");
    }

    @Test
    void start_of_one_that_runs_keeps_its_processes() {
        List<String> replies =
                send("{\"command\":\"start\",\"properties\":{\"name\":\"sleeper\",\"waiting\":true},\"id\":4}");
        house.settle();
        assertThat(replies)
                .containsExactly(
                        "{\"status\": \"ok\", \"time\": T, \"info\": {\"started\": [], \"kept\": [1003, 1004]},"
                                + " \"id\": 4}");
    }

    @Test
    void restart_of_one_tells_what_changed() {
        List<String> replies =
                send("{\"command\":\"restart\",\"properties\":{\"name\":\"sleeper\",\"waiting\":true},\"id\":5}");
        house.settle();
        assertThat(replies)
                .containsExactly("{\"status\": \"ok\", \"time\": T, \"info\": {\"stopped\": [1003, 1004], \"started\":"
                        + " [1005, 1006], \"kept\": []}, \"id\": 5}");
    }

    @Test
    void stop_of_one_answers_null() {
        List<String> replies = send("{\"command\":\"stop\",\"properties\":{\"name\":\"sle\",\"match\":\"regex\","
                + "\"waiting\":true},\"id\":10}");
        house.settle();
        assertThat(replies).containsExactly("{\"status\": \"ok\", \"time\": T, \"info\": null, \"id\": 10}");
    }

    @Test
    void several_or_all_answer_plainly() {
        List<String> stop = send("{\"command\":\"stop\",\"properties\":{\"name\":\"s*\",\"waiting\":true},\"id\":1}");
        house.settle();
        assertThat(stop).containsExactly("{\"status\": \"ok\", \"time\": T, \"id\": 1}");
        assertThat(house.kernel.running).isEmpty();
        List<String> start = send("{\"command\":\"start\",\"properties\":{\"waiting\":true},\"id\":2}");
        house.settle();
        assertThat(start).containsExactly("{\"status\": \"ok\", \"time\": T, \"id\": 2}");
        assertThat(house.kernel.running).hasSize(4);
    }

    @Test
    void a_conflict_is_told_in_circus_s_words() {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        send("{\"command\":\"restart\",\"properties\":{\"name\":\"sleeper\"}}");
        assertThat(only("{\"command\":\"stop\",\"properties\":{\"name\":\"sleeper\"}}"))
                .isEqualTo("{\"status\": \"error\", \"reason\": \"arbiter is already running watcher_restart command\","
                        + " \"tb\": null, \"time\": T, \"errno\": 5, \"id\": null}");
        assertThat(only("{\"command\":\"start\",\"properties\":{}}"))
                .contains("arbiter is already running watcher_restart command");
        assertThat(only("{\"command\":\"stop\",\"properties\":{\"name\":\"nope\"}}"))
                .as("what is wrong with the request comes first")
                .contains("program nope not found");
    }

    @Test
    void a_cast_waits_where_a_call_is_refused() {
        house.kernel.running.values().forEach(child -> child.temper = Temper.STUBBORN);
        send("{\"command\":\"restart\",\"properties\":{\"name\":\"sleeper\"}}");
        send("{\"command\":\"stop\",\"properties\":{\"name\":\"sleeper\"},\"msg_type\":\"cast\"}");
        house.pass(3);
        assertThat(house.kernel.names()).doesNotContain("sleeper.1");
    }

    @Test
    void a_quit_is_answered_at_once_or_at_the_very_end() {
        assertThat(only("{\"command\":\"quit\",\"properties\":{},\"id\":1}"))
                .isEqualTo("{\"status\": \"ok\", \"time\": T, \"id\": 1}");
        List<String> waiting = send("{\"command\":\"quit\",\"properties\":{\"waiting\":true},\"id\":2}");
        house.settle();
        assertThat(waiting).isEmpty();
        house.arbiter
                .awaitingEnd()
                .forEach(outcome -> outcome.done(new circus.manager.watcher.Change(List.of(), List.of())));
        assertThat(waiting).containsExactly("{\"status\": \"ok\", \"time\": T, \"id\": 2}");
    }

    @Test
    void a_detach_is_answered_and_ends_nothing_but_the_manager() {
        assertThat(only("{\"command\":\"detach\",\"id\":1}")).isEqualTo("{\"status\": \"ok\", \"time\": T, \"id\": 1}");
        house.settle();
        assertThat(house.kernel.running).hasSize(4);
        assertThat(house.farewells).hasSize(1);
    }

    @Test
    void a_bad_match_is_refused() {
        assertThat(only("{\"command\":\"stop\",\"properties\":{\"name\":\"x\",\"match\":\"bogus\"}}"))
                .contains("unknown match method bogus", "\"errno\": 3");
        assertThat(only("{\"command\":\"stop\",\"properties\":{\"name\":\"(\",\"match\":\"regex\"}}"))
                .contains("\"errno\": 5");
    }

    @Test
    void stats_names_a_process_that_is_not_there() {
        assertThat(only("{\"command\":\"stats\",\"properties\":{\"name\":\"sleeper\",\"process\":1}}"))
                .contains("\"reason\": \"process 1 not found in 'sleeper'\"", "\"errno\": 3");
        assertThat(only("{\"command\":\"stats\",\"properties\":{\"name\":\"SLEEPER\",\"process\":\"1\"}}"))
                .contains("\"reason\": \"process '1' not found in 'SLEEPER'\"", "\"errno\": 3");
        assertThat(only("{\"command\":\"stats\",\"properties\":{\"name\":\"sleeper\",\"process\":\"x\"}}"))
                .contains("\"errno\": 5");
        assertThat(only("{\"command\":\"stats\",\"properties\":{\"name\":\"nope\"}}"))
                .contains("\"reason\": \"program nope not found\"", "\"errno\": 3");
    }

    @Test
    void listen_is_not_for_this_socket() {
        assertThat(only("{\"command\":\"listen\"}"))
                .contains("\"reason\": \"invalid message. use a pub/sub socket\"", "\"errno\": 3");
    }
}
