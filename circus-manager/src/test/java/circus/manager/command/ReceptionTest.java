package circus.manager.command;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.arbiter.House;
import circus.manager.audit.Audit;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Stage;
import circus.message.BadRequestException;
import circus.message.Json;
import circus.message.Reply;
import circus.message.Request;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may do what (the table of {@link Rights}), and what the audit is told. The owner is the user games, uid 5, gid 60, whom every Debian has. */
class ReceptionTest {
    private static final String OWNER = "games";
    private static final Caller ROOT = caller(0);
    private static final Caller CIRCUSD = caller(1000);
    private static final Caller GAMES = caller(5);
    private static final Caller STRANGER = caller(2000);
    private static final String MISMATCH = "uid does not match endpoint_owner";

    private final House house = new House();
    private final List<Map<String, @Nullable Object>> audited = new ArrayList<>();
    private Reception reception = reception(Optional.of(OWNER), true);

    private static Caller caller(int uid) {
        return new Caller(OptionalInt.of(uid), OptionalInt.of(4711), "/run/c.sock");
    }

    private Reception reception(Optional<String> owner, boolean ipc) {
        Audit audit = fields -> audited.add(new LinkedHashMap<>(fields));
        return new Reception(
                new Commands(
                        house.arbiter,
                        new StatsReader(Runnable::run, house),
                        house.changes,
                        house.whereabouts,
                        house.eventsCommand,
                        house.tails,
                        () -> {}),
                house.arbiter,
                new Rights(owner, ipc, 1000),
                audit,
                house);
    }

    @BeforeEach
    void open() {
        house.add("web", Stage.options());
        house.add("theirs", runsAs(OWNER));
        house.add("theirs-by-number", runsAs("5"));
        house.add("theirs-in-another-group", runsAs(OWNER).with(WatcherOptions.GID, Optional.of("shadow")));
        house.open();
    }

    private static OptionValues runsAs(String user) {
        return Stage.options().with(WatcherOptions.UID, Optional.of(user));
    }

    /** The answer: {@code ok}, or the reason of the error. */
    private String send(Caller caller, String command, String properties) {
        return send(caller, command, properties, false);
    }

    private String send(Caller caller, String command, String properties, boolean cast) {
        List<Reply> replies = take(caller, command, properties, cast);
        house.settle();
        return replies.isEmpty()
                ? "nothing"
                : replies.get(0) instanceof Reply.Failed failed ? failed.errno() + ": " + failed.reason() : "ok";
    }

    /** The answers, which come until everything has settled. */
    private List<Reply> take(Caller caller, String command, String properties, boolean cast) {
        List<Reply> replies = new ArrayList<>();
        try {
            Request request = Request.decode(("{\"command\": \"" + command + "\", \"properties\": "
                            + properties.replace('\'', '"') + (cast ? ", \"msg_type\": \"cast\"" : "") + "}")
                    .getBytes(StandardCharsets.UTF_8));
            reception.take(caller, request, replies::add);
        } catch (BadRequestException bad) {
            throw new AssertionError(bad);
        }
        return replies;
    }

    @Test
    void an_upgrade_runs_a_program_as_circusd_and_is_for_its_user_and_root_alone() {
        for (Caller caller : List.of(GAMES, STRANGER, Caller.UNKNOWN)) {
            assertThat(send(caller, "upgrade", "{'to': '/tmp/mine'}"))
                    .startsWith("MESSAGE_ERROR: " + MISMATCH + ": an upgrade runs");
            assertThat(send(caller, "upgrade", "{'kernel': true}")).startsWith("MESSAGE_ERROR: " + MISMATCH);
            assertThat(send(caller, "upgrade", "{'look': true}")).isEqualTo("ok");
        }
        for (Caller caller : List.of(ROOT, CIRCUSD)) {
            assertThat(send(caller, "upgrade", "{'to': '/tmp/mine'}")).doesNotContain(MISMATCH);
        }
    }

    @ParameterizedTest
    @CsvSource({"true", "false"})
    void without_an_owner_everybody_who_is_let_in_may_do_everything(boolean ipc) {
        reception = reception(Optional.empty(), ipc);
        for (Caller caller : List.of(ROOT, CIRCUSD, STRANGER, Caller.UNKNOWN)) {
            assertThat(send(caller, "set", "{'name': 'web', 'options': {'cmd': 'x', 'rlimit_nofile': 9}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x', 'options': {}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "rm", "{'name': 'n'}")).isEqualTo("ok");
        }
    }

    @Test
    void at_ipc_everybody_adds_what_runs_as_the_owner_and_nothing_else_as_in_circus() {
        for (Caller caller : List.of(ROOT, CIRCUSD, GAMES, STRANGER, Caller.UNKNOWN)) {
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x', 'options': {}}"))
                    .isEqualTo("MESSAGE_ERROR: " + MISMATCH);
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x'}")).isEqualTo("MESSAGE_ERROR: " + MISMATCH);
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x', 'options': {'uid': 'root'}}"))
                    .isEqualTo("MESSAGE_ERROR: " + MISMATCH);
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x', 'options': {'uid': 'games'}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "rm", "{'name': 'n'}")).isEqualTo("ok");
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x', 'options': {'uid': 5}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "rm", "{'name': 'n'}")).isEqualTo("ok");
        }
    }

    @Test
    void at_tcp_root_and_circusd_s_own_user_are_not_bound_as_in_circus_others_are() {
        reception = reception(Optional.of(OWNER), false);
        for (Caller caller : List.of(ROOT, CIRCUSD)) {
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x'}")).isEqualTo("ok");
            assertThat(send(caller, "rm", "{'name': 'n'}")).isEqualTo("ok");
        }
        for (Caller caller : List.of(GAMES, STRANGER, Caller.UNKNOWN)) {
            assertThat(send(caller, "add", "{'name': 'n', 'cmd': 'x'}")).isEqualTo("MESSAGE_ERROR: " + MISMATCH);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'gid': 'shadow'",
                "'gid': 0",
                "'hooks': {'before_start': 'exec:/bin/true'}",
                "'hooks.before_start': 'exec:/bin/true'",
                "'rlimit_nofile': 1000000",
                "'stdout_stream': {'class': 'FileStream', 'filename': '/etc/cron.d/x'}",
                "'stdout_stream': {'class': 'StdoutStream', 'filename': '/etc/cron.d/x'}",
                "'stdout_stream': {'class': 'my.Stream'}",
                "'stderr_stream.filename': '/etc/cron.d/x'",
                "'stderr_stream.class': 'my.Stream'"
            })
    void the_owner_gets_no_rights_beyond_his_own_by_add_or_set(String option) {
        assertThat(send(GAMES, "add", "{'name': 'n', 'cmd': 'x', 'options': {'uid': 'games', " + option + "}}"))
                .startsWith("MESSAGE_ERROR: " + MISMATCH + ": ");
        assertThat(send(GAMES, "set", "{'name': 'theirs', 'options': {" + option + "}}"))
                .startsWith("MESSAGE_ERROR: " + MISMATCH + ": ");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "'cmd': 'sh'",
                "'args': 'x'",
                "'env': {'LD_PRELOAD': 'x.so'}",
                "'working_dir': '/tmp'",
                "'shell': true",
                "'copy_env': true"
            })
    void what_a_process_runs_the_owner_sets_where_it_is_his_alone(String option) {
        String options = "'options': {" + option + "}}";
        assertThat(send(GAMES, "set", "{'name': 'theirs', " + options)).isEqualTo("ok");
        assertThat(send(GAMES, "set", "{'name': 'THEIRS-by-number', " + options))
                .isEqualTo("ok");
        assertThat(send(GAMES, "set", "{'name': 'web', " + options))
                .isEqualTo("MESSAGE_ERROR: " + MISMATCH + ": " + option.split("'")[1]
                        + " of web, which runs as circusd does, is not for you to set");
        assertThat(send(GAMES, "set", "{'name': 'theirs-in-another-group', " + options))
                .isEqualTo("MESSAGE_ERROR: " + MISMATCH + ": games is not in group shadow");
        assertThat(send(CIRCUSD, "set", "{'name': 'web', " + options)).isEqualTo("ok");
        assertThat(send(ROOT, "set", "{'name': 'theirs-in-another-group', " + options))
                .isEqualTo("ok");
    }

    @Test
    void nobody_walks_out_by_way_of_uid_and_gid() {
        assertThat(send(GAMES, "set", "{'name': 'theirs', 'options': {'uid': 'root'}}"))
                .isEqualTo("MESSAGE_ERROR: " + MISMATCH + ": uid of theirs, which runs as root, is not for you to set");
        assertThat(send(GAMES, "set", "{'name': 'theirs', 'options': {'cmd': 'x', 'uid': 0}}"))
                .contains("which runs as 0");
        assertThat(send(GAMES, "set", "{'name': 'theirs', 'options': {'gid': 'games'}}"))
                .isEqualTo("ok");
        // It would get the sockets of another's, if nothing else.
        assertThat(send(GAMES, "set", "{'name': 'web', 'options': {'uid': 'games'}}"))
                .isEqualTo("MESSAGE_ERROR: " + MISMATCH
                        + ": uid of web, which runs as circusd does, is not for you to set");
        assertThat(send(GAMES, "set", "{'name': 'theirs-in-another-group', 'options': {'gid': 'games'}}"))
                .startsWith("MESSAGE_ERROR: " + MISMATCH);
    }

    @Test
    void what_reaches_nobody_is_open_to_all_who_are_let_in() {
        for (Caller caller : List.of(GAMES, STRANGER, Caller.UNKNOWN)) {
            assertThat(send(caller, "set", "{'name': 'web', 'options': {'numprocesses': 2, 'max_retry': 3}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "set", "{'name': 'web', 'options': {'stdout_stream': {'class': 'StdoutStream'}}}"))
                    .isEqualTo("ok");
            assertThat(send(caller, "incr", "{'name': 'web'}")).isEqualTo("ok");
            assertThat(send(caller, "options", "{'name': 'web'}")).isEqualTo("ok");
            assertThat(send(caller, "set", "{'name': 'web', 'options': {'zz': 1}}"))
                    .isEqualTo("MESSAGE_ERROR: unknown key 'zz'");
            assertThat(send(caller, "set", "{'name': 'nope', 'options': {'cmd': 'x'}}"))
                    .isEqualTo("MESSAGE_ERROR: program nope not found");
        }
    }

    private String lines() {
        StringBuilder lines = new StringBuilder();
        for (Map<String, @Nullable Object> fields : audited) {
            assertThat(fields.get("time")).isNotNull();
            assertThat(fields.get("job")).isInstanceOf(Long.class);
            fields.remove("time");
            fields.remove("job");
            lines.append(Json.write(fields).replace('"', '\'')).append('\n');
        }
        audited.clear();
        return lines.toString();
    }

    @Test
    void the_audit_is_told_of_what_changes_something_and_of_nothing_else() {
        for (String looks : List.of("status", "list", "options", "stats", "numprocesses", "listen", "bogus")) {
            send(ROOT, looks, "{'name': 'web'}");
        }
        send(ROOT, "reloadconfig", "{'plan': true}");
        assertThat(lines()).isEmpty();
        send(GAMES, "incr", "{'name': 'web', 'nb': 2}");
        send(Caller.UNKNOWN, "decr", "{'name': 'web'}", true);
        send(GAMES, "set", "{'name': 'web', 'options': {'env': {'A': 'secret'}}, 'waiting': true}");
        send(GAMES, "stop", "{'name': 'nope'}");
        send(GAMES, "incr", "{}");
        send(GAMES, "bogus", "{}", true);
        assertThat(lines()).isEqualTo("""
                        {'uid': 5, 'pid': 4711, 'from': '/run/c.sock', 'command': 'incr', 'properties': {'name': 'web', 'nb': 2}, 'result': 'ok'}
                        {'uid': null, 'pid': null, 'from': '', 'command': 'decr', 'cast': true, 'properties': {'name': 'web'}, 'result': 'ok'}
                        {'uid': 5, 'pid': 4711, 'from': '/run/c.sock', 'command': 'set', 'properties': {'name': 'web', 'options': {'env': {'A': '***'}}, 'waiting': true}, 'result': 'refused', 'errno': 3, 'reason': 'uid does not match endpoint_owner: env of web, which runs as circusd does, is not for you to set'}
                        {'uid': 5, 'pid': 4711, 'from': '/run/c.sock', 'command': 'stop', 'properties': {'name': 'nope'}, 'result': 'refused', 'errno': 3, 'reason': 'program nope not found'}
                        {'uid': 5, 'pid': 4711, 'from': '/run/c.sock', 'command': 'incr', 'properties': {}, 'result': 'refused', 'errno': 3, 'reason': 'message invalid 'name' is missing'}
                        """);
    }

    @Test
    void a_command_that_is_given_up_after_it_was_taken_gets_another_line() {
        take(ROOT, "stop", "{'name': 'web'}", false);
        take(GAMES, "start", "{'name': 'web'}", true);
        take(ROOT, "quit", "{}", false);
        house.settle();
        assertThat(lines().lines())
                .hasSize(4)
                .anyMatch(line -> line.contains("'command': 'start', 'cast': true") && line.endsWith("'result': 'ok'}"))
                .anyMatch(
                        line -> line.contains("'command': 'start', 'cast': true")
                                && line.endsWith(
                                        "'result': 'failed', 'errno': 5, 'reason': 'arbiter is already running arbiter_stop command'}"));
    }

    @Test
    void a_right_that_was_looked_at_does_not_wait_until_it_is_another() {
        take(ROOT, "stop", "{'name': 'theirs'}", false);
        List<Reply> replies = take(GAMES, "set", "{'name': 'theirs', 'options': {'cmd': 'x'}, 'waiting': true}", false);
        house.settle();
        assertThat(replies)
                .singleElement()
                .isInstanceOfSatisfying(
                        Reply.Failed.class,
                        failed -> assertThat(failed.reason())
                                .isEqualTo("arbiter is already running watcher_stop command"));
    }
}
