package circus.top;

/** There is no screen that can be filled. The message is for the user, and begins with "cannot". */
final class CannotShowException extends Exception {
    CannotShowException(String message) {
        super(message, null, false, false);
    }
}
