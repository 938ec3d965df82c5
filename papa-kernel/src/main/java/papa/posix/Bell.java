package papa.posix;

/** An eventfd that somebody waits at (eventfd(2)). Neither to be heard nor to be silent may fail. From any thread. */
public final class Bell {
    private static final int MOST_TRIES = 100;

    private Bell() {}

    /** @param one the address of a long that is 1. A ring that is lost would be waited for for ever, so it is tried again */
    public static void ring(Posix posix, int eventfd, long one) {
        int tries = 0;
        while (posix.write(eventfd, one, 8) < 0 && tries < MOST_TRIES) {
            tries++;
        }
    }

    /**
     * Takes back a ring, if there was one. Only for one that does not block.
     *
     * @param word the address of 8 bytes for what is read
     */
    public static void silence(Posix posix, int eventfd, long word) {
        int silent = 0;
        for (int tries = 0; silent < 2 && tries < MOST_TRIES; tries++) {
            silent = Errno.EAGAIN.is(posix.read(eventfd, word, 8)) ? silent + 1 : 0;
        }
    }
}
