package papa.launch;

import java.util.function.IntConsumer;
import papa.loop.EventLoop;
import papa.loop.Log;
import papa.posix.Errno;
import papa.posix.SpawnRequest;

/** What one of the threads of {@link Spawner} is to start. How it went is told on the loop's thread, once. */
interface SpawnJob {
    /** Whether the thread becomes somebody else for it, which it may not come back from. */
    boolean changesIdentity();

    /** Does it, and tells. */
    void run(Launcher launcher);

    /** Tells that it was not even tried. */
    void cannot(String why);

    /** A process that a client asked for, or the manager. */
    record Start(EventLoop loop, LaunchOrder order, Spawner.Launched launched) implements SpawnJob {
        @Override
        public boolean changesIdentity() {
            return !order.spec().attributes().identity().isNone();
        }

        @Override
        public void run(Launcher launcher) {
            try {
                Started started = launcher.launch(order);
                loop.post(() -> launched.started(started));
            } catch (LaunchFailure failure) {
                failed(failure);
            } catch (RuntimeException | Error fault) {
                failed(new LaunchFailure(order.spec().name(), LaunchFailure.Stage.PROCESS, Errno.ENOMEM.negated(), ""));
            }
        }

        @Override
        public void cannot(String why) {
            failed(new LaunchFailure(order.spec().name(), why, Errno.python(Errno.EAGAIN.negated())));
        }

        private void failed(LaunchFailure failure) {
            loop.post(() -> launched.failed(failure));
        }
    }

    /** A program of the kernel's own. */
    record Helper(EventLoop loop, SpawnRequest request, IntConsumer told) implements SpawnJob {
        @Override
        public boolean changesIdentity() {
            return false;
        }

        @Override
        public void run(Launcher launcher) {
            int pid = run(launcher, request);
            loop.post(() -> told.accept(pid));
        }

        private static int run(Launcher launcher, SpawnRequest request) {
            try {
                return launcher.run(request);
            } catch (RuntimeException | Error fault) {
                Log.fault("starting a program failed", fault); // this thread must go on
                return Errno.ENOMEM.negated();
            }
        }

        @Override
        public void cannot(String why) {
            loop.post(() -> told.accept(Errno.EAGAIN.negated()));
        }
    }
}
