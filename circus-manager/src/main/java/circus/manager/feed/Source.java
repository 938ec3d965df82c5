package circus.manager.feed;

/** Knows who is there. */
public interface Source {
    /**
     * Tells it as it is now. May wait a moment, not for ever.
     *
     * @param sockets whether anybody wants to hear of sockets
     */
    Population look(boolean sockets) throws InterruptedException;
}
