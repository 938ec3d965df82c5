package circus.cli;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ColoursTest {
    @Test
    void keys_and_texts_are_coloured_and_nothing_else_is_changed() {
        String json = Json.pretty(Map.of("a\"b", List.of("x\\", "", 1)));
        String coloured = Colours.json(json);
        assertThat(coloured.replaceAll("\u001b\\[[0-9;]*m", "")).isEqualTo(json);
        assertThat(coloured)
                .contains("\u001b[34;1m\"a\\\"b\"\u001b[0m: [")
                .contains("\u001b[32m\"x\\\\\"\u001b[0m,")
                .contains("    1\n");
    }
}
