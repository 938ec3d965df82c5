package circus.manager.output;

import circus.manager.disk.DiskTask;
import circus.manager.disk.LogStore;
import java.io.IOException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;

/** Closes a file on a disk thread: on a network that may take long, and tell of what could not be written. */
final class Closing implements DiskTask.Completion<Boolean> {
    private static final Logger LOGGER = System.getLogger(Closing.class.getName());

    private final LogFile file;

    private Closing(LogFile file) {
        this.file = file;
    }

    static DiskTask<Boolean> task(LogFile file, LogStore.Appender closing) {
        return new DiskTask<>(
                file.lane(),
                () -> {
                    closing.close();
                    return true;
                },
                new Closing(file));
    }

    @Override
    public void done(Boolean outcome) {
        LOGGER.log(Level.TRACE, "closed {0}", file.path());
    }

    @Override
    public void failed(IOException reason) {
        LOGGER.log(Level.WARNING, "cannot close " + file.path() + ": " + Reason.of(reason));
    }
}
