package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.hook.HookPoint;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.watcher.Operation.Kind;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

/** The command signal: who gets it, and which hooks are asked. */
class PlainSignalsTest {
    private final Stage stage = new Stage();

    private static final class Heard implements SignalReply {
        final List<String> all = new ArrayList<>();

        @Override
        public void sent(boolean anybody) {
            all.add(anybody ? "sent" : "nobody");
        }

        @Override
        public void failed(String reason) {
            all.add(reason);
        }
    }

    private static Heard send(Watcher watcher, int pid, int child, SignalTarget target, int signum) {
        Heard heard = new Heard();
        watcher.signal(
                new SignalOrder(
                        pid == 0 ? OptionalLong.empty() : OptionalLong.of(pid),
                        child == 0 ? OptionalInt.empty() : OptionalInt.of(child),
                        target,
                        signum),
                heard);
        return heard;
    }

    private Watcher hooked() {
        Watcher watcher = stage.watcher(Stage.hooked(Stage.options(), "before_signal", "after_signal"));
        stage.ask(watcher, Kind.START);
        stage.settle();
        stage.news();
        return watcher;
    }

    @Test
    void all_processes_or_one_get_it_and_no_event_tells_of_it() {
        Watcher watcher = stage.started(2);
        Heard all = send(watcher, 0, 0, SignalTarget.PROCESS, 1);
        Heard one = send(watcher, 1002, 0, SignalTarget.TREE, 1);
        assertThat(all.all).as("the kernel has not answered yet").isEmpty();
        stage.settle();
        assertThat(stage.kernel.signals).containsExactly("1 1", "2 1", "2 1 tree");
        assertThat(all.all).containsExactly("sent");
        assertThat(one.all).containsExactly("sent");
        assertThat(stage.news()).isEmpty();
    }

    @Test
    void children_and_a_child_get_it_in_its_place() {
        Watcher watcher = stage.started(2);
        stage.kernel.child(2).children.add(77);
        Heard children = send(watcher, 0, 0, SignalTarget.CHILDREN, 1);
        Heard child = send(watcher, 1002, 77, SignalTarget.PROCESS, 1);
        Heard stranger = send(watcher, 1001, 77, SignalTarget.PROCESS, 1);
        Heard anybodys = send(watcher, 0, 77, SignalTarget.PROCESS, 1);
        stage.settle();
        assertThat(stage.kernel.signals)
                .containsExactly(
                        "1 1 children", "2 1 children", "2 1 child=77", "1 1 child=77", "1 1 child=77", "2 1 child=77");
        assertThat(children.all).containsExactly("sent");
        assertThat(child.all).containsExactly("sent");
        assertThat(stranger.all).containsExactly("nobody");
        assertThat(anybodys.all).containsExactly("sent");
    }

    @Test
    void where_nobody_runs_that_is_told_at_once() {
        Watcher watcher = stage.started(1);
        assertThat(send(watcher, 4711, 0, SignalTarget.PROCESS, 1).all).containsExactly("nobody");
    }

    @Test
    void a_refusal_of_the_machine_is_told_when_all_were_tried() {
        Watcher watcher = stage.started(2);
        stage.kernel.signalFailures.add("cannot signal web.1 with SIGHUP: EPERM");
        Heard heard = send(watcher, 0, 0, SignalTarget.PROCESS, 1);
        stage.settle();
        assertThat(stage.kernel.signals).hasSize(2);
        assertThat(heard.all).containsExactly("cannot signal web.1 with SIGHUP: EPERM");
    }

    @Test
    void the_hooks_come_before_and_after_and_one_may_be_against_it() {
        Watcher watcher = hooked();
        Heard heard = send(watcher, 0, 0, SignalTarget.TREE, 1);
        stage.settle();
        assertThat(stage.hooks.calls).containsExactly("before_signal 1001 1", "after_signal 1001 1");
        assertThat(heard.all).containsExactly("sent");
        stage.hooks.returns(HookPoint.BEFORE_SIGNAL, false);
        Heard refused = send(watcher, 0, 0, SignalTarget.TREE, 1);
        stage.settle();
        assertThat(refused.all).containsExactly("nobody");
        assertThat(stage.kernel.signals).containsExactly("1 1 tree");
        assertThat(stage.news()).containsOnly("hook_success before_signal", "hook_success after_signal");
    }

    @Test
    void sigkill_waits_for_no_hook_and_signals_to_children_ask_none() {
        Watcher watcher = hooked();
        stage.hooks.silent.add(HookPoint.BEFORE_SIGNAL);
        stage.hooks.calls.clear();
        Heard children = send(watcher, 0, 0, SignalTarget.CHILDREN, 1);
        stage.settle();
        assertThat(stage.hooks.calls).isEmpty();
        assertThat(children.all).hasSize(1);
        Heard killed = send(watcher, 0, 0, SignalTarget.PROCESS, 9);
        assertThat(stage.kernel.signals).containsExactly("1 1 children", "1 9");
        stage.settle();
        assertThat(killed.all).isEmpty();
        stage.hooks.answerOne(HookPoint.BEFORE_SIGNAL);
        stage.settle();
        assertThat(killed.all).containsExactly("sent");
        assertThat(stage.news()).as("an end that nobody of us has asked for").contains("reap 1001 -9");
    }

    @Test
    void one_that_ends_while_its_hook_is_asked_is_left_alone() {
        Watcher watcher = hooked();
        stage.hooks.silent.add(HookPoint.BEFORE_SIGNAL);
        Heard heard = send(watcher, 0, 0, SignalTarget.PROCESS, 1);
        stage.kernel.end(1, 0);
        stage.hooks.answerOne(HookPoint.BEFORE_SIGNAL);
        stage.settle();
        assertThat(stage.kernel.signals).isEmpty();
        assertThat(heard.all).containsExactly("nobody");
    }
}
