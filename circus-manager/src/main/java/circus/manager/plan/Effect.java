package circus.manager.plan;

/** What comes of one changed key. */
public enum Effect {
    REPLACES("replaces the processes"),
    RESIZES("changes their number"),
    REOPENS("opens the socket anew"),
    LIVE("applied live"),
    /** The watcher does not run. */
    AT_START("counts from its next start"),
    /** The file now says what was said at run time. */
    ALREADY("so already"),
    /** What was set at run time of a whole family still decides. */
    COVERED("covered by what was set at run time"),
    NEEDS_RESTART("needs a restart of circusd"),
    NONE("without effect in this version");

    private final String words;

    Effect(String words) {
        this.words = words;
    }

    String words() {
        return words;
    }
}
