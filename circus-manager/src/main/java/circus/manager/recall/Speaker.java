package circus.manager.recall;

/**
 * One incarnation of a worker.
 *
 * @param startedMicros since 1970
 * @param name {@code WATCHER.WID}, in lower case
 */
record Speaker(long incarnation, int pid, long startedMicros, String name) {
    /** In lower case; the whole name where it is none of a worker. */
    String watcher() {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? name : name.substring(0, dot);
    }

    /** The worker number; 0 where it is not known. */
    int wid() {
        try {
            return Integer.parseInt(name.substring(name.lastIndexOf('.') + 1));
        } catch (NumberFormatException none) {
            return 0;
        }
    }
}
