package circus.message;

/**
 * A request that cannot be carried out, in the words and with the number that the client gets to see. Any thread.
 *
 * <p>The wording of the factories is part of the contract: Circus's clients print it and scripts compare it.
 */
public class CommandException extends Exception {
    private final ErrorCode code;

    public CommandException(ErrorCode code, String reason) {
        super(reason, null, false, false);
        this.code = code;
    }

    public ErrorCode code() {
        return code;
    }

    public String reason() {
        return String.valueOf(getMessage());
    }

    public Reply.Failed reply() {
        return new Reply.Failed(code, reason(), null);
    }

    /** {@code unknown command: 'bogus'}, with the name as it was sent. */
    public static CommandException unknownCommand(String word) {
        return new CommandException(ErrorCode.UNKNOWN_COMMAND, "unknown command: " + PythonText.repr(word));
    }

    /** {@code message invalid 'name' is missing}. */
    public static CommandException missing(String property) {
        return new CommandException(ErrorCode.MESSAGE_ERROR, "message invalid '" + property + "' is missing");
    }

    /** {@code program NAME not found}, with the name as it was sent. */
    public static CommandException programNotFound(String name) {
        return new CommandException(ErrorCode.MESSAGE_ERROR, "program " + name + " not found");
    }

    /** A watcher of that name is there already, whatever the case of the name. */
    public static CommandException alreadyExists(String name) {
        return new CommandException(ErrorCode.COMMAND_ERROR, PythonText.repr(name) + " already exist");
    }

    /** A property or option that does not hold what it should: {@code 'nb' isn't an integer}. */
    public static CommandException invalid(String reason) {
        return new CommandException(ErrorCode.MESSAGE_ERROR, reason);
    }

    /** {@code arbiter is already running watcher_restart command}, with the lock name of the running operation. */
    public static CommandException conflict(String lockName) {
        return new CommandException(ErrorCode.COMMAND_ERROR, "arbiter is already running " + lockName + " command");
    }

    /** An operation failed after it had begun; the details are in the daemon's log. */
    public static CommandException serverError() {
        return new CommandException(ErrorCode.BAD_MSG_DATA_ERROR, ErrorCode.BAD_MSG_DATA_ERROR.words());
    }
}
