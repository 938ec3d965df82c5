package circus.manager.arbiter;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Stage;
import circus.options.WatcherOptions;
import java.util.Objects;
import org.junit.jupiter.api.Test;

/** The end of a process is told when its last words are in place, and nothing else waits for them. */
class GazetteTest {
    private final House house = new House();

    private void open(int workers) {
        house.add("web", Stage.options(WatcherOptions.NUMPROCESSES, workers));
        house.add("other", Stage.options());
        house.open();
        house.news();
        house.holdsLastWords = true;
    }

    private void end(String process) {
        house.kernel.end(house.kernel.incarnationOf(process), 3);
        house.settle();
    }

    private void written(long incarnation) {
        Objects.requireNonNull(house.lastWords.remove(incarnation)).run();
        house.settle();
    }

    @Test
    void a_replacement_does_not_wait_and_its_event_comes_after_the_end_before_it() {
        open(1);
        long first = house.kernel.incarnationOf("web.1");
        end("web.1");
        assertThat(house.kernel.incarnationOf("web.1")).isNotEqualTo(first);
        assertThat(house.news()).isEmpty();
        assertThat(house.kernel.notTaken).as("for a next manager").contains(first);
        written(first);
        assertThat(house.news()).containsExactly("web.reap", "web.exit", "web.spawn");
        assertThat(house.kernel.notTaken).doesNotContain(first);
    }

    @Test
    void other_watchers_do_not_wait() {
        open(1);
        end("web.1");
        house.holdsLastWords = false;
        end("other.1");
        assertThat(house.news()).containsExactly("other.reap", "other.exit", "other.spawn");
    }

    @Test
    void after_a_second_it_is_told_whatever_became_of_the_words() {
        open(1);
        long first = house.kernel.incarnationOf("web.1");
        end("web.1");
        house.pass(0.999);
        assertThat(house.news()).isEmpty();
        house.pass(0.001);
        assertThat(house.news()).containsExactly("web.reap", "web.exit", "web.spawn");
        written(first);
        assertThat(house.news()).isEmpty();
    }

    @Test
    void several_ends_are_told_in_their_order_and_none_waits_longer_than_its_second() {
        open(2);
        long first = house.kernel.incarnationOf("web.1");
        end("web.1");
        house.pass(0.5);
        long second = house.kernel.incarnationOf("web.2");
        end("web.2");
        written(second);
        assertThat(house.news()).isEmpty();
        house.pass(0.5);
        assertThat(house.events).hasSize(6);
        assertThat(house.events.get(0).payload()).containsEntry("process_pid", 1001);
        assertThat(house.events.get(3).payload()).containsEntry("process_pid", 1003);
        written(first);
        assertThat(house.events).hasSize(6);
    }

    @Test
    void the_end_of_the_daemon_waits_for_a_second_at_the_most() {
        open(1);
        boolean[] over = {false};
        house.arbiter.gazette().whenQuiet(() -> over[0] = true);
        assertThat(over[0]).as("nothing waits").isTrue();
        over[0] = false;
        end("web.1");
        house.arbiter.gazette().whenQuiet(() -> over[0] = true);
        house.pass(0.9);
        end("web.1");
        assertThat(over[0]).isFalse();
        house.pass(0.1);
        assertThat(over[0]).isTrue();
        assertThat(house.news())
                .containsExactly("web.reap", "web.exit", "web.spawn", "web.reap", "web.exit", "web.spawn");
    }
}
