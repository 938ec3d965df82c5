package circus.tests.upgrade;

import static org.awaitility.Awaitility.await;

import circus.tests.harness.Kernel;
import circus.tests.harness.Load;
import java.time.Duration;

/** What comes and goes around a papa: workers that die with known codes, connections, clients of a held socket. */
final class Churn implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int MORTALS = 6;
    private static final int REQUESTS_PER_SECOND = 100;

    private final Keeper keeper;
    private final OneShots shots;
    private final Load load;

    /** What there was of it. */
    record Counts(long connections, long requests, Duration slowestRequest) {
        static final Counts NONE = new Counts(0, 0, Duration.ZERO);

        Counts and(Counts more) {
            return new Counts(
                    connections + more.connections,
                    requests + more.requests,
                    slowestRequest.compareTo(more.slowestRequest) > 0 ? slowestRequest : more.slowestRequest);
        }
    }

    private Churn(Kernel kernel, Keeper keeper, int port) {
        this.keeper = keeper;
        keeper.mortals(MORTALS);
        shots = OneShots.start(kernel);
        load = Load.start(port, REQUESTS_PER_SECOND);
    }

    /** Returns when there has been some of everything. */
    static Churn start(Kernel kernel, Keeper keeper, int port) {
        Churn churn = new Churn(kernel, keeper, port);
        long exits = keeper.exits();
        await("things come and go").atMost(LIMIT).until(() -> {
            churn.check();
            return churn.load.tally().answered() > 5 && keeper.exits() > exits + MORTALS;
        });
        return churn;
    }

    void check() {
        keeper.check();
        shots.check();
        if (!load.tally().failures().isEmpty()) {
            throw new AssertionError("requests have failed: " + load.tally().failures());
        }
    }

    /** Returns when all that came has gone. */
    Counts stop() {
        keeper.mortals(0);
        long connections = shots.stop();
        Load.Tally tally = load.stop();
        await("the mortals have died").atMost(LIMIT).until(() -> {
            keeper.check();
            return keeper.livingMortals() == 0;
        });
        check();
        return new Counts(connections, tally.answered(), tally.slowest());
    }

    @Override
    public void close() {
        shots.close();
        load.close();
    }
}
