package papa.state;

/**
 * The versions of the state. A reader passes over kinds of lines, and over keys, that it does not know; so most additions
 * need a higher {@link #WRITTEN} alone, and programs go both ways. What a reader must not pass over needs a higher {@link
 * #READABLE_BY}: programs from before then refuse the state, and the upgrade to them changes nothing.
 *
 * <pre>
 *   1  the first (0.1.0)
 *   2  how long the longest upgrade took: gap= of start (0.2.0)
 * </pre>
 */
public final class StateVersion {
    /** Of what is written. */
    public static final int WRITTEN = 2;

    /** The oldest version of a reader that understands it. */
    public static final int READABLE_BY = 1;

    private StateVersion() {}
}
