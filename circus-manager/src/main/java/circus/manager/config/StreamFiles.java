package circus.manager.config;

import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.StreamClass;
import circus.options.StreamOptions;
import circus.options.WatcherOptions;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Tells of streams that write to one file and want it looked after differently: one care can count alone. Used by one thread. */
final class StreamFiles {
    private static final List<Option<?>> CARE = List.of(
            StreamOptions.MAX_BYTES,
            StreamOptions.BACKUP_COUNT,
            StreamOptions.ROTATE_WHEN,
            StreamOptions.ROTATE_INTERVAL,
            StreamOptions.UTC,
            StreamOptions.COMPRESS,
            StreamOptions.FILE_MODE);

    /** A stream that has a file, and where it is configured. */
    private record Use(StreamConfig stream, String title, Place place) {
        List<Object> care() {
            List<Object> care = new ArrayList<>();
            CARE.forEach(option -> care.add(stream.get(option)));
            care.add(stream.className().equals(StreamClass.WATCHED.title()));
            return care;
        }
    }

    private final Problems problems;
    private final Map<Path, List<Use>> uses = new HashMap<>();

    StreamFiles(Problems problems) {
        this.problems = problems;
    }

    /** Takes the streams of a watcher, in the order of the file. */
    void add(IniSection section, WatcherConfig watcher) {
        watcher.stdout().ifPresent(stream -> add(section, WatcherOptions.STDOUT_STREAM, stream));
        watcher.stderr().ifPresent(stream -> add(section, WatcherOptions.STDERR_STREAM, stream));
    }

    private void add(IniSection section, OptionFamily family, StreamConfig stream) {
        String name = stream.options().getOrDefault(StreamOptions.FILENAME.key(), "");
        if (name.isBlank() || StreamClass.isCustom(stream.className())) {
            return;
        }
        String key = family.prefix() + StreamOptions.FILENAME.key();
        uses.computeIfAbsent(Path.of(name).toAbsolutePath().normalize(), first -> new ArrayList<>())
                .add(new Use(stream, key + " in " + section, section.place(key)));
    }

    /** Tells what was found. */
    void check() {
        for (Map.Entry<Path, List<Use>> each : uses.entrySet()) {
            Use last = each.getValue().get(each.getValue().size() - 1);
            for (Use use : each.getValue()) {
                if (!use.care().equals(last.care())) {
                    problems.warn(
                            use.place(),
                            use.title() + " names the file of " + last.title()
                                    + ", which is rotated in another way; how that one says counts for both");
                }
            }
        }
    }
}
