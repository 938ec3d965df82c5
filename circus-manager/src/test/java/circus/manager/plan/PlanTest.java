package circus.manager.plan;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import circus.message.CommandException;
import circus.message.Json;
import circus.options.WatcherOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The rules of DECISIONS.md and contract/watcher-lifecycle.md, section 10, without its faults (Q37 to Q41, Q62). */
final class PlanTest {
    @TempDir
    Path folder;

    private Scene scene(String... lines) {
        return new Scene(folder, lines);
    }

    private static WatcherStep step(Plan plan, String name) {
        return plan.watchers().stream()
                .filter(step -> step.name().equals(name))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void the_same_file_is_nothing_to_do() {
        String[] file = {"[watcher:a]", "cmd = x", "[watcher:b]", "cmd = y", "autostart = no", "[socket:s]", "port = 0"
        };
        Plan plan = scene(file).plan(file);
        assertThat(plan.isEmpty()).isTrue();
        assertThat(plan.watchers()).extracting(WatcherStep::kind).containsOnly(Step.Kind.KEEP);
        assertThat(plan.sockets()).extracting(SocketStep::kind).containsOnly(Step.Kind.KEEP);
        assertThat(plan.text()).isEqualTo("Nothing to do: circusd runs what its configuration says.");
        assertThat(plan.id()).matches("[0-9a-f]{12}");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "cmd = y                                            | restart",
                "cmd = x ; args = -v                                | restart",
                "cmd = x ; max_age = 5                              | restart",
                "cmd = x ; rlimit_nofile = 5                        | restart",
                "cmd = x ; use_sockets = yes                        | restart",
                "cmd = x ; numprocesses = 2                         | resize",
                "cmd = x ; numprocesses = 2 ; stop_signal = INT     | resize",
                "cmd = x ; numprocesses = 2 ; copy_env = yes        | restart",
                "cmd = x ; stop_signal = INT                        | keep",
                "cmd = x ; graceful_timeout = 5                     | keep",
                "cmd = x ; priority = 5                             | keep",
                "cmd = x ; stdout_stream.class = StdoutStream       | keep",
                "cmd = x ; foo = 1                                  | keep",
                "cmd = x ; autostart = no                           | stop",
            })
    void what_changes_says_what_happens(String file, String kind) {
        String[] lines = ("[watcher:a] ; " + file).split(" ; ");
        Plan plan = scene("[watcher:a]", "cmd = x").plan(lines);
        assertThat(Scene.steps(plan)).containsExactly(kind + " a");
        assertThat(plan.isEmpty()).isFalse();
        assertThat(step(plan, "a").config())
                .contains(scene(lines).load(lines).watchers().get(0));
        Plan back = scene(lines).plan("[watcher:a]", "cmd = x");
        assertThat(Scene.steps(back)).containsExactly((kind.equals("stop") ? "start" : kind) + " a");
    }

    @Test
    void only_what_has_changed_is_touched() {
        Plan plan = scene("[watcher:a]", "cmd = x", "[watcher:b]", "cmd = x", "[watcher:c]", "cmd = x")
                .plan("[watcher:a]", "cmd = x", "[watcher:b]", "cmd = y", "[watcher:d]", "cmd = x");
        assertThat(Scene.steps(plan)).containsExactly("stop c", "restart b", "start d");
        assertThat(step(plan, "a").isNothing()).isTrue();
        assertThat(step(plan, "c").config()).isEmpty();
    }

    @Test
    void variables_replace_processes_and_their_values_are_not_told() {
        Plan plan = scene("[watcher:a]", "cmd = x", "[env:a]", "OLD = 1", "KEY = secret1")
                .plan("[watcher:a]", "cmd = x", "[env:a]", "KEY = secret2", "NEW = 1");
        assertThat(Scene.steps(plan)).containsExactly("restart a");
        assertThat(plan.text())
                .contains("env.KEY  changed, replaces the processes", "env.NEW  added", "env.OLD  removed")
                .doesNotContain("secret");
        assertThat(Json.write(plan.toJson())).doesNotContain("secret").contains("env.KEY");
    }

    @Test
    void extras_are_signalled_where_that_means_something_and_replace_what_has_them_in_its_command() {
        String[] hup = {"[watcher:a]", "cmd = x", "send_hup = yes", "foo = 1"};
        Plan signal = scene(hup).plan("[watcher:a]", "cmd = x", "send_hup = yes", "foo = 2");
        assertThat(Scene.steps(signal)).containsExactly("signal a");
        assertThat(signal.text()).contains("foo  1 -> 2, told to the processes by SIGHUP");
        assertThat(Scene.steps(scene("[watcher:a]", "cmd = x $(circus.foo)", "foo = 1")
                        .plan("[watcher:a]", "cmd = x $(circus.foo)", "foo = 2")))
                .containsExactly("restart a");
        assertThat(Scene.steps(scene("[watcher:a]", "cmd = x $(circus.numprocesses)")
                        .plan("[watcher:a]", "cmd = x $(circus.numprocesses)", "numprocesses = 2")))
                .containsExactly("restart a");
    }

    @Test
    void a_stopped_watcher_stays_stopped_and_takes_over_the_change() {
        Plan plan = scene("[watcher:a]", "cmd = x", "[watcher:b]", "cmd = x", "autostart = no")
                .stopped("a")
                .plan("[watcher:a]", "cmd = y", "numprocesses = 3", "[watcher:b]", "cmd = y", "autostart = no");
        assertThat(Scene.steps(plan)).containsExactly("keep a", "keep b");
        assertThat(step(plan, "a").changes()).extracting(ChangedKey::effect).containsOnly(Effect.AT_START);
        assertThat(step(plan, "a").target()).isEqualTo(3);
    }

    @Test
    void what_was_set_stays_as_long_as_the_file_says_what_it_said() {
        Scene scene = scene("[watcher:a]", "cmd = x", "max_retry = 1", "[env:a]", "A = 1")
                .set("a", "cmd", "z")
                .set("a", "env", Map.of("B", "2"))
                .resized("a", 4);
        Plan plan = scene.plan("[watcher:a]", "cmd = x", "max_retry = 2", "[env:a]", "A = 1");
        assertThat(Scene.steps(plan)).containsExactly("keep a");
        WatcherStep step = step(plan, "a");
        assertThat(step.changes()).extracting(ChangedKey::key).containsExactly("max_retry");
        assertThat(step.target()).isEqualTo(4);
        assertThat(step.overrides()).isEqualTo(Map.of("cmd", "z", "env", Map.of("B", "2")));
        assertThat(step.config().orElseThrow().options().get(WatcherOptions.CMD))
                .isEqualTo("z");
        assertThat(step.config().orElseThrow().environment()).isEqualTo(Map.of("B", "2"));
    }

    @Test
    void the_file_wins_over_what_was_set_where_it_has_changed_that_key() {
        Scene scene = scene("[watcher:a]", "cmd = x", "[env:a]", "A = 1")
                .set("a", "cmd", "z")
                .set("a", "env", Map.of("B", "2"))
                .set("a", "max_retry", 9L)
                .resized("a", 4);
        Plan plan = scene.plan("[watcher:a]", "cmd = y", "numprocesses = 2", "[env:a]", "A = 5");
        WatcherStep step = step(plan, "a");
        assertThat(step.kind()).isEqualTo(Step.Kind.RESTART);
        assertThat(step.overrides()).isEqualTo(Map.of("max_retry", 9L));
        assertThat(step.target()).isEqualTo(2);
        assertThat(step.config().orElseThrow().environment()).isEqualTo(Map.of("A", "5"));
        assertThat(plan.text())
                .contains(
                        "z -> y (set at run time; the file wins), replaces the processes",
                        "4 -> 2 (set at run time; the file wins), changes their number",
                        "env.B         removed (set at run time; the file wins)",
                        "env.A         added");
    }

    @Test
    void a_file_that_says_what_was_set_changes_nothing_but_who_says_it() {
        Scene scene = scene("[watcher:a]", "cmd = x").set("a", "cmd", "y").resized("a", 3);
        Plan plan = scene.plan("[watcher:a]", "cmd = y", "numprocesses = 3");
        assertThat(Scene.steps(plan)).containsExactly("keep a");
        assertThat(step(plan, "a").changes()).extracting(ChangedKey::effect).containsOnly(Effect.ALREADY);
        assertThat(step(plan, "a").overrides()).isEmpty();
        assertThat(step(plan, "a").target()).isEqualTo(3);
    }

    @Test
    void what_was_set_of_a_whole_still_covers_a_part_of_it() {
        Scene scene = scene("[watcher:a]", "cmd = x").set("a", "env", Map.of("B", "2"));
        Plan plan = scene.plan("[watcher:a]", "cmd = x", "copy_env = yes");
        assertThat(Scene.steps(plan)).containsExactly("keep a");
        assertThat(step(plan, "a").changes()).extracting(ChangedKey::effect).containsExactly(Effect.COVERED);
        assertThat(step(plan, "a").config().orElseThrow().environment()).isEqualTo(Map.of("B", "2"));
    }

    @Test
    void what_cannot_be_kept_beside_the_new_file_is_told() {
        Scene scene = scene("[watcher:a]", "cmd = x")
                .set("a", "numprocesses", 3L)
                .set("a", "max_retry", 7L)
                .resized("a", 3);
        Plan plan = scene.plan("[watcher:a]", "cmd = x", "singleton = yes");
        assertThat(plan.text())
                .contains("numprocesses = 3, set at run time, is forgotten", "Singleton watcher has a single process");
        assertThat(step(plan, "a").overrides()).isEqualTo(Map.of("max_retry", 7L));
        assertThat(step(plan, "a").target()).isEqualTo(1);
    }

    @Test
    void an_added_watcher_stays_until_the_file_has_one_of_that_name() {
        Scene scene = scene("[watcher:a]", "cmd = x").added("New", "sleep 1", Map.of("numprocesses", 2L));
        assertThat(scene.plan("[watcher:a]", "cmd = x").isEmpty()).isTrue();
        assertThat(step(scene.plan("[watcher:a]", "cmd = x"), "New").added()).isTrue();
        Plan plan = scene.plan("[watcher:a]", "cmd = x", "[watcher:new]", "cmd = sleep 2");
        assertThat(Scene.steps(plan)).containsExactly("restart new");
        assertThat(step(plan, "new").added()).isFalse();
        assertThat(step(plan, "new").target()).isEqualTo(1);
        assertThat(plan.text()).contains("it was added at run time, and the file has a watcher of that name now");
    }

    @Test
    void a_removed_watcher_stays_removed_until_its_section_changes() {
        Scene scene = scene("[watcher:a]", "cmd = x").removed("A");
        assertThat(scene.plan("[watcher:a]", "cmd = x").isEmpty()).isTrue();
        assertThat(step(scene.plan("[watcher:a]", "cmd = x"), "a").config()).isEmpty();
        assertThat(Scene.steps(scene.plan("[watcher:a]", "cmd = y"))).containsExactly("start a");
        assertThat(scene.plan("[circus]", "name = c").watchers()).isEmpty();
    }

    @Test
    void a_new_watcher_that_does_not_start_by_itself_is_there_and_stopped() {
        Plan plan = scene("[watcher:a]", "cmd = x")
                .plan("[watcher:a]", "cmd = x", "[watcher:b]", "cmd = x", "autostart = no");
        assertThat(Scene.steps(plan)).containsExactly("keep b");
        assertThat(step(plan, "b").reasons()).containsExactly("new in the file", "not started: autostart is off");
    }

    @Test
    void sockets_are_opened_closed_and_reopened_and_their_users_replaced() {
        String user = "cmd = x $(circus.sockets.web)";
        Plan plan = scene(
                        "[socket:web]",
                        "port = 1",
                        "[socket:old]",
                        "port = 2",
                        "[watcher:a]",
                        user,
                        "[watcher:b]",
                        "cmd = y")
                .plan(
                        "[socket:web]",
                        "port = 3",
                        "[socket:more]",
                        "port = 4",
                        "[watcher:a]",
                        user,
                        "[watcher:b]",
                        "cmd = y");
        assertThat(Scene.steps(plan)).containsExactly("open more", "close old", "reopen web", "restart a");
        assertThat(step(plan, "a").reasons()).containsExactly("its socket 'web' is opened anew");
        Plan live = scene("[socket:web]", "port = 1", "[watcher:a]", user)
                .plan("[socket:web]", "port = 1", "use_papa = yes", "[watcher:a]", user);
        assertThat(Scene.steps(live)).containsExactly("keep web");
    }

    @Test
    void a_socket_that_somebody_still_needs_is_not_deleted() {
        String[] file = {"[socket:web]", "port = 1", "[watcher:w1]", "cmd = x"};
        Scene scene = scene(file).added("w3", "x $(circus.sockets.web)", Map.of());
        assertThat(catchThrowableOfType(CommandException.class, () -> scene.planOrRefuse("[watcher:w1]", "cmd = x")))
                .hasMessage("Watchers {'w3'} uses a socket which is deleted: 'web'");
        Scene set = scene(file).set("w1", "cmd", "x $(circus.sockets.WEB)");
        CommandException refused =
                catchThrowableOfType(CommandException.class, () -> set.planOrRefuse("[watcher:w1]", "cmd = x"));
        assertThat(refused.code().errno()).isEqualTo(6);
        assertThat(Scene.steps(set.plan("[watcher:w2]", "cmd = x")))
                .containsExactly("close web", "stop w1", "start w2");
    }

    @Test
    void options_of_circusd_are_live_or_need_another_start() {
        Plan plan = scene("[circus]", "check_delay = 1", "[watcher:a]", "cmd = x")
                .plan("[circus]", "umask = 022", "endpoint = ipc:///x", "statsd = yes", "[watcher:a]", "cmd = x");
        assertThat(Scene.steps(plan)).containsExactly("start circusd-stats");
        assertThat(plan.isEmpty()).isFalse();
        assertThat(plan.circus())
                .extracting(change -> change.key() + " " + change.effect())
                .containsExactly("check_delay LIVE", "endpoint NEEDS_RESTART", "statsd LIVE", "umask LIVE");
        assertThat(plan.text())
                .contains("change   [circus]\n    check_delay  1.0 -> 5.0, applied live\n")
                .endsWith("1 untouched.");
    }

    @Test
    void those_that_go_come_first_then_the_others_by_priority() {
        Plan plan = scene(
                        "[watcher:a]",
                        "cmd = x",
                        "priority = 3",
                        "[watcher:b]",
                        "cmd = x",
                        "priority = 1",
                        "[watcher:c]",
                        "cmd = x",
                        "priority = 2")
                .plan(
                        "[watcher:c]",
                        "cmd = y",
                        "priority = 2",
                        "[watcher:d]",
                        "cmd = x",
                        "priority = 9",
                        "[watcher:e]",
                        "cmd = x");
        assertThat(Scene.steps(plan)).containsExactly("stop b", "stop a", "start d", "restart c", "start e");
    }

    @Test
    void the_id_changes_when_something_has_moved() {
        String[] file = {"[watcher:a]", "cmd = x"};
        String[] changed = {"[watcher:a]", "cmd = y"};
        String id = scene(file).plan(changed).id();
        assertThat(List.of(
                        id,
                        scene(file).plan("[watcher:a]", "cmd = z").id(),
                        scene("[watcher:a]", "cmd = w").plan(changed).id(),
                        scene(file).resized("a", 2).plan(changed).id(),
                        scene(file).stopped("a").plan(changed).id(),
                        scene(file).set("a", "max_retry", 1L).plan(changed).id(),
                        scene(file).added("b", "x", Map.of()).plan(changed).id(),
                        scene(file).removed("a").plan(changed).id()))
                .doesNotHaveDuplicates();
        assertThat(scene(file).plan(changed).id()).isEqualTo(id);
    }

    @Test
    void the_text_is_for_people() {
        Plan plan = scene(
                        "[watcher:web]",
                        "cmd = run",
                        "[watcher:api]",
                        "cmd = api",
                        "[watcher:old]",
                        "cmd = o",
                        "[watcher:q]",
                        "cmd = q")
                .plan(
                        "[watcher:web]",
                        "cmd = run --new",
                        "graceful_timeout = 5",
                        "[watcher:api]",
                        "cmd = api",
                        "numprocesses = 4",
                        "[watcher:q]",
                        "cmd = q");
        assertThat(plan.text()).isEqualTo("""
                Plan ID

                stop     watcher old
                    no longer in the file
                resize   watcher api
                    numprocesses  1 -> 4, changes their number
                restart  watcher web
                    cmd               run -> run --new, replaces the processes
                    graceful_timeout  30.0 -> 5.0, applied live

                1 to stop, 1 to restart, 1 to resize, 1 untouched.""".replace("ID", plan.id()));
    }
}
