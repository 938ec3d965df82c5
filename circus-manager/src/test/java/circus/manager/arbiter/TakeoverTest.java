package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.Attached;
import circus.manager.kernel.Exit;
import circus.manager.kernel.LaunchSpec;
import circus.manager.kernel.Launched;
import circus.manager.kernel.SpawnReply;
import circus.manager.watcher.Operation;
import circus.manager.watcher.Stage;
import circus.manager.watcher.Watcher;
import circus.manager.watcher.WatcherStatus;
import circus.options.WatcherOptions;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import papa.wire.Usage;

/** The beginning of a manager. */
class TakeoverTest {
    private final House house = new House();

    /** Something that runs in the kernel before the manager comes. */
    private Attached running(String name, Map<String, String> annotations) {
        LaunchSpec spec =
                new LaunchSpec(name, List.of("sleep"), Map.of(), "/", "/bin", List.of(), true, true, annotations);
        Launched[] made = new Launched[1];
        house.kernel.spawn(spec, new SpawnReply() {
            @Override
            public void spawned(Launched launched) {
                made[0] = launched;
            }

            @Override
            public void failed(String reason) {
                throw new AssertionError(reason);
            }
        });
        house.kernel.answerOne();
        return new Attached(
                name, made[0].incarnation(), made[0].pid(), made[0].started(), annotations, Optional.empty());
    }

    private void takeOver(List<Attached> processes, Map<String, String> values, boolean fresh) {
        house.kernel.values.putAll(values);
        new Takeover(house.arbiter, "test.ini").run(processes, Inherited.of(values, Map.of(), fresh));
        house.settle();
    }

    private static Map<String, String> annotations(Watcher watcher, int wid) {
        Map<String, String> annotations = new LinkedHashMap<>();
        annotations.put("wid", Integer.toString(wid));
        annotations.put("digest", watcher.config().digest());
        return annotations;
    }

    @Test
    void brings_each_process_to_its_watcher_and_starts_the_others() {
        Watcher web = house.add("Web", Stage.options(WatcherOptions.NUMPROCESSES, 2));
        Watcher other = house.add("other", Stage.options());
        takeOver(
                List.of(running("web.1", annotations(web, 1)), running("web.2", annotations(web, 2))), Map.of(), false);
        assertThat(web.processes()).hasSize(2);
        assertThat(web.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(other.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(house.news()).containsExactly("other.spawn", "other.start");
        assertThat(house.kernel.signals).isEmpty();
    }

    @Test
    void ends_what_no_section_wants_any_more_the_way_it_was_configured() {
        house.add("web", Stage.options());
        takeOver(
                List.of(running("old.name.3", Map.of("wid", "3", "stop_signal", "3", "graceful_timeout", "1.5"))),
                Map.of("watcher.old.name", "{\"stopped\": true, \"autostart\": true}", "log.0011", "kept"),
                false);
        assertThat(house.kernel.signals).containsExactly("1 3");
        assertThat(house.kernel.names()).containsExactly("web.1");
        assertThat(house.news()).contains("old.name.kill", "old.name.reap", "old.name.exit", "old.name.stop");
        assertThat(house.kernel.values).containsOnlyKeys("log.0011");
        assertThat(house.arbiter.watchers()).hasSize(1);
    }

    @Test
    void fresh_forgets_what_was_done_at_run_time() {
        Watcher web = house.add("web", Stage.options(WatcherOptions.NUMPROCESSES, 1));
        takeOver(
                List.of(),
                Map.of(
                        "watcher.web",
                        "{\"numprocesses\": 4, \"configured\": 1, \"stopped\": true, \"autostart\": true}"),
                true);
        assertThat(web.target()).isEqualTo(1);
        assertThat(web.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(house.kernel.values).isEmpty();
    }

    @Test
    void what_cannot_be_read_counts_as_nothing() {
        Watcher web = house.add("web", Stage.options());
        takeOver(List.of(), Map.of("watcher.web", "garbage"), false);
        assertThat(web.status()).isEqualTo(WatcherStatus.ACTIVE);
    }

    /** A former circusd that is newer may be taken back. */
    @Test
    void what_cannot_be_read_is_there_for_who_can_until_something_else_is_done() throws Exception {
        Watcher web = house.add("web", Stage.options());
        Map<String, String> left = Map.of("watcher.web", "[\"of tomorrow\"]", "watcher.added", "[\"also\"]");
        takeOver(List.of(), left, false);
        assertThat(house.kernel.values).isEqualTo(left);
        house.arbiter.operate(web, Operation.resize(2, Stage.order("watcher_incr", false, new Stage.Heard())));
        house.settle();
        assertThat(house.kernel.values.get("watcher.web")).contains("\"numprocesses\"");
        assertThat(house.kernel.values).containsEntry("watcher.added", "[\"also\"]");
    }

    @Test
    void fresh_forgets_what_cannot_be_read() {
        house.add("web", Stage.options());
        takeOver(List.of(), Map.of("watcher.web", "garbage"), true);
        assertThat(house.kernel.values).isEmpty();
    }

    @Test
    void the_end_of_what_was_left_alone_is_told_whenever_it_ends() {
        Attached ran = running("gone.1", Map.of("wid", "1", "left", "1"));
        Attached ended = running("gone.2", Map.of("wid", "2", "left", "1"));
        Attached over = new Attached(
                ended.name(),
                ended.incarnation(),
                ended.pid(),
                ended.started(),
                ended.annotations(),
                Optional.of(new Exit(ended.incarnation(), 3, house.now(), 0)),
                false);
        house.kernel.notTaken.addAll(List.of(ran.incarnation(), ended.incarnation()));
        takeOver(List.of(ran, over), Map.of(), false);
        assertThat(house.events).hasSize(1);
        assertThat(house.events.get(0).payload())
                .containsEntry("process_pid", ended.pid())
                .containsEntry("exit_code", 3)
                .containsEntry("reason", "left");
        assertThat(house.news()).containsExactly("gone.exit");
        Usage used = new Usage(1, 2, 3, true);
        house.arbiter.exited(new Exit(ran.incarnation(), -9, house.now(), 0, used));
        assertThat(house.news()).containsExactly("gone.exit");
        assertThat(house.deaths)
                .extracting(death -> death.watcher() + "." + death.wid() + " " + death.code() + " " + death.reason())
                .containsExactly("gone.2 3 left", "gone.1 -9 left");
        assertThat(house.deaths.get(1).usage()).isEqualTo(used);
        assertThat(house.kernel.signals).isEmpty();
    }

    @Test
    void an_end_that_was_told_is_not_told_again() {
        Watcher web = house.add("web", Stage.options());
        Attached ran = running("web.1", annotations(web, 1));
        house.kernel.running.clear();
        Attached ended = new Attached(
                ran.name(),
                ran.incarnation(),
                ran.pid(),
                ran.started(),
                ran.annotations(),
                Optional.of(new Exit(ran.incarnation(), 0, house.now(), 0)),
                true);
        takeOver(List.of(ended), Map.of(), false);
        assertThat(house.news()).containsExactly("web.spawn", "web.start");
    }
}
