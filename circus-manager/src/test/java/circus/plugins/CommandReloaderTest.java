package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandReloaderTest {
    private static final Duration ROUND = Duration.ofSeconds(1);

    private final Path folder;
    private final HandDriven circus = new HandDriven("plugin:reloader");
    private final CommandReloader plugin = new CommandReloader();
    private final Map<String, String> commands = new LinkedHashMap<>();
    private String status = "active";
    private long touched = 1_795_000_000_000L;

    CommandReloaderTest(@TempDir Path folder) {
        this.folder = folder;
    }

    @BeforeEach
    void answers() {
        circus.answer("status", properties -> {
            if (properties.isEmpty()) {
                Map<String, Object> statuses = new LinkedHashMap<>();
                commands.keySet().forEach(name -> statuses.put(name, "active"));
                return Map.of("statuses", statuses);
            }
            return Map.of("status", status);
        });
        circus.answer("options", properties -> {
            String command = commands.get(properties.get("name"));
            return command == null
                    ? Map.of("status", "error", "reason", "program not found")
                    : Map.of("options", Map.of("cmd", command, "working_dir", folder.toString()));
        });
    }

    private void touch(String file) throws Exception {
        Path path = folder.resolve(file);
        if (!Files.exists(path)) {
            Files.writeString(path, "x");
        }
        touched += 1000;
        Files.setLastModifiedTime(path, FileTime.fromMillis(touched));
    }

    private List<String> restarted() throws Exception {
        circus.pass(ROUND);
        return circus.asked().stream()
                .filter(asked -> asked.command().equals("restart"))
                .map(asked -> String.valueOf(asked.properties().get("name")))
                .toList();
    }

    @Test
    void who_runs_a_file_that_was_written_is_restarted_once_and_nobody_else() throws Exception {
        touch("a");
        touch("b");
        commands.put("Lost", "./nowhere");
        commands.put("One", "./a --port 80");
        commands.put("Two", "./b");
        commands.put("bare", "sleep 300");
        commands.put("plugin:reloader", "circus-plugin CommandReloader");
        commands.put("variable", "$(circus.wid)");
        plugin.start(circus);
        assertThat(plugin.size()).isEqualTo(4);
        assertThat(restarted()).isEmpty();
        touch("a");
        assertThat(restarted()).containsExactly("One");
        assertThat(restarted()).isEmpty();
        touch("a");
        touch("b");
        assertThat(restarted()).containsExactlyInAnyOrder("One", "Two");
    }

    @Test
    void what_was_written_before_the_first_round_counts_too() throws Exception {
        touch("a");
        commands.put("One", "./a");
        plugin.start(circus);
        touch("a");
        assertThat(restarted()).containsExactly("One");
    }

    @Test
    void a_file_that_is_missing_is_waited_for() throws Exception {
        touch("a");
        commands.put("One", "./a");
        commands.put("Later", "./later");
        plugin.start(circus);
        Files.delete(folder.resolve("a"));
        assertThat(restarted()).isEmpty();
        touch("a");
        assertThat(restarted()).containsExactly("One");
        touch("later");
        assertThat(restarted()).isEmpty();
        touch("later");
        assertThat(restarted()).containsExactly("Later");
    }

    @Test
    void what_is_stopped_stays_so() throws Exception {
        touch("a");
        commands.put("One", "./a");
        plugin.start(circus);
        status = "stopped";
        touch("a");
        assertThat(restarted()).isEmpty();
        status = "active";
        assertThat(restarted()).isEmpty();
    }

    @Test
    void another_command_is_no_change_of_a_file_and_others_come_and_go() throws Exception {
        touch("a");
        touch("b");
        commands.put("One", "./a");
        plugin.start(circus);
        commands.put("One", "./b");
        circus.tell(plugin, "One", "updated", Map.of());
        assertThat(restarted()).isEmpty();
        touch("a");
        assertThat(restarted()).isEmpty();
        touch("b");
        assertThat(restarted()).containsExactly("One");
        commands.put("New", "./a");
        circus.tell(plugin, "New", "spawn", Map.of());
        assertThat(restarted()).isEmpty();
        touch("a");
        assertThat(restarted()).containsExactly("New");
        commands.remove("New");
        circus.tell(plugin, "New", "remove", Map.of());
        touch("a");
        assertThat(restarted()).isEmpty();
        assertThat(plugin.size()).isEqualTo(1);
    }

    @Test
    void circusd_is_asked_for_commands_only_when_something_has_happened() throws Exception {
        touch("a");
        commands.put("One", "./a");
        plugin.start(circus);
        circus.asked();
        circus.pass(ROUND.multipliedBy(100));
        assertThat(circus.asked()).isEmpty();
    }
}
