package circus.curve;

/** The peer breaks the rules of CURVE, or is another than it should be. The message says what it did, without naming it. */
public final class CurveException extends Exception {
    private static final long serialVersionUID = 1;

    CurveException(String message) {
        super(message, null, false, false);
    }
}
