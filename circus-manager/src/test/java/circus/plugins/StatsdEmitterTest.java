package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.plugin.PluginEvent;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class StatsdEmitterTest {
    @Test
    void each_event_is_one_more() throws Exception {
        try (StatsdServer server = new StatsdServer()) {
            StatsdEmitter plugin = new StatsdEmitter();
            plugin.start(new Rehearsal(server.options("application_name", "myapp", "sample_rate", "0.5")));
            plugin.event(new PluginEvent("flappy", "spawn", Map.of("process_pid", 1L)));
            plugin.event(new PluginEvent("Two Words.one", "hook_success", Map.of()));
            plugin.event(new PluginEvent("plugin:dog", "kill", Map.of()));
            plugin.stop();
            assertThat(server.rest())
                    .containsExactly(
                            "circus.myapp.watcher.flappy.spawn:1|c|@0.5",
                            "circus.myapp.watcher.two_words.one.hook_success:1|c|@0.5",
                            "circus.myapp.watcher.plugin:dog.kill:1|c|@0.5");
        }
    }
}
