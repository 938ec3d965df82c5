package circus.manager.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Stage;
import circus.manager.watcher.Watcher;
import circus.plugin.PluginContext;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;

/** What plugins have remembered, and for how much there is room. */
class MemoriesTest {
    private static final String LONG = "x".repeat(PluginContext.MOST_REMEMBERED - 2);

    private final Stage stage = new Stage();
    private final List<Watcher> plugins = new ArrayList<>();
    private final List<Consumer<String>> keepers = new ArrayList<>();
    private final Memories memories = new Memories(() -> plugins, Runnable::run);

    /** Sixteen fill what there is, and the one after them finds no room. */
    MemoriesTest() {
        for (int i = 0; i <= 16; i++) {
            Watcher plugin = stage.watcher("plugin:" + i, Stage.options());
            plugins.add(plugin);
            assertThat(memories.of(plugin)).isEmpty();
            keepers.add(memories.keeper(plugin));
            keepers.get(i).accept(LONG);
        }
        assertThat(plugins.subList(0, 16))
                .allSatisfy(plugin -> assertThat(plugin.memory()).isEqualTo(LONG));
        assertThat(plugins.get(16).memory()).isEmpty();
    }

    @Test
    void what_was_refused_is_remembered_when_another_one_remembers_less() {
        keepers.get(16).accept("older".repeat(10_000));
        keepers.get(16).accept("newer".repeat(10_000));
        assertThat(plugins.get(16).memory()).isEmpty();
        keepers.get(3).accept("");
        assertThat(plugins.get(16).memory()).isEqualTo("newer".repeat(10_000));
        assertThat(plugins.get(3).memory()).isEmpty();
        keepers.get(3).accept(LONG);
        assertThat(plugins.get(3).memory()).as("now there is no room for that").isEmpty();
    }

    @Test
    void what_was_refused_is_remembered_when_another_one_is_gone() {
        Watcher last = plugins.get(16);
        plugins.remove(3);
        memories.review();
        assertThat(last.memory()).isEqualTo(LONG);
    }

    @Test
    void what_was_refused_is_not_remembered_for_the_one_that_comes_after_it() {
        assertThat(memories.of(plugins.get(16))).isEmpty();
        keepers.get(3).accept("");
        assertThat(plugins.get(16).memory()).isEmpty();
    }
}
