package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.FileIdentity;
import circus.manager.disk.LogStore;
import circus.manager.rotation.Backups;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;

/**
 * Puts a file aside and begins it anew, in one go on a disk thread. The kernel knows that it is intended; whoever is killed
 * here leaves it to the next manager.
 *
 * @param path that the new file is opened by
 * @param file that is put aside: its name free of symbolic links
 * @param identity of the file that is put aside; if the name leads to another by now, that stays
 * @param appender the open file; null if it is closed
 */
record Rotate(
        LogStore store,
        Path path,
        Path file,
        FileIdentity identity,
        FileCare care,
        Turn turn,
        LogStore.@Nullable Appender appender)
        implements DiskTask.Work<Rotate.Outcome> {
    /**
     * What has become of it.
     *
     * @param opened the file of that name by now: the new one, or, if it could not be put aside, the old one
     * @param failure why something could not be done; null when everything was
     */
    record Outcome(Append.Outcome opened, @Nullable IOException failure) {}

    @Override
    public Outcome carryOut() throws IOException {
        if (appender != null) {
            appender.close();
        }
        IOException failure = null;
        try {
            if (isThere()) {
                Backups.of(turn.rotation(), store.shelf()).moveAside(file, turn.suffix());
            }
        } catch (IOException e) {
            failure = e;
        }
        return new Outcome(Append.open(store, path, care).carryOut(), failure);
    }

    /** If not, it is out of the way. */
    private boolean isThere() throws IOException {
        try {
            return store.look(file).identity().equals(identity);
        } catch (NoSuchFileException e) {
            return false;
        }
    }
}
