package circus.manager;

import circus.manager.plugin.HomeCommandLine;
import circus.message.Json;
import circus.message.JsonException;
import circus.message.PythonText;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The options of a plugin as circus-plugin is given them. Pure functions, but for a file. */
final class PluginArguments {
    /** What circusd itself reads of a section. */
    private static final List<String> NOT_FOR_PLUGINS = List.of("use", "__name__");

    private PluginArguments() {}

    /**
     * Of all that is given; the later wins.
     *
     * @param words {@code key:value:::key:value}, as Circus writes it: no value can hold {@code :::}
     * @param file with a JSON object
     * @param json an object
     * @param variable an object in the environment, which all of these have the better of
     * @throws IllegalArgumentException when something cannot be read
     */
    static Map<String, String> read(
            @Nullable String words, @Nullable Path file, @Nullable String json, @Nullable String variable) {
        Map<String, String> config = new LinkedHashMap<>();
        if (variable != null) {
            config.putAll(ofJson(variable, HomeCommandLine.CONFIG));
        }
        if (words != null) {
            config.putAll(ofWords(words));
        }
        if (file != null) {
            try {
                config.putAll(ofJson(Files.readString(file), "--config-file " + file));
            } catch (IOException unreadable) {
                throw new IllegalArgumentException("cannot read --config-file " + file + ": " + unreadable);
            }
        }
        if (json != null) {
            config.putAll(ofJson(json, "--config-json"));
        }
        config.keySet().removeAll(NOT_FOR_PLUGINS);
        return config;
    }

    /** What has no colon is passed over. */
    private static Map<String, String> ofWords(String words) {
        Map<String, String> config = new LinkedHashMap<>();
        for (String item : words.split(":::", -1)) {
            int colon = item.indexOf(':');
            if (colon >= 0) {
                config.put(
                        item.substring(0, colon).strip(),
                        item.substring(colon + 1).strip());
            }
        }
        return config;
    }

    private static Map<String, String> ofJson(String text, String where) {
        try {
            Map<String, String> config = new LinkedHashMap<>();
            Json.readObject(text.getBytes(StandardCharsets.UTF_8)).forEach((key, value) -> {
                if (value != null) {
                    config.put(key, value instanceof Boolean truth ? truth.toString() : PythonText.str(value));
                }
            });
            return config;
        } catch (JsonException wrong) {
            throw new IllegalArgumentException("cannot use " + where + ": " + wrong.getMessage());
        }
    }
}
