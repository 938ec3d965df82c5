package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.arbiter.Changes;
import circus.manager.arbiter.House;
import circus.manager.arbiter.RunTimeChange;
import circus.manager.config.Amendments;
import circus.manager.plan.Plan;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Change;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.manager.watcher.Stage;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.options.WatcherOptions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What set, add, rm and reloadconfig ask for, and what they answer (contract/commands.md). */
class ChangingCommandsTest {
    private static final Instant NOW = Instant.ofEpochSecond(1795209277);

    private final House house = new House();
    private final Asked asked = new Asked();
    private final Commands commands = new Commands(
            house.arbiter,
            new StatsReader(Runnable::run, house),
            asked,
            house.whereabouts,
            house.eventsCommand,
            house.tails,
            () -> {});

    /** Notes what is asked of it; the test says how it goes on. */
    private static final class Asked implements Changes {
        final List<String> all = new ArrayList<>();
        final List<Outcome> outcomes = new ArrayList<>();
        final SortedMap<String, RunTimeChange> runTime = new TreeMap<>();
        final List<Watcher> set = new ArrayList<>();

        @Nullable
        CommandException refusal;

        /** What a set goes on with once names were looked at; null where there are none. */
        @Nullable
        List<Step> held;

        private void ask(String what, Outcome outcome) throws CommandException {
            if (refusal != null) {
                throw refusal;
            }
            all.add(what);
            outcomes.add(outcome);
        }

        @Override
        public void prepare(Amendments.Trial trial, Step then, Consumer<CommandException> refused)
                throws CommandException {
            if (held != null) {
                held.add(then);
                return;
            }
            then.run();
        }

        @Override
        public void set(Watcher watcher, Map<String, @Nullable Object> options, Order order) throws CommandException {
            set.add(watcher);
            ask(
                    "set " + watcher.name() + " " + Json.write(options) + " " + order.lock() + " " + order.patient(),
                    order.outcome());
        }

        @Override
        public void add(
                String name,
                String cmd,
                @Nullable Object args,
                Map<String, @Nullable Object> options,
                boolean start,
                Order order)
                throws CommandException {
            ask(
                    "add " + name + ": " + cmd + " " + Json.write(args) + " " + Json.write(options) + " " + start + " "
                            + order.lock(),
                    order.outcome());
        }

        @Override
        public void remove(Watcher watcher, boolean stop, Order order) throws CommandException {
            ask("remove " + watcher.name() + " " + stop + " " + order.lock(), order.outcome());
        }

        @Override
        public void plan(Consumer<Plan> made, Consumer<CommandException> refused) {
            if (refusal == null) {
                made.accept(new Plan("0123456789ab", List.of(), List.of(), List.of()));
            } else {
                refused.accept(refusal);
            }
        }

        @Override
        public void apply(Plan plan, boolean exactly, Order order) throws CommandException {
            ask("apply " + plan.id() + " " + order.lock() + " " + order.patient(), order.outcome());
        }

        @Override
        public SortedMap<String, RunTimeChange> runTimeChanges() {
            return runTime;
        }
    }

    @BeforeEach
    void open() {
        house.add("sleeper", Stage.options(WatcherOptions.NUMPROCESSES, 2));
        house.add("Web", Stage.options());
        house.open();
    }

    private List<String> send(String command, String properties) {
        return Exchange.send(commands, command, properties);
    }

    @Test
    void set_hands_the_options_over_in_their_order() {
        assertThat(send("set", "{'name': 'SLEEPER', 'options': {'cmd': 'sleep 999', 'args': null}}"))
                .containsExactly("{\"status\": \"ok\"}");
        assertThat(asked.all)
                .containsExactly("set sleeper {\"cmd\": \"sleep 999\", \"args\": null} watcher_do_action false");
        assertThat(send("set", "{'name': 'sleeper'}").get(0)).contains("message invalid 'options' is missing");
        assertThat(send("set", "{'name': 'sleeper', 'options': []}").get(0))
                .contains("'options' property should be an object");
        assertThat(send("set", "{'name': 'x', 'options': {}}").get(0)).contains("program x not found");
    }

    /** Not the one that had it, and was removed while Python said whether it can use what the options name. */
    @Test
    void what_is_set_is_the_watcher_that_has_the_name_when_names_were_looked_at() throws Exception {
        List<Changes.Step> held = new ArrayList<>();
        asked.held = held;
        Order order = Order.ofOwnAccord("a test", NOW, "test", Outcome.UNHEARD);
        assertThat(send("set", "{'name': 'web', 'options': {'numprocesses': 2}}"))
                .isEmpty();

        house.changes.remove(house.arbiter.find("web"), true, order);
        house.settle();
        assertThatThrownBy(held.get(0)::run).hasMessageContaining("program web not found");

        house.changes.add("Web", "sleep 1", null, Map.of(), false, order);
        held.get(0).run();
        assertThat(asked.set).containsExactly(house.arbiter.find("web"));
    }

    @Test
    void a_waiting_set_is_answered_when_it_is_done() {
        List<String> replies = send("set", "{'name': 'sleeper', 'options': {}, 'waiting': true}");
        assertThat(replies).isEmpty();
        asked.outcomes.get(0).done(new Change(List.of(), List.of()));
        assertThat(replies).containsExactly("{\"status\": \"ok\"}");
    }

    @Test
    void what_is_refused_is_answered_with_the_reason() {
        asked.refusal = CommandException.invalid("'numprocesses' isn't an integer");
        assertThat(send("set", "{'name': 'sleeper', 'options': {'numprocesses': '2'}, 'waiting': true}"))
                .containsExactly(
                        "{\"status\": \"error\", \"reason\": \"'numprocesses' isn't an integer\", \"tb\": null,"
                                + " \"errno\": 3}");
    }

    @Test
    void add_answers_what_it_started_at_the_top_of_the_reply() {
        List<String> replies = send(
                "add",
                "{'name': 'New One', 'cmd': 'sleep 301', 'options': {'numprocesses': 2}, 'start': true,"
                        + " 'waiting': true}");
        assertThat(asked.all).containsExactly("add New One: sleep 301 null {\"numprocesses\": 2} true watcher_start");
        asked.outcomes.get(0).done(new Change(List.of(), List.of(7, 5)));
        assertThat(replies).containsExactly("{\"status\": \"ok\", \"started\": [5, 7], \"kept\": []}");
    }

    @Test
    void add_without_a_start_answers_plainly() {
        List<String> replies = send("add", "{'name': 'n', 'cmd': 'x', 'args': ['a'], 'waiting': true}");
        assertThat(asked.all).containsExactly("add n: x [\"a\"] {} false arbiter_add_watcher");
        asked.outcomes.get(0).done(new Change(List.of(), List.of()));
        assertThat(replies).containsExactly("{\"status\": \"ok\"}");
        assertThat(send("add", "{'name': 'n'}").get(0)).contains("message invalid 'cmd' is missing");
        assertThat(send("add", "{'name': 'n', 'cmd': 'x', 'options': 5}").get(0))
                .contains("'options' property should be an object");
    }

    @Test
    void rm_stops_unless_told_not_to() {
        assertThat(send("rm", "{'name': 'web'}")).containsExactly("{\"status\": \"ok\"}");
        send("rm", "{'name': 'WEB', 'nostop': true}");
        assertThat(asked.all)
                .containsExactly("remove Web true arbiter_rm_watcher", "remove Web false arbiter_rm_watcher");
        assertThat(send("rm", "{'name': 'nope'}").get(0)).contains("program nope not found");
    }

    @Test
    void reloadconfig_makes_a_plan_and_carries_it_out() {
        assertThat(send("reloadconfig", "{}")).containsExactly("{\"status\": \"ok\"}");
        List<String> replies = send("reloadconfig", "{'waiting': true}");
        assertThat(asked.all)
                .containsExactly(
                        "apply 0123456789ab arbiter_reload_config false",
                        "apply 0123456789ab arbiter_reload_config true");
        assertThat(replies).isEmpty();
        asked.outcomes.get(1).failed(CommandException.serverError());
        assertThat(replies.get(0)).contains("\"errno\": 6");
    }

    @Test
    void a_plan_that_is_only_asked_for_is_told() {
        assertThat(send("reloadconfig", "{'plan': true}").get(0))
                .startsWith("{\"status\": \"ok\", \"plan_id\": \"0123456789ab\", \"plan\": {\"id\": \"0123456789ab\","
                        + " \"empty\": true, ")
                .endsWith("\"text\": \"Nothing to do: circusd runs what its configuration says.\"}");
        assertThat(asked.all).isEmpty();
        assertThat(send("reloadconfig", "{'plan': 1}").get(0)).contains("'plan' isn't a valid boolean");
    }

    @Test
    void only_the_plan_that_was_looked_at_is_carried_out() {
        assertThat(send("reloadconfig", "{'plan_id': 'ffff', 'waiting': true}").get(0))
                .contains(
                        "cannot carry out plan ffff: the file or what runs has changed since it was made",
                        "would now be 0123456789ab",
                        "\"errno\": 5");
        assertThat(asked.all).isEmpty();
        send("reloadconfig", "{'plan_id': '0123456789ab'}");
        assertThat(asked.all).hasSize(1);
    }

    @Test
    void a_file_with_mistakes_is_answered_with_them() {
        asked.refusal = new CommandException(ErrorCode.BAD_MSG_DATA_ERROR, "cannot use x.ini: …");
        assertThat(send("reloadconfig", "{}").get(0)).contains("cannot use x.ini", "\"errno\": 6");
        assertThat(send("reloadconfig", "{'plan': true}").get(0)).contains("cannot use x.ini");
    }

    @Test
    void status_and_options_tell_what_differs_from_the_file() {
        TreeMap<String, RunTimeChange.Value> values = new TreeMap<>();
        values.put("numprocesses", new RunTimeChange.Value(2, 5));
        asked.runTime.put("sleeper", new RunTimeChange(RunTimeChange.Kind.CHANGED, values));
        asked.runTime.put("new", new RunTimeChange(RunTimeChange.Kind.ADDED, new TreeMap<>()));
        asked.runTime.put("old", new RunTimeChange(RunTimeChange.Kind.REMOVED, new TreeMap<>()));
        assertThat(send("status", "{'changes': true}").get(0))
                .endsWith("\"changes\": {\"sleeper\": {\"numprocesses\": {\"ini\": 2, \"now\": 5}}},"
                        + " \"added\": [\"new\"], \"removed\": [\"old\"]}");
        assertThat(send("status", "{'name': 'Sleeper', 'changes': true}"))
                .containsExactly("{\"status\": \"active\", \"changes\": {\"numprocesses\": {\"ini\": 2, \"now\": 5}}}");
        assertThat(send("options", "{'name': 'SLEEPER', 'changes': true}"))
                .containsExactly("{\"status\": \"ok\", \"changes\": {\"numprocesses\": {\"ini\": 2, \"now\": 5}}}");
        assertThat(send("options", "{'name': 'web', 'changes': true}"))
                .containsExactly("{\"status\": \"ok\", \"changes\": {}}");
    }

    @Test
    void status_tells_what_a_watcher_was_last_told_also_where_nothing_was_to_be_done() {
        String details = "{'name': 'web', 'details': true}";
        send("stop", "{'name': 'web'}");
        house.pass(1);
        send("stop", "{'name': 'w*'}");
        assertThat(send("status", details).get(0))
                .contains("\"asked\": {\"command\": \"stop w*\", \"by\": \"somebody\", \"time\": ");
        send("incr", "{'name': 'web'}");
        assertThat(send("status", details).get(0)).contains("\"command\": \"stop w*\"");
        house.settle();
        send("start", "{'name': 'web'}");
        assertThat(send("status", details).get(0)).contains("\"command\": \"start web\"");
    }
}
