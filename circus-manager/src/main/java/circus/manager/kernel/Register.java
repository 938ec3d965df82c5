package circus.manager.kernel;

import java.util.Map;

/** Is told which processes run, at once, for the day on which nobody else knows. Called on circus-loop only. */
public interface Register {
    /** Nobody wants to know. */
    Register NONE = new Register() {
        @Override
        public void isAsked(String name, Map<String, String> environment) {}

        @Override
        public void isRefused(String name) {}

        @Override
        public void runs(String name, long incarnation, int pid) {}

        @Override
        public void isOver(long incarnation) {}
    };

    /**
     * One is to be started; {@link #runs} or {@link #isRefused} follows, unless the kernel is lost in between.
     *
     * @param environment all of it
     */
    void isAsked(String name, Map<String, String> environment);

    /** It was not started. */
    void isRefused(String name);

    /** @param name without the {@code circus.ARB.} prefix: {@code WATCHER.WID} */
    void runs(String name, long incarnation, int pid);

    /** It has ended, or is nobody's any more. */
    void isOver(long incarnation);
}
