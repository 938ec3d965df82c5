package papa.posix;

import java.util.Collection;

/**
 * Signals that this process keeps until it reads them: blocked in all threads, and read from a descriptor (signalfd(2)).
 * Results are as in {@link Posix}: 0 or more, or the negated errno. From any thread.
 */
public interface SignalCalls {
    /** Blocks signals in the calling thread, and in those that it starts from then on (pthread_sigmask(3)). */
    int block(Collection<Integer> signals);

    int unblock(Collection<Integer> signals);

    /** 1 if the calling thread has all of them blocked, else 0. */
    int areBlocked(Collection<Integer> signals);

    /** A descriptor, close-on-exec and not blocking, that is readable when one of these is pending. */
    int descriptor(Collection<Integer> signals);

    /**
     * The number of the next pending signal, which is taken off.
     *
     * @param sender {@code sender[0]}: the pid of who sent it, 0 if the machine did
     */
    int next(int descriptor, int[] sender);

    /** The process no longer hears this signal. See signal(2), SIG_IGN. */
    int ignore(int signal);

    /**
     * Waits until any child of the process has ended, and does not reap it (waitid(2)); its pid, or a failure: ECHILD while
     * there is no child. It is what SIGCHLD is for, which cannot be kept: see {@code papa.loop.ChildEnds}.
     */
    int awaitEnded();
}
