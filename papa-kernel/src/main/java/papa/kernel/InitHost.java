package papa.kernel;

import java.io.IOException;
import java.util.Map;
import papa.descent.Apart;
import papa.init.Host;
import papa.init.Init;
import papa.init.ManagerCommand;
import papa.launch.HandedOver;
import papa.launch.LaunchFailure;
import papa.launch.LaunchOrder;
import papa.launch.ProcessSpec;
import papa.launch.Spawner;
import papa.launch.Started;
import papa.loop.EventLoop;
import papa.posix.Posix;
import papa.service.ServiceManager;
import papa.upgrade.Program;

/** The kernel as {@link Init} sees it. Loop thread only. */
final class InitHost implements Host {
    /** Somebody has a process of the manager's name started: his is told in a moment. */
    private static final long MOMENT_NANOS = 50_000_000L;

    private final EventLoop loop;
    private final Kernel kernel;
    private final Spawner spawner;
    private final ServiceManager service;

    private InitHost(EventLoop loop, Kernel kernel, Spawner spawner, ServiceManager service) {
        this.loop = loop;
        this.kernel = kernel;
        this.spawner = spawner;
        this.service = service;
    }

    /** For what the command line asks for. */
    static Init init(
            Posix posix,
            EventLoop loop,
            Kernel kernel,
            Spawner spawner,
            ServiceManager service,
            Arguments arguments,
            String path)
            throws IOException {
        ProcessSpec command =
                ManagerCommand.spec(arguments.command(), Program.own(posix).environment(), path);
        return new Init(posix, loop, new InitHost(loop, kernel, spawner, service), command, arguments.once());
    }

    @Override
    public void launch(ProcessSpec spec, Launched launched) {
        Launches launches = kernel.launches;
        if (launches.has(spec.name())) {
            loop.after(MOMENT_NANOS, () -> launch(spec, launched));
            return;
        }
        launches.begin(spec);
        LaunchOrder order = new LaunchOrder(spec, spec, spec.argv(), new HandedOver(), Map.of(), null);
        spawner.launch(order, new Spawner.Launched() {
            @Override
            public void started(Started started) {
                Reaped ended = launches.claimStatus(started);
                launches.done(spec.name());
                launched.started(started.pid(), started.pidfd(), ended == null ? null : ended.status());
                kernel.changed(); // where papa ends, it waits for this start, too
            }

            @Override
            public void failed(LaunchFailure failure) {
                launches.dropStatus(failure.killedPid);
                launches.done(spec.name());
                launched.failed(failure);
                kernel.changed();
            }
        });
    }

    @Override
    public boolean isIdle() {
        return kernel.isIdle();
    }

    @Override
    public Apart apart() {
        return kernel.apart();
    }

    @Override
    public void ending() {
        service.stopping();
    }

    @Override
    public void endAll(Runnable done) {
        kernel.endAll(House.GRACE_NANOS, done);
    }

    @Override
    public void stop() {
        loop.stop();
    }
}
