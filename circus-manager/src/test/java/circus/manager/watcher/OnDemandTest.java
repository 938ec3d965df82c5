package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.WatcherConfig;
import circus.manager.kernel.Caller;
import circus.manager.watcher.Operation.Kind;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A watcher that is started by the first connection, and by the first one after its processes have ended. */
class OnDemandTest {
    private static final OptionValues OPTIONS = Stage.options(
                    WatcherOptions.CMD, "serve --fd $(circus.sockets.web) --admin $(circus.sockets.admin)")
            .with(WatcherOptions.ON_DEMAND, true)
            .with(WatcherOptions.USE_SOCKETS, true)
            .with(WatcherOptions.NUMPROCESSES, 2);
    private static final Map<String, SocketPlace> SOCKETS = Map.of(
            "web", new SocketPlace(64, "127.0.0.1:80"),
            "admin", new SocketPlace(65, "127.0.0.1:81"),
            "other", new SocketPlace(66, "127.0.0.1:82"));

    private final Stage stage = new Stage();

    private Watcher watcher(OptionValues options) {
        stage.sockets.putAll(SOCKETS);
        return stage.watcher("web", options);
    }

    private Watcher armed(OptionValues options) {
        Watcher watcher = watcher(options);
        stage.ask(watcher, Kind.START);
        stage.settle();
        return watcher;
    }

    private void connect(String socket) {
        stage.kernel.connect(socket);
        stage.settle();
    }

    /** What the manager has written down for the next one. */
    private RunState written() {
        return Optional.ofNullable(stage.kernel.values.get(RunState.key("web")))
                .flatMap(RunState::fromJson)
                .orElse(RunState.NOTHING);
    }

    @Test
    void a_start_is_answered_and_starts_nothing() {
        Watcher watcher = watcher(OPTIONS);
        Stage.Heard heard = stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(heard.change).isPresent();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.spawns).isZero();
        assertThat(stage.news()).isEmpty();
        assertThat(stage.kernel.callers).containsOnlyKeys("web", "admin");
    }

    @Test
    void a_reload_of_what_waits_does_nothing_and_is_told() {
        Watcher watcher = armed(OPTIONS);
        Stage.Heard heard = stage.ask(watcher, Kind.RELOAD);
        stage.settle();
        assertThat(heard.change).isPresent();
        assertThat(stage.news()).containsExactly("reload");
        assertThat(stage.kernel.spawns).isZero();
    }

    @Test
    void a_connection_starts_all_of_its_processes_at_once() {
        Watcher watcher = armed(OPTIONS);
        connect("admin");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
        assertThat(stage.news()).containsExactly("spawn 1001", "spawn 1002", "start");
        connect("web");
        assertThat(stage.kernel.spawns).isEqualTo(2);
    }

    @Test
    void who_ends_is_not_replaced_and_after_the_last_it_is_stopped_without_a_word_and_armed() {
        Watcher watcher = armed(OPTIONS);
        connect("web");
        stage.news();
        stage.kernel.end(stage.kernel.incarnationOf("web.1"), 1);
        stage.pass(5);
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.2");
        stage.kernel.end(stage.kernel.incarnationOf("web.2"), 0);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).containsExactly("reap 1001 1", "exit 1001 1 died", "reap 1002 0", "exit 1002 0 died");
        connect("web");
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void a_stop_disarms_until_a_start() {
        Watcher watcher = armed(OPTIONS);
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        connect("web");
        assertThat(stage.kernel.spawns).isZero();
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        connect("web");
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void a_stop_of_one_that_runs_disarms_it_too() {
        Watcher watcher = armed(OPTIONS);
        connect("web");
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.news()).contains("stop");
        connect("admin");
        connect("web");
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void a_stop_that_comes_with_the_connection_has_the_last_word() {
        Watcher watcher = armed(OPTIONS);
        stage.kernel.connect("web");
        Stage.Heard stopped = stage.ask(watcher, Kind.STOP);
        stage.settle();
        assertThat(stopped.change).isPresent();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.running).isEmpty();
        connect("admin");
        assertThat(stage.kernel.running).isEmpty();
    }

    @Test
    void a_restart_of_one_that_runs_arms_it() {
        Watcher watcher = armed(OPTIONS);
        connect("web");
        Stage.Heard heard = stage.ask(watcher, Kind.RESTART);
        stage.settle();
        assertThat(heard.change).isPresent();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        connect("web");
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void what_ends_at_once_on_each_connection_is_slowed_down() {
        armed(OPTIONS.with(WatcherOptions.NUMPROCESSES, 1));
        for (int round = 0; round < 200; round++) {
            connect("web"); // nobody takes it, so it counts again
            stage.kernel.running.keySet().stream().findFirst().ifPresent(each -> stage.kernel.end(each, 1));
            stage.settle();
            stage.pass(0.05);
        }
        assertThat(stage.kernel.spawns).isBetween(15, 30); // in ten seconds
    }

    @Test
    void what_cannot_be_started_stays_stopped_until_somebody_asks() {
        Watcher watcher = armed(OPTIONS.with(WatcherOptions.MAX_RETRY, 3));
        stage.kernel.failAlways = true;
        connect("web");
        assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
        assertThat(stage.kernel.spawns).isEqualTo(3);
        connect("web");
        connect("admin");
        assertThat(stage.kernel.spawns).isEqualTo(3);
        stage.kernel.failAlways = false;
        stage.ask(watcher, Kind.START);
        stage.settle();
        connect("web");
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void stdin_socket_counts_too_and_without_any_socket_nothing_is_waited_for() {
        armed(Stage.options(WatcherOptions.ON_DEMAND, true).with(WatcherOptions.STDIN_SOCKET, Optional.of("other")));
        assertThat(stage.kernel.callers).containsOnlyKeys("other");
        stage.kernel.callers.clear();
        armed(Stage.options(WatcherOptions.ON_DEMAND, true));
        assertThat(stage.kernel.callers).isEmpty();
    }

    @Test
    void a_socket_that_cannot_be_waited_for_starts_nothing_and_is_asked_for_again_with_the_next_start() {
        Watcher watcher = armed(OPTIONS);
        List<Caller> callers = Objects.requireNonNull(stage.kernel.callers.remove("web"));
        callers.forEach(each -> each.failed("it is closed"));
        stage.settle();
        assertThat(stage.kernel.spawns).isZero();
        stage.ask(watcher, Kind.STOP);
        stage.ask(watcher, Kind.START);
        stage.settle();
        assertThat(stage.kernel.callers).containsOnlyKeys("web", "admin");
        assertThat(stage.kernel.callers.get("admin")).hasSize(1);
    }

    @Test
    void the_next_manager_arms_it_again_or_goes_on_with_what_runs() {
        Watcher armed = armed(OPTIONS);
        assertThat(stage.kernel.values).isEmpty();
        assertThat(armed.status()).isEqualTo(WatcherStatus.STOPPED);
        stage.forget();
        stage.kernel.managerDied();

        Watcher second = watcher(OPTIONS);
        assertThat(second.resume(RunState.NOTHING).action()).isEqualTo(Resumption.Action.START);
        stage.ask(second, Kind.START);
        stage.settle();
        connect("web");
        stage.forget();
        stage.kernel.managerDied();

        Watcher third = watcher(OPTIONS);
        stage.kernel.running.forEach((incarnation, child) -> third.adopt(
                incarnation.intValue(), child.launched, child.spec.annotations().getOrDefault(Launcher.DIGEST, "")));
        RunState written = written();
        assertThat(third.resume(written).action()).isEqualTo(Resumption.Action.GO_ON);
        stage.settle();
        assertThat(third.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(third.processes()).hasSize(2);
        List.copyOf(stage.kernel.running.keySet()).forEach(each -> stage.kernel.end(each, 0));
        stage.settle();
        assertThat(third.status()).isEqualTo(WatcherStatus.STOPPED);
        connect("web");
        assertThat(third.processes()).hasSize(2);
    }

    @Test
    void one_that_an_operator_stopped_is_not_armed_by_the_next_manager() {
        Watcher watcher = armed(OPTIONS);
        stage.ask(watcher, Kind.STOP);
        stage.settle();
        RunState written = written();
        stage.forget();
        stage.kernel.managerDied();
        assertThat(watcher(OPTIONS).resume(written).action()).isEqualTo(Resumption.Action.STAY);
    }

    @Test
    void one_without_autostart_that_an_operator_armed_is_armed_by_the_next_manager() {
        OptionValues options = OPTIONS.with(WatcherOptions.AUTOSTART, false);
        armed(options);
        RunState written = written();
        stage.forget();
        stage.kernel.managerDied();
        Watcher second = watcher(options);
        Resumption resumption = second.resume(written);
        if (resumption.action() == Resumption.Action.START) {
            stage.ask(second, Kind.START);
        }
        stage.settle();
        assertThat(second.status()).isEqualTo(WatcherStatus.STOPPED);
        connect("web");
        assertThat(second.processes()).hasSize(2);
    }

    @Test
    void options_that_change_while_it_waits_count_from_then_on() {
        Watcher watcher = armed(OPTIONS);
        WatcherConfig other =
                Stage.config("web", OPTIONS.with(WatcherOptions.CMD, "serve --fd $(circus.sockets.other)"));
        watcher.rebase(Definition.ofFile(other), 2);
        stage.settle();
        connect("web");
        assertThat(stage.kernel.spawns).isZero();
        connect("other");
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }

    @Test
    void one_that_waits_is_started_when_it_is_not_on_demand_any_more() {
        Watcher watcher = armed(OPTIONS);
        watcher.rebase(Definition.ofFile(Stage.config("web", OPTIONS.with(WatcherOptions.ON_DEMAND, false))), 2);
        stage.settle();
        assertThat(watcher.status()).isEqualTo(WatcherStatus.ACTIVE);
        assertThat(stage.kernel.names()).containsExactly("web.1", "web.2");
    }
}
