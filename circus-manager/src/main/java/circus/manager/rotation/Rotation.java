package circus.manager.rotation;

import circus.options.RotateWhen;

/** When a file is put aside, and how many of its predecessors are kept. */
public sealed interface Rotation {
    /** It grows for ever. */
    Rotation NEVER = new Never();

    /** See {@link #NEVER}. */
    record Never() implements Rotation {}

    /**
     * Before it would become so long.
     *
     * @param maxBytes at least 1; only a single line that is longer makes a longer file
     * @param backups how many older files are kept; with 0 the file is begun anew and what it held is gone
     */
    record BySize(long maxBytes, int backups) implements Rotation {
        public BySize {
            if (maxBytes < 1 || backups < 0) {
                throw new IllegalArgumentException(
                        "cannot rotate at " + maxBytes + " bytes with " + backups + " backups");
            }
        }
    }

    /**
     * When a time has passed.
     *
     * @param interval how many units, at least 1; means nothing for midnights and days of the week
     * @param utc whether midnights are those of universal time, and files are named by it
     * @param backups how many older files are kept; 0 for all
     */
    record ByTime(RotateWhen when, int interval, boolean utc, int backups) implements Rotation {
        public ByTime {
            if (interval < 1 || backups < 0) {
                throw new IllegalArgumentException(
                        "cannot rotate every " + interval + " " + when + " with " + backups + " backups");
            }
        }
    }
}
