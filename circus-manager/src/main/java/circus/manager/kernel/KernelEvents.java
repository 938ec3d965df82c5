package circus.manager.kernel;

/** What the kernel tells unasked. Called on circus-loop only, from within {@link PapaKernel}'s methods. */
public interface KernelEvents {
    /** A process ended; never told before its launch was. Its record stays in the kernel until {@link KernelPort#take}. */
    void exited(Exit exit);

    /** The last descendant that this ended incarnation had left behind has gone too. */
    void gone(long incarnation);

    /** The connection is at its end; called once, after every unanswered request has failed. */
    void kernelLost(String reason);
}
