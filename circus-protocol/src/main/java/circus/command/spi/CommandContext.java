package circus.command.spi;

import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/** What circusd has for one call of a {@link Command}. To be used on the thread of that call, and not after it. */
public interface CommandContext {
    /**
     * Calls another command, and waits for its reply, with the rights of who called this one.
     *
     * @param properties as in a request; with {@code waiting} the reply comes when the work is done
     * @return the whole reply: {@code status} is {@code "error"} where it was refused, with {@code reason} and {@code errno}
     * @throws InterruptedException when the time of this call is over
     */
    Map<String, @Nullable Object> call(String command, Map<String, @Nullable Object> properties)
            throws InterruptedException;

    /** The user who has called, as the system tells it; empty for one that it cannot tell, as of another machine. */
    OptionalInt uid();

    /** Who has called, for people: {@code uid 1000, pid 4711}. */
    String caller();
}
