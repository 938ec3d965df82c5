package circus.manager.recall;

import org.jspecify.annotations.Nullable;

/** Where lines come from, one behind another. One thread. */
interface Source {
    /** What comes next; null if nothing does for now. */
    @Nullable
    Utterance peek();

    /** Goes on behind what {@link #peek} has told. */
    void take();
}
