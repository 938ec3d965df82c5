import circus.plugin.Plugin;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Map;

/** Writes down each process that ends, and how many its watcher has then; the option is file. */
public final class Deaths implements Plugin {
    private PluginContext circus;

    @Override
    public void start(PluginContext context) {
        circus = context;
    }

    @Override
    public void event(PluginEvent event) throws Exception {
        if (event.action().equals("reap")) {
            Object left = circus.call("numprocesses", Map.of("name", event.watcher())).get("numprocesses");
            write(event.watcher() + " has lost " + event.pid().orElse(0) + " and has " + left);
        }
    }

    private void write(String line) throws IOException {
        Files.writeString(
                Path.of(circus.config().get("file")), line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    }
}
