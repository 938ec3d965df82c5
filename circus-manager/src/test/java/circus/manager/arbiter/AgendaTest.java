package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Reconciler;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class AgendaTest {
    private long watch;
    private final Agenda agenda = new Agenda(() -> watch);
    private final List<String> steps = new ArrayList<>();

    private Reconciler wakingAt(String name, long... times) {
        return new Reconciler() {
            private int next;

            @Override
            public long step(long now) {
                steps.add(name + "@" + now);
                return next < times.length ? times[next++] : NEVER;
            }
        };
    }

    @Test
    void steps_only_those_that_changed_or_are_due() {
        Reconciler one = wakingAt("one", 50);
        Reconciler two = wakingAt("two");
        agenda.changed(one);
        agenda.changed(two);
        agenda.run(10);
        assertThat(steps).containsExactly("one@10", "two@10");
        assertThat(agenda.next()).isEqualTo(50);
        agenda.run(49);
        agenda.run(50);
        assertThat(steps).containsExactly("one@10", "two@10", "one@50");
        assertThat(agenda.next()).isEqualTo(Reconciler.NEVER);
    }

    @Test
    void the_last_word_about_the_next_time_counts() {
        Reconciler one = wakingAt("one", 50, 30, Reconciler.NEVER);
        agenda.changed(one);
        agenda.run(10);
        agenda.changed(one);
        agenda.run(11);
        assertThat(agenda.next()).isEqualTo(30);
        agenda.run(30);
        agenda.run(60);
        assertThat(steps).containsExactly("one@10", "one@11", "one@30");
    }

    @Test
    void who_changes_during_a_run_is_stepped_in_it() {
        Reconciler two = wakingAt("two");
        agenda.changed(now -> {
            agenda.changed(two);
            return Reconciler.NEVER;
        });
        agenda.run(5);
        assertThat(steps).containsExactly("two@5");
    }

    @Test
    void two_that_wake_each_other_for_ever_do_not_hold_up_the_loop() {
        Reconciler restless = new Reconciler() {
            @Override
            public long step(long now) {
                steps.add("again");
                return now;
            }
        };
        agenda.changed(restless);
        agenda.run(5);
        assertThat(steps.size()).isBetween(2, 1_000);
        assertThat(agenda.next()).isLessThanOrEqualTo(5);
    }

    @Test
    void a_mistake_in_one_does_not_keep_the_others_from_their_step() {
        agenda.changed(now -> {
            throw new IllegalStateException("a mistake");
        });
        agenda.changed(wakingAt("other"));
        agenda.run(1);
        assertThat(steps).containsExactly("other@1");
    }

    @Test
    void a_run_that_lasts_too_long_leaves_the_rest_for_the_next_one_in_its_order() {
        for (String name : List.of("a", "b", "c")) {
            agenda.changed(now -> {
                steps.add(name);
                watch += 1_500_000;
                if (name.equals("a")) {
                    agenda.changed(wakingAt("later"));
                }
                return Reconciler.NEVER;
            });
        }
        agenda.run(1);
        assertThat(steps).containsExactly("a", "b");
        assertThat(agenda.next()).as("at once").isLessThanOrEqualTo(1);
        agenda.run(2);
        assertThat(steps).containsExactly("a", "b", "c", "later@2");
        assertThat(agenda.next()).isEqualTo(Reconciler.NEVER);
    }
}
