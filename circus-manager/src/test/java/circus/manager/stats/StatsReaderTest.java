package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Clock;
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

    private final BlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private final StatsReader reader = new StatsReader(loop::add, Clock.system());

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
        assertThat(info.get("pid")).isEqualTo((int) ProcessHandle.current().pid());
    }
}
