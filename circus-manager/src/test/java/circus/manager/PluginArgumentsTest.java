package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginArgumentsTest {
    @Test
    void words_are_read_as_circus_reads_them() {
        assertThat(PluginArguments.read(" a : b:c ::: nothing :::d:::e:", null, null, null))
                .isEqualTo(Map.of("a", "b:c", "e", ""));
        assertThat(PluginArguments.read("__name__:plugin:x:::name:plugin:x:::use:y", null, null, null))
                .isEqualTo(Map.of("name", "plugin:x"));
        assertThat(PluginArguments.read(null, null, null, null)).isEmpty();
    }

    @Test
    void an_object_may_hold_anything_and_the_later_wins(@TempDir Path folder) throws IOException {
        Path file = Files.writeString(folder.resolve("c.json"), "{\"a\": \"file\", \"b\": \"x:::y\"}");
        assertThat(PluginArguments.read(
                        "a:words:::c:words",
                        file,
                        "{\"c\": 1.5, \"d\": 7, \"e\": true, \"f\": null}",
                        "{\"a\": \"unheard\", \"g\": \"of the environment\"}"))
                .isEqualTo(Map.of(
                        "a", "file", "b", "x:::y", "c", "1.5", "d", "7", "e", "true", "g", "of the environment"));
    }

    @Test
    void what_cannot_be_read_is_told(@TempDir Path folder) {
        assertThatThrownBy(() -> PluginArguments.read(null, null, "[1]", null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot use --config-json: ");
        assertThatThrownBy(() -> PluginArguments.read(null, folder.resolve("none"), null, null))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageStartingWith("cannot read --config-file " + folder);
    }
}
