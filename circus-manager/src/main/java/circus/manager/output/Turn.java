package circus.manager.output;

import circus.manager.rotation.Rotation;
import circus.options.BadValueException;
import circus.options.RotateWhen;

/**
 * That a file is about to be put aside for a new one. The kernel has it before anything is renamed, so that whoever comes
 * next can bring it to its end.
 *
 * @param rotation how its backups are named, and how many are kept
 * @param suffix what a file that is rotated by time is named by; else empty
 * @param nextMicros where it is rotated by time: when the next one begins at the earliest, in microseconds since 1970; else 0
 */
record Turn(Rotation rotation, String suffix, long nextMicros) {
    private static final String SIZE = "size";
    private static final String TIME = "time";

    /** One word: {@code size:1000:5}, {@code time:MIDNIGHT:1:7:20261121:1795305600000000}. */
    String encode() {
        if (rotation instanceof Rotation.BySize bySize) {
            return SIZE + ":" + bySize.maxBytes() + ":" + bySize.backups();
        }
        Rotation.ByTime byTime = (Rotation.ByTime) rotation;
        return TIME + ":" + byTime.when() + ":" + byTime.interval() + ":" + byTime.backups() + ":" + suffix + ":"
                + nextMicros;
    }

    /** @throws IllegalArgumentException if it was not written by {@link #encode} */
    static Turn parse(String word) {
        String[] parts = word.split(":", -1);
        if (parts.length == 3 && parts[0].equals(SIZE)) {
            return new Turn(new Rotation.BySize(Long.parseLong(parts[1]), Integer.parseInt(parts[2])), "", 0);
        }
        if (parts.length == 6 && parts[0].equals(TIME)) {
            try {
                RotateWhen when = RotateWhen.parse(parts[1]);
                int interval = Integer.parseInt(parts[2]);
                Rotation rotation = new Rotation.ByTime(when, interval, false, Integer.parseInt(parts[3]));
                return new Turn(rotation, parts[4], Long.parseLong(parts[5]));
            } catch (BadValueException e) {
                throw new IllegalArgumentException("no rotation: " + word, e);
            }
        }
        throw new IllegalArgumentException("no rotation: " + word);
    }
}
