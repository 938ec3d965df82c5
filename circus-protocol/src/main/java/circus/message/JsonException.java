package circus.message;

/** Bytes that are no JSON, or JSON beyond the limits of {@link Json}. */
public final class JsonException extends Exception {
    JsonException(String message) {
        super(message);
    }
}
