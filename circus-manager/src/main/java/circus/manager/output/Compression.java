package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Backups;
import circus.manager.rotation.Gzip;
import circus.manager.rotation.Rotation;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Has the backups of files compressed, the oldest first: the long part beside everything else, the renaming as work of
 * the file, so that no rotation comes in between. Runs on circus-output only.
 */
final class Compression {
    private static final Logger LOGGER = System.getLogger(Compression.class.getName());

    /** The lane of the long part: a few at a time. */
    private static final String LANE = "compression";

    /** The short part. */
    record Finish(LogFile file, Backups backups, Gzip.Begun begun) implements DiskTask.Work<Boolean> {
        @Override
        public Boolean carryOut() throws IOException {
            Gzip.finish(file.realPath(), backups, begun);
            return true;
        }
    }

    private final LogStore store;
    private final Consumer<LogFile> touched;
    private final Set<LogFile> underWay = new LinkedHashSet<>();
    private final Map<LogFile, Finish> toFinish = new LinkedHashMap<>();
    private final List<DiskTask<?>> begun = new ArrayList<>();

    /** @param touched hears of files for which there is something to finish */
    Compression(LogStore store, Consumer<LogFile> touched) {
        this.store = store;
        this.touched = touched;
    }

    /** A file may have backups that are to be compressed. */
    void look(LogFile file) {
        Rotation rotation = file.care().rotation();
        if (!file.care().compress() || rotation instanceof Rotation.Never || !underWay.add(file)) {
            return;
        }
        Backups backups = Backups.of(rotation, store.shelf());
        Path path = file.realPath();
        begun.add(new DiskTask<Optional<Gzip.Begun>>(
                LANE, () -> Gzip.begin(path, backups), new DiskTask.Completion<Optional<Gzip.Begun>>() {
                    @Override
                    public void done(Optional<Gzip.Begun> outcome) {
                        if (outcome.isEmpty()) {
                            underWay.remove(file);
                            return;
                        }
                        toFinish.put(file, new Finish(file, backups, outcome.get()));
                        touched.accept(file);
                    }

                    @Override
                    public void failed(IOException reason) {
                        Compression.this.failed(file, reason);
                    }
                }));
    }

    /** What was begun since this was asked last; to be handed to the crew. */
    List<DiskTask<?>> takeBegun() {
        List<DiskTask<?>> taken = List.copyOf(begun);
        begun.clear();
        return taken;
    }

    /** What is to be done for a file for which nothing else is under way; null if nothing is. */
    @Nullable
    Finish takeFinish(LogFile file) {
        return toFinish.remove(file);
    }

    boolean isToFinish(LogFile file) {
        return toFinish.containsKey(file);
    }

    /** It is compressed; there may be another. */
    void finished(LogFile file) {
        underWay.remove(file);
        look(file);
    }

    void failed(LogFile file, IOException reason) {
        underWay.remove(file);
        LOGGER.log(
                Level.WARNING,
                "cannot compress what was rotated of " + file.path() + ": " + Reason.of(reason)
                        + "; it is tried again at the next rotation");
    }
}
