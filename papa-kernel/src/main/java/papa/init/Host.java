package papa.init;

import org.jspecify.annotations.Nullable;
import papa.descent.Apart;
import papa.launch.LaunchFailure;
import papa.launch.ProcessSpec;

/** What {@link Init} needs of the kernel. */
public interface Host {
    /** Told how a start went. */
    interface Launched {
        /**
         * It runs, or has run.
         *
         * @param pidfd the receiver's; negative if there is none
         * @param status with which it has ended already (waitpid(2)); null while that is not known
         */
        void started(int pid, int pidfd, @Nullable Integer status);

        void failed(LaunchFailure failure);
    }

    /** Starts the manager; it is not one of the processes that are held. */
    void launch(ProcessSpec spec, Launched launched);

    /** Whether nothing is held. */
    boolean isIdle();

    /** Where children stand that are not held. */
    Apart apart();

    /** The end begins: who started papa is told. */
    void ending();

    /** Ends all that is held or left, with grace, and then calls {@code done}. */
    void endAll(Runnable done);

    /** Ends papa. */
    void stop();
}
