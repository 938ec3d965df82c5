import circus.hook.Hook;
import circus.hook.HookCall;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/** hooks.extended_stats: how many files, sockets and pipes a worker has open. */
public final class OpenFiles implements Hook {
    @Override
    public boolean run(HookCall call) throws IOException {
        try (Stream<Path> files = Files.list(Path.of("/proc", String.valueOf(call.pid().getAsInt()), "fd"))) {
            call.stats().put("open_files", files.count());
        }
        return true;
    }
}
