package circus.manager.control;

import circus.manager.arbiter.House;
import circus.manager.audit.Audit;
import circus.manager.command.Commands;
import circus.manager.command.Reception;
import circus.manager.command.Rights;
import circus.manager.recall.TailDesk;
import circus.manager.stats.StatsReader;
import circus.manager.watcher.Stage;
import circus.options.WatcherOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.channels.Selector;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** A house in memory behind real sockets: a thread of its own stands for circus-loop, and notes what it should never have to catch. */
final class Served implements AutoCloseable {
    private final House house = new House();
    private final AtomicBoolean ended = new AtomicBoolean();
    private final CountDownLatch bound = new CountDownLatch(1);
    private final ConcurrentLinkedQueue<Runnable> tasks = new ConcurrentLinkedQueue<>();
    private final String endpoint = "tcp://127.0.0.1:" + freePort();
    private final String pubsub = "tcp://127.0.0.1:" + freePort();
    private final Thread loop = new Thread(this::serve, "served");

    /** What went wrong within the loop. */
    final List<Throwable> mistakes = Collections.synchronizedList(new ArrayList<>());

    Served() throws IOException, InterruptedException {
        loop.start();
        if (!bound.await(10, TimeUnit.SECONDS)) {
            throw new IOException("cannot serve: " + mistakes);
        }
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Answers on our thread, as in circusd: no other may use the socket. */
    private final TailDesk tails = new TailDesk(
            house.recall,
            () -> CompletableFuture.completedFuture(List.of()),
            Path.of("/nonexistent/kernel.sock"),
            "circus.test",
            house,
            tasks::add);

    private void serve() {
        house.add("web", Stage.options(WatcherOptions.NUMPROCESSES, 2));
        try (Endpoints endpoints =
                        new Endpoints(endpoint, pubsub, Access.of(Optional.empty(), false, Optional.empty()));
                StatsReader stats = new StatsReader(tasks::add, house);
                Selector selector = Selector.open()) {
            house.open();
            Reception reception = new Reception(
                    new Commands(
                            house.arbiter,
                            stats,
                            house.changes,
                            house.whereabouts,
                            house.eventsCommand,
                            tails,
                            () -> {}),
                    house.arbiter,
                    new Rights(Optional.empty(), false, 0),
                    Audit.NONE,
                    house);
            Controller controller = new Controller(endpoints, reception, house);
            endpoints.register(selector);
            bound.countDown();
            while (!ended.get()) {
                if (!endpoints.hasRequests()) {
                    selector.select(5);
                    selector.selectedKeys().clear();
                }
                turn(controller);
            }
        } catch (CannotListenException | IOException e) {
            mistakes.add(e);
        }
    }

    private void turn(Controller controller) {
        try {
            controller.onReadable();
            for (Runnable task = tasks.poll(); task != null; task = tasks.poll()) {
                task.run();
            }
            // Whoever is to end has a time for that, which passes here at once.
            house.pass(60);
            controller.release();
            house.events.clear();
        } catch (RuntimeException | Error mistake) {
            mistakes.add(mistake);
        }
    }

    RawPeer dealer() throws IOException {
        return new RawPeer(endpoint, "DEALER");
    }

    @Override
    public void close() throws InterruptedException {
        ended.set(true);
        loop.join();
    }
}
