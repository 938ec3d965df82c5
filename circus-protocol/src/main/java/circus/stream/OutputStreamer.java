package circus.stream;

/**
 * A stream in Java. {@code stdout_stream.class = com.example.Shipper} of a watcher names a class with a public constructor
 * without arguments, or with one {@code Map<String, String>}: the other options of that stream, as they stand in the
 * configuration. Each watcher and channel has an object of its own; when an option is changed, another one takes its place.
 *
 * <p>It is called on a thread of its own, one call after the other. While it does not come back, what follows is kept by
 * the kernel, as far as {@code overflow} says. What it throws is logged once and counted; the line that it threw for is
 * not given to it again. When circusd was killed, what it was given last may come twice.
 */
public interface OutputStreamer {
    /** It is about to be used. */
    default void open() throws Exception {}

    /** Takes a line, or a part of one that is very long or waits for its end. */
    void write(Output output) throws Exception;

    /** It is used no more. Not called when circusd is killed. */
    default void close() throws Exception {}
}
