package circus.message;

/**
 * The {@code errno} of an error reply. The numbers are Circus's and are never reused.
 *
 * <p>Version history: 0 to 6 as in Circus 0.19.0.
 */
public enum ErrorCode {
    /** The default; never seen on the wire. */
    NOT_SPECIFIED("unknown"),
    /** The body is not JSON; the reply's id is null. */
    INVALID_JSON("json invalid"),
    /** No command of that name. */
    UNKNOWN_COMMAND("unknown command"),
    /** Bad or missing properties, an unknown watcher, a refused option. */
    MESSAGE_ERROR("message invalid"),
    /** The operating system refused, for instance a signal. */
    OS_ERROR("system error"),
    /** Another operation stands in the way, or the command failed before it began. */
    COMMAND_ERROR("command error"),
    /** A command with {@code waiting} failed after it had begun. */
    BAD_MSG_DATA_ERROR("server error");

    private final String words;

    ErrorCode(String words) {
        this.words = words;
    }

    /** The number on the wire. */
    @SuppressWarnings("EnumOrdinal") // The declaration order is the wire format; a test pins it.
    public int errno() {
        return ordinal();
    }

    /** What a reply says when there is nothing more precise to say. */
    public String words() {
        return words;
    }
}
