package circus.manager.output;

/** Told when the pump can go on no longer. Called on the thread circus-output, once. */
public interface OutputListener {
    /** The connection to the kernel is gone, or the kernel refused; no more output is written from here on. */
    void lost(String reason);
}
