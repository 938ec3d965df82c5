package papa.client;

/**
 * Receives the answer to one request: exactly one of the two, once, on the thread that owns the channel. It must not
 * throw and must not {@link KernelChannel#call}; further requests are welcome.
 */
public interface ReplyListener {
    void ok(String text);

    /** @param reason the kernel's words, or that it has gone */
    void failed(String reason);
}
