package circus.command.spi;

import circus.message.CommandException;
import circus.message.PythonText;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * A command that is added to circusd. A class that implements it is public and has a public constructor without arguments, unless a program
 * hands over an object.
 *
 * <p>One object serves all requests, several at the same time, each on a thread that is none of circusd's own: it may take its time, up to
 * {@link CommandDefinition#limit}. Then the thread is interrupted, the caller is told so, and circusd goes on without it. What it throws is told
 * to the caller, and to circusd's log.
 */
public interface Command {
    /** What it is called and takes. Asked for once, when circusd starts. */
    CommandDefinition definition();

    /**
     * Looks whether the properties fit together, before {@link #execute}. That they are there and of the declared types is known already.
     *
     * @param properties of the request; it may be changed, and is then handed to {@link #execute}
     * @throws CommandException with what the caller is told, as of {@link CommandException#invalid}
     */
    default void validate(Map<String, @Nullable Object> properties) throws CommandException {}

    /**
     * Carries it out.
     *
     * @param context what circusd has for it, for this request alone
     * @param properties of the request
     * @return what the reply holds beside its status, its time and its id; values as JSON has them: null, texts, numbers, truth values, lists
     *     and maps
     * @throws CommandException with the number and the words of the error that the caller is told
     * @throws Exception anything else, which is told as an error of the command
     */
    Map<String, @Nullable Object> execute(CommandContext context, Map<String, @Nullable Object> properties)
            throws Exception;

    /**
     * The reply as circusctl prints it, without the last line's end: by default {@code ok}, or a line for each field.
     *
     * @param reply what {@link #execute} has returned
     */
    default String text(Map<String, @Nullable Object> reply) {
        return reply.isEmpty()
                ? "ok"
                : reply.entrySet().stream()
                        .map(field -> field.getKey() + ": " + PythonText.str(field.getValue()))
                        .collect(Collectors.joining("\n"));
    }
}
