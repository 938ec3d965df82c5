package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.kernel.LaunchSpec;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** Who gets which of the sockets that each worker has for itself, and when they are closed. */
class SlotsTest {
    private static final Map<String, String> OPTIONS = Map.of("port", "80", "reuseport", "1");

    private final Stage stage = new Stage();

    private static OptionValues options(int number) {
        return OptionValues.NONE
                .with(WatcherOptions.CMD, "serve $(circus.sockets.Web)")
                .with(WatcherOptions.USE_SOCKETS, true)
                .with(WatcherOptions.NUMPROCESSES, number);
    }

    private Watcher watcher(OptionValues options, String... held) {
        stage.sockets.put("web", new SocketPlace(60, "127.0.0.1:80", Optional.of(OPTIONS)));
        Watcher watcher = stage.watcher("App", options);
        for (String name : held) {
            assertThat(watcher.adoptSlot(name)).isEqualTo(name.startsWith("web.SLOT.app."));
        }
        return watcher;
    }

    private Watcher started(OptionValues options) {
        Watcher watcher = watcher(options);
        stage.ask(watcher, Operation.Kind.START);
        stage.settle();
        return watcher;
    }

    /** The slots of the running workers, by their numbers. */
    private Map<Integer, String> slots() {
        Map<Integer, String> slots = new TreeMap<>();
        stage.kernel.running.values().forEach(child -> {
            LaunchSpec spec = child.spec;
            String slot = spec.annotations().getOrDefault(Launcher.SLOT, "");
            assertThat(spec.sockets()).containsExactly("web.SLOT.app." + slot);
            slots.put(Integer.parseInt(spec.name().substring("app.".length())), slot);
        });
        return slots;
    }

    private Set<String> open() {
        return stage.kernel.sockets.keySet();
    }

    @Test
    void each_worker_has_its_own_and_knows_its_number() {
        started(options(2));
        assertThat(slots()).isEqualTo(Map.of(1, "1", 2, "2"));
        assertThat(open()).containsExactly("web.SLOT.app.1", "web.SLOT.app.2");
        assertThat(stage.kernel.sockets.values()).containsOnly(OPTIONS);
        assertThat(stage.kernel.running.values().stream().map(child -> child.spec.argv()))
                .containsExactlyInAnyOrder(List.of("serve", "64"), List.of("serve", "65"));
    }

    @Test
    void who_comes_in_the_place_of_a_dead_one_goes_on_with_its_socket() {
        started(options(2));
        stage.kernel.end(stage.kernel.incarnationOf("app.1"), 1);
        assertThat(open()).hasSize(2);
        stage.settle();
        assertThat(slots()).isEqualTo(Map.of(1, "1", 2, "2"));
        assertThat(stage.kernel.sockets).hasSize(2);
    }

    @Test
    void new_and_old_share_them_in_a_reload() {
        Watcher watcher = started(options(2));
        stage.kernel.running.values().forEach(child -> child.temper = FakeKernel.Temper.STUBBORN);
        stage.ask(watcher, Operation.Kind.RELOAD);
        stage.settle();
        assertThat(slots()).isEqualTo(Map.of(1, "1", 2, "2", 3, "1", 4, "2"));
        stage.pass(60);
        assertThat(slots()).isEqualTo(Map.of(3, "1", 4, "2"));
        assertThat(open()).hasSize(2);
        stage.ask(watcher, Operation.Kind.RELOAD_IN_TURN);
        stage.settle();
        assertThat(slots().values()).containsExactlyInAnyOrder("1", "2");
        assertThat(open()).hasSize(2);
    }

    @Test
    void one_is_closed_when_the_number_shrinks_and_opened_again_when_it_grows() {
        Watcher watcher = started(options(3));
        stage.kernel.temper = FakeKernel.Temper.STUBBORN;
        stage.resize(watcher, -1);
        stage.settle();
        assertThat(open()).containsExactly("web.SLOT.app.2", "web.SLOT.app.3");
        stage.pass(60);
        stage.kernel.end(stage.kernel.incarnationOf("app.2"), 1);
        stage.settle();
        assertThat(slots().values()).containsExactlyInAnyOrder("2", "3");
        stage.resize(watcher, 1);
        stage.settle();
        assertThat(slots().values()).containsExactlyInAnyOrder("1", "2", "3");
        assertThat(open()).hasSize(3);
    }

    @Test
    void all_are_closed_by_a_stop_and_kept_by_a_restart() {
        Watcher watcher = started(options(2));
        stage.kernel.running.values().forEach(child -> child.temper = FakeKernel.Temper.STUBBORN);
        stage.ask(watcher, Operation.Kind.RESTART);
        stage.settle();
        assertThat(open()).hasSize(2);
        stage.pass(60);
        assertThat(slots()).isEqualTo(Map.of(1, "1", 2, "2"));
        stage.ask(watcher, Operation.Kind.STOP);
        stage.stepChanged();
        assertThat(open()).as("whoever stops takes what it has accepted").isEmpty();
    }

    @Test
    void a_socket_that_cannot_be_opened_is_a_failed_attempt() {
        Watcher watcher = watcher(options(1).with(WatcherOptions.MAX_RETRY, 2));
        stage.kernel.socketFailures.add("cannot make socket: EADDRINUSE");
        stage.ask(watcher, Operation.Kind.START);
        stage.settle();
        assertThat(slots()).isEqualTo(Map.of(1, "1"));

        Watcher other = watcher(options(1).with(WatcherOptions.MAX_RETRY, 2));
        stage.kernel.socketFailures.addAll(List.of("cannot make socket: EADDRINUSE", "cannot: EADDRINUSE"));
        stage.ask(other, Operation.Kind.START);
        stage.settle();
        assertThat(other.status()).isEqualTo(WatcherStatus.STOPPED);
    }

    @Test
    void who_is_stopped_while_the_socket_is_being_opened_is_never_started() {
        Watcher watcher = watcher(options(1));
        stage.ask(watcher, Operation.Kind.START);
        stage.stepChanged();
        watcher.quit();
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.spawns).isZero();
        assertThat(open()).isEmpty();
    }

    @Test
    void the_next_manager_goes_on_with_them_and_closes_what_is_too_much() {
        started(options(2));
        stage.kernel.sockets.put("web.SLOT.app.3", OPTIONS);
        stage.forget();
        Watcher next = watcher(
                options(2), "web.SLOT.app.1", "web.SLOT.app.2", "web.SLOT.app.3", "web.SLOT.other.1", "udp.SLOT.app.1");
        stage.kernel.running.values().forEach(child -> {
            Map<String, String> notes = child.spec.annotations();
            int wid = Integer.parseInt(notes.getOrDefault(Launcher.WID, ""));
            int slot = Integer.parseInt(notes.getOrDefault(Launcher.SLOT, ""));
            next.adopt(wid, child.launched, notes.getOrDefault(Launcher.DIGEST, ""), slot, Optional.empty());
        });
        next.resume(RunState.NOTHING);
        stage.settle();
        assertThat(open()).containsExactly("web.SLOT.app.1", "web.SLOT.app.2");
        stage.kernel.end(stage.kernel.incarnationOf("app.2"), 1);
        stage.settle();
        assertThat(slots()).isEqualTo(Map.of(1, "1", 2, "2"));
        assertThat(stage.kernel.spawns).isEqualTo(3);
    }

    @Test
    void the_end_of_the_daemon_closes_them_unless_the_watcher_stays() {
        Watcher watcher = started(options(2));
        watcher.leave();
        stage.settle();
        assertThat(open()).hasSize(2);
        watcher.quit();
        stage.settle();
        assertThat(open()).isEmpty();
    }

    @Test
    void a_watcher_without_such_sockets_asks_for_none() {
        started(options(2).with(WatcherOptions.USE_SOCKETS, false));
        assertThat(open()).isEmpty();
        assertThat(stage.kernel.child(stage.kernel.incarnationOf("app.1")).spec.argv())
                .containsExactly("serve", "60");
    }

    @Test
    void standard_input_is_that_of_the_slot_too() {
        started(OptionValues.NONE
                .with(WatcherOptions.CMD, "serve")
                .with(WatcherOptions.STDIN_SOCKET, Optional.of("WEB")));
        LaunchSpec spec = stage.kernel.child(stage.kernel.incarnationOf("app.1")).spec;
        assertThat(spec.attributes().stdin()).contains("web.SLOT.app.1");
        assertThat(spec.sockets()).isEmpty();
    }
}
