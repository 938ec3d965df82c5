package papa.kernel;

import papa.cgroup.ControlGroup;
import papa.launch.LaunchFailure;
import papa.launch.LaunchOrder;
import papa.launch.Spawner;
import papa.launch.Started;
import papa.posix.Posix;
import papa.process.Incarnation;
import papa.process.Notes;
import papa.request.Refusal;
import papa.wire.Limit;

/** From an order to a process that the kernel holds, or to why there is none. Loop thread only. */
final class Starts {
    private static final int MOST_PROCESSES = Limit.PROCESSES.most();

    private final Kernel kernel;
    private final Spawner spawner;

    Starts(Kernel kernel, Spawner spawner) {
        this.kernel = kernel;
        this.spawner = spawner;
    }

    /** Told how a process that was to be made went. */
    interface Made {
        void made(Incarnation process);

        void failed(LaunchFailure failure);
    }

    void make(LaunchOrder order, Made made) throws Refusal {
        String name = order.spec().name();
        if (kernel.processes.size() + kernel.launches.count() >= MOST_PROCESSES) {
            throw new Refusal("cannot start " + name + ": there are " + MOST_PROCESSES + " processes already");
        }
        kernel.remembered.demandRoom("start " + name, order.remembered().bytes() + Notes.bytes(order.annotations()));
        if (kernel.launches.has(name)) {
            throw new Refusal("cannot start " + name + ": another request is starting it just now");
        }
        long number = kernel.processes.newNumber();
        ControlGroup group =
                order.spec().attributes().controlGroup() ? kernel.controlGroups.forNew(name, number) : null;
        kernel.launches.begin(order.spec());
        spawner.launch(order.in(group), new Start(order, number, made));
    }

    /** One that is under way. */
    private final class Start implements Spawner.Launched {
        private final LaunchOrder order;
        private final long number;
        private final Made made;

        private Start(LaunchOrder order, long number, Made made) {
            this.order = order;
            this.number = number;
            this.made = made;
        }

        @Override
        public void started(Started started) {
            order.sockets().release(kernel.posix);
            Incarnation process = new Incarnation(number, order.remembered(), started, order.annotations());
            process.controlGroup = kernel.controlGroups.started(number, process);
            kernel.begin(process, started);
            made.made(process); // before its end, which may have come already
            kernel.deaths.watch(process, started);
            if (kernel.isEnding()) {
                kernel.signal(process, Posix.SIGTERM);
            }
        }

        @Override
        public void failed(LaunchFailure failure) {
            order.sockets().release(kernel.posix);
            kernel.launches.dropStatus(failure.killedPid);
            kernel.controlGroups.failed(number);
            kernel.launches.done(order.spec().name());
            made.failed(failure);
            kernel.changed();
        }
    }
}
