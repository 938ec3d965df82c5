package papa.loop;

/**
 * SIGCHLD, which tells of children that nobody watches by a descriptor: the adopted. The JVM starts a thread for every
 * signal that comes, which takes longer than all else that a death costs; so after each one the kernel is deaf to more for a
 * moment, and then looks once for what it has missed. Loop thread only.
 */
public final class ChildSignal {
    private static final long DEAF_NANOS = 20_000_000L;
    private static final String NAME = "CHLD";

    private final EventLoop loop;
    private final Runnable childChanged;
    private boolean deaf;

    public ChildSignal(EventLoop loop, Runnable childChanged) {
        this.loop = loop;
        this.childChanged = childChanged;
    }

    public void listen() {
        deaf = false;
        Signals.on(NAME, () -> loop.post(this::came));
    }

    private void came() {
        if (!deaf && Signals.byDefault(NAME)) { // which is to pass it over, and to keep those that have ended
            deaf = true;
            loop.after(DEAF_NANOS, () -> {
                listen();
                childChanged.run();
            });
        }
        childChanged.run();
    }
}
