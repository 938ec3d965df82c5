package circus.manager.feed;

import circus.manager.feed.Population.SocketHits;
import circus.manager.kernel.Caller;
import circus.manager.kernel.KernelPort;
import circus.manager.kernel.ListedSocket;
import circus.manager.kernel.SocketList;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Reconciler;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Collectors;

/**
 * Counts how often somebody is found waiting at a held socket: the kernel tells when somebody connects whom nobody has served yet, and is
 * asked again {@link #PAUSE} later. So it is no count of connections but a lower bound, of 100 a second at the most, as in Circus, where the
 * sockets are looked at that often. Nothing is asked while nobody listens. Runs on circus-loop only.
 */
final class HitCounter implements Reconciler {
    static final Duration PAUSE = Duration.ofMillis(10);

    private final KernelPort kernel;
    private final Clock clock;
    private final Consumer<Reconciler> agenda;
    private final Map<String, Counted> counted = new HashMap<>();
    private boolean counting;
    private long toldNanos;

    /** Who listens asks every second; whoever does not any more is not counted for. */
    static final Duration INTEREST = Duration.ofSeconds(3);

    private static final class Counted {
        private final int descriptor;
        private long hits;
        private boolean asked;

        /** Not asked of before. */
        private long notBefore;

        /** The kernel does not tell: it is not asked again. */
        private boolean failed;

        private Counted(int descriptor) {
            this.descriptor = descriptor;
        }
    }

    /** @param agenda has a reconciler stepped soon */
    HitCounter(KernelPort kernel, Clock clock, Consumer<Reconciler> agenda) {
        this.kernel = kernel;
        this.clock = clock;
        this.agenda = agenda;
    }

    /** Tells all sockets with the hits since the last time, and goes on counting. */
    void tell(Consumer<List<SocketHits>> answer) {
        kernel.listSockets(new SocketList() {
            @Override
            public void listed(List<ListedSocket> sockets) {
                answer.accept(count(sockets));
            }

            @Override
            public void failed(String reason) {
                answer.accept(List.of());
            }
        });
    }

    private List<SocketHits> count(List<ListedSocket> sockets) {
        counting = true;
        toldNanos = clock.nanos();
        counted.keySet().retainAll(sockets.stream().map(ListedSocket::name).collect(Collectors.toSet()));
        List<SocketHits> told = new ArrayList<>();
        for (ListedSocket socket : sockets) {
            Counted each = counted.compute(
                    socket.name(),
                    (name, former) -> former == null || former.descriptor != socket.descriptor()
                            ? new Counted(socket.descriptor())
                            : former);
            String address = socket.path().orElseGet(() -> socket.host().orElse("") + ":" + socket.port());
            told.add(new SocketHits(socket.descriptor(), address, each.hits));
            each.hits = 0;
        }
        told.sort(Comparator.comparingInt(SocketHits::descriptor));
        agenda.accept(this);
        return told;
    }

    /** Nobody wants to know. */
    void stop() {
        counting = false;
        counted.values().forEach(each -> each.hits = 0);
    }

    @Override
    public long step(long now) {
        long end = toldNanos + INTEREST.toNanos();
        if (counting && now >= end) {
            stop();
        }
        if (!counting) {
            return NEVER;
        }
        long next = end;
        for (Map.Entry<String, Counted> entry : counted.entrySet()) {
            Counted each = entry.getValue();
            if (each.asked || each.failed) {
                continue;
            }
            if (each.notBefore > now) {
                next = Math.min(next, each.notBefore);
                continue;
            }
            each.asked = true;
            ask(entry.getKey(), each);
        }
        return next;
    }

    private void ask(String socket, Counted each) {
        kernel.awaitConnection(socket, new Caller() {
            @Override
            public void called() {
                each.hits++;
                each.asked = false;
                each.notBefore = clock.nanos() + PAUSE.toNanos();
                agenda.accept(HitCounter.this);
            }

            @Override
            public void failed(String reason) {
                each.asked = false;
                each.failed = true;
            }
        });
    }
}
