package circus.manager.plugin;

import circus.manager.config.PluginWatcher;
import circus.manager.config.PluginWatcher.Kind;
import circus.manager.config.WatcherConfig;
import circus.manager.home.Home;
import circus.manager.python.Interpreter;
import circus.message.Json;
import circus.options.PluginOptions;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Plugins by the programs of the folder from which this circusd was started.
 *
 * @param endpoints where commands are taken and events published, as of each start
 * @param extensions jars and directories with classes of the user's
 * @param environment circusd's own, for the PATH on which python3 is
 */
public record HomeCommandLine(Supplier<List<String>> endpoints, List<Path> extensions, Map<String, String> environment)
        implements PluginCommandLine {
    /** The variable in which circus-plugin finds the options of the plugin. */
    public static final String CONFIG = "CIRCUS_PLUGIN_CONFIG";

    @Override
    public Start of(WatcherConfig plugin, List<String> declared) throws IOException {
        return switch (PluginWatcher.kind(plugin).orElse(Kind.PROGRAM)) {
            case PROGRAM, THREAD -> new Start(declared, Map.of());
            case PROCESS -> ofClass(plugin);
            case PYTHON -> new Start(inPython(plugin), Map.of());
        };
    }

    private Start ofClass(WatcherConfig plugin) throws IOException {
        List<String> words = new ArrayList<>();
        words.add(home().resolve("bin/circus-plugin").toString());
        words.addAll(List.of("--name", plugin.name()));
        words.addAll(List.of("--endpoint", endpoints.get().get(0)));
        words.addAll(List.of("--pubsub", endpoints.get().get(1)));
        if (!extensions.isEmpty()) {
            words.add("--extension-path");
            words.add(String.join(":", extensions.stream().map(Path::toString).toList()));
        }
        String keys = PluginWatcher.config(plugin).get(PluginOptions.CURVE.key());
        if (keys != null) {
            words.addAll(List.of("--curve", keys));
        }
        words.add(PluginWatcher.use(plugin));
        return new Start(words, Map.of(CONFIG, Json.write(PluginWatcher.config(plugin))));
    }

    private List<String> inPython(WatcherConfig plugin) throws IOException {
        return Interpreter.find(environment)
                .orElseThrow(() -> new IOException("there is no python3 on circusd's PATH"))
                .command("plugin", PluginWatcher.use(plugin));
    }

    private static Path home() throws IOException {
        return Home.find().orElseThrow(() -> new IOException("there is no bin/circus-plugin: " + Home.UNKNOWN));
    }
}
