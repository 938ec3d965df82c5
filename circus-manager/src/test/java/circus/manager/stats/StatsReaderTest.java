package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import circus.manager.watcher.Reconciler;
import circus.message.Json;
import circus.message.JsonText;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Questions come from one thread, their answers go back to it. The processes are real ones. */
class StatsReaderTest {
    private static final String DAEMON_KEYS =
            "mem_info1 mem_info2 cpu mem ctime pid username nice create_time age cmdline children";
    private static final int OWN = (int) ProcessHandle.current().pid();
    private static final ProcessView MYSELF = new ProcessView(OWN, 1, Instant.EPOCH);

    /** Pids end at 2^22. */
    private static final ProcessView NOBODY = new ProcessView(5_000_000, 2, Instant.EPOCH);

    private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final Clock clock = Clock.system();
    private final StatsReader reader = new StatsReader(loop::add, clock);

    @AfterEach
    void close() {
        reader.close();
    }

    private void turn() throws InterruptedException {
        Runnable task = loop.poll(30, TimeUnit.SECONDS);
        assertThat(task).as("an answer").isNotNull();
        task.run();
    }

    @Test
    void the_daemon_has_the_keys_of_the_contract_in_their_order() throws Exception {
        Object[] answered = new Object[1];
        reader.readDaemon(info -> answered[0] = info);
        turn();
        assertThat(answered[0]).isInstanceOf(Map.class);
        Map<?, ?> info = (Map<?, ?>) answered[0];
        assertThat(info.keySet().stream().map(String::valueOf)).containsExactly(DAEMON_KEYS.split(" "));
        assertThat(info.get("pid")).isEqualTo(OWN);
    }

    @Test
    void what_is_encoded_is_the_same() throws Exception {
        List<Map<Integer, Object>> answers = new ArrayList<>();
        reader.read(List.of(NOBODY, MYSELF), infos -> {});
        reader.read(List.of(NOBODY, MYSELF), answers::add);
        reader.readEncoded(List.of(NOBODY, MYSELF), answers::add);
        turn();
        turn();
        assertThat(answers).hasSize(2).allSatisfy(infos -> {
            assertThat(infos.keySet()).containsExactly(NOBODY.pid(), OWN);
            assertThat(infos).containsEntry(NOBODY.pid(), "No such process (stopped?)");
        });
        assertThat(answers.get(0).get(OWN)).isInstanceOf(Map.class);
        assertThat(answers.get(1).get(OWN)).isInstanceOf(JsonText.class);
        assertThat(Json.write(answers.get(1))).isEqualTo(Json.write(answers.get(0)));
    }

    @Test
    void those_who_ask_during_a_look_share_the_next_one() throws Exception {
        List<Object> answers = new ArrayList<>();
        reader.read(List.of(MYSELF), answers::add);
        for (int i = 0; i < 20; i++) {
            reader.read(List.of(MYSELF), answers::add);
        }
        turn();
        assertThat(answers).hasSize(1);
        turn();
        assertThat(answers).hasSize(21);
        assertThat(loop).isEmpty();
    }

    @Test
    void more_questions_than_there_is_room_for_are_refused() throws Exception {
        for (int i = 0; i <= StatsReader.MOST_WAITING; i++) {
            reader.read(List.of(), infos -> {});
        }
        assertThatThrownBy(() -> reader.readDaemon(info -> {})).hasMessageContaining("1000 questions");
        turn();
        reader.readDaemon(info -> {});
    }

    @Test
    void everybody_is_looked_at_when_it_is_due_and_nobody_asks() throws Exception {
        List<Reconciler> changed = new ArrayList<>();
        List<Integer> asked = new ArrayList<>();
        reader.watch(
                () -> {
                    asked.add(OWN);
                    return List.of(OWN);
                },
                changed::add);
        assertThat(changed).containsExactly(reader);
        long first = reader.step(clock.nanos());
        assertThat(first).isBetween(1L, Pace.FIRST + clock.nanos());
        assertThat(asked).isEmpty();

        assertThat(reader.step(first)).as("while it is under way").isEqualTo(Reconciler.NEVER);
        assertThat(asked).hasSize(1);
        reader.read(List.of(MYSELF), infos -> asked.add(infos.size()));
        turn();
        assertThat(changed).as("there is a new deadline").hasSize(3);
        turn();
        assertThat(asked).hasSize(2);
        assertThat(reader.step(clock.nanos())).as("somebody asks").isLessThan(clock.nanos() + Pace.SLOW);
    }
}
