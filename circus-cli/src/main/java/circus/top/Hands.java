package circus.top;

/** What a key may do beyond the {@link Desk}. Called on the thread that owns it; none blocks. */
interface Hands {
    void quit();

    /** Stops the program until the shell goes on with it. */
    void suspend();

    /** Draws all of the screen anew. */
    void redraw();

    /** Sends a request; what comes of it is told by {@link Desk#outcome}. */
    void ask(Task task);
}
