package papa.kernel;

import papa.process.Cursor;
import papa.process.Incarnation;
import papa.state.StateLine;
import papa.state.StateWriter;

/** How a tail's output is written: {@link TailText} for people, {@link TailFrames} for programs. Loop thread only. */
interface TailForm {
    /** Room that every call needs. */
    int room();

    /** Writes what the cursor stands on, or some of it, and moves the cursor on. */
    void data(Outbox outbox, Cursor cursor);

    /** So many bytes are missing where the cursor stands. Does not move it. */
    void gap(Outbox outbox, Cursor cursor, long bytes);

    /** Everything of this process was written; it has ended, if the tail follows. */
    void finished(Outbox outbox, Incarnation process);

    /** What ends the output of the whole tail; a byte string. */
    String lastWords();

    // In a state: see Tail.

    void put(StateWriter.Line line);

    void put(StateWriter.Line line, Incarnation process);

    void put(StateWriter.Line line, Cursor cursor);

    void restore(StateLine line, Incarnation process);

    void restore(StateLine line, Cursor cursor);
}
