package papa.wire;

/** A line that is not made of words. The message tells the column and what was expected there. */
public final class WordsException extends Exception {
    private static final long serialVersionUID = 1;

    WordsException(String message) {
        super(message);
    }
}
