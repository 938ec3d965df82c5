package circus.options;

/**
 * A family of options whose keys share a beginning and end in a word of the user's choice: {@code hooks.before_start},
 * {@code stdout_stream.filename}.
 *
 * @param prefix everything up to the part that varies, separator included
 * @param reach whose rights who sets one of them gets hold of; for a stream see {@link StreamOptions}
 */
public record OptionFamily(String prefix, OnSet onSet, Support support, String doc, Reach reach) {
    public boolean covers(String key) {
        return key.startsWith(prefix);
    }

    /** The part of {@code key} that varies. */
    public String member(String key) {
        return key.substring(prefix.length());
    }
}
