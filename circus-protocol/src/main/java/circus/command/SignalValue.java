package circus.command;

import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.Signals;
import java.math.BigInteger;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A signal as requests have it: a number, its digits, or a name as {@link Signals} takes it. 0 is one, too: it is sent to find out whether
 * anybody is there. What it is not is told with the number that Circus has for it. Pure functions; any thread.
 */
final class SignalValue {
    private static final Pattern DIGITS = Pattern.compile("\\s*[+-]?[0-9]+\\s*");
    private static final Pattern BEGINS_WITH_A_WORD = Pattern.compile("\\s*\\w.*", Pattern.DOTALL);

    private SignalValue() {}

    static int of(String property, @Nullable Object value) throws CommandException {
        if (value instanceof Long || value instanceof Integer || value instanceof BigInteger) {
            return existing(value.toString());
        }
        if (value instanceof String text) {
            return DIGITS.matcher(text).matches() ? existing(text.strip()) : named(text);
        }
        throw new CommandException(
                ErrorCode.COMMAND_ERROR, "'" + property + "' isn't a signal: " + PythonText.repr(value));
    }

    /** Linux would refuse to send it. */
    private static int existing(String digits) throws CommandException {
        BigInteger number = new BigInteger(digits);
        if (number.signum() == 0) {
            return 0;
        }
        try {
            return Signals.number(digits);
        } catch (BadValueException none) {
            throw new CommandException(ErrorCode.OS_ERROR, "[Errno 22] Invalid argument: " + none.getMessage());
        }
    }

    private static int named(String text) throws CommandException {
        try {
            return Signals.number(text);
        } catch (BadValueException none) {
            if (BEGINS_WITH_A_WORD.matcher(text).matches()) {
                throw new CommandException(ErrorCode.COMMAND_ERROR, String.valueOf(none.getMessage()));
            }
            throw CommandException.invalid("signal invalid");
        }
    }
}
