package circus.manager.watcher;

import circus.message.CommandException;

/** Told how an operation went: exactly one of the two, once, on circus-loop. */
public interface Outcome {
    void done(Change change);

    /** It was given up: refused while it waited for its turn, or cut short by the end of the daemon. */
    void failed(CommandException cause);

    /** For operations that nobody waits for. */
    Outcome UNHEARD = new Outcome() {
        @Override
        public void done(Change change) {}

        @Override
        public void failed(CommandException cause) {}
    };
}
