package circus.bench;

import circus.tests.harness.Home;
import circus.tests.harness.Kernel;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** {@code /bin/true}, again and again, until all of them have ended. Interleaved rounds, after one that warms up. */
final class SpawnRate {
    private static final int COUNT = 4_000;
    private static final String WINDOW = "32";
    private static final double LEAST = 1_500;
    private static final double WITHIN = 0.85;

    /** Options of `make process`, tried one by one; a kernel that does not have one is not measured with it. */
    private static final List<List<String>> GATED =
            List.of(List.of("rlimit.core=0"), List.of("uid=65534", "gid=65534", "groups="));

    private final int rounds;

    SpawnRate(int rounds) {
        this.rounds = rounds;
    }

    /** One way to start them, and what it took. */
    private record Way(String name, boolean judged, List<String> command, List<Long> nanos) {
        boolean isStuck() {
            return nanos.isEmpty();
        }

        double rate() {
            long[] measured = nanos.stream().mapToLong(Long::longValue).toArray();
            return COUNT / (new Figures(measured).millis(0.5) / 1e3);
        }
    }

    void run(Table table) throws IOException {
        table.begin(COUNT + " times /bin/true, median of " + rounds, "a second", "part of C", "to reach");
        try (Home home = new Home()) {
            Peers peers = new Peers(home);
            Kernel kernel = home.kernel();
            List<Way> ways = new ArrayList<>();
            ways.add(new Way(
                    "C: posix_spawn, epoll, pidfd",
                    false,
                    peers.peer("spawn", Integer.toString(COUNT), "/bin/true"),
                    new ArrayList<>()));
            ways.add(way(peers, kernel, "papa, " + WINDOW + " requests under way", true, COUNT, WINDOW, List.of()));
            ways.add(way(peers, kernel, "papa, one request after the other", false, COUNT, "1", List.of()));
            for (List<String> options : GATED) {
                if (has(peers, kernel, options)) {
                    ways.add(way(
                            peers, kernel, "papa, with " + String.join(" ", options), false, COUNT, WINDOW, options));
                }
            }
            for (int i = -1; i < rounds; i++) {
                for (Way way : ways) {
                    run(way, i >= 0 && (i == 0 || !way.isStuck()));
                }
            }
            double best = ways.get(0).rate();
            for (Way way : ways) {
                if (way.isStuck()) {
                    table.row(way.name(), "stuck", "", "");
                    continue;
                }
                boolean reached = way.rate() >= LEAST && way.rate() >= WITHIN * best;
                table.row(
                        way.name(),
                        Table.number("%.0f", way.rate()),
                        Table.number("%.2f", way.rate() / best),
                        way.judged() ? Table.verdict(reached, "1500, 0.85 of C") : "");
            }
        }
    }

    /** One round; a way that does not come to its end has no figure, and does not keep the others from theirs. */
    private static void run(Way way, boolean counts) {
        try {
            long nanos = Peers.nanos("spawned", way.command());
            if (counts) {
                way.nanos().add(nanos);
            }
        } catch (AssertionError stuck) {
            System.err.println(stuck.getMessage());
            way.nanos().clear();
        }
    }

    private static Way way(
            Peers peers, Kernel kernel, String name, boolean judged, int count, String window, List<String> options) {
        List<String> rest = new ArrayList<>(List.of("stdout=0", "stderr=0"));
        rest.addAll(options);
        rest.addAll(List.of("--", "/bin/true"));
        return new Way(
                name,
                judged,
                peers.client(
                        kernel.socket(),
                        List.of("spawn", Integer.toString(count), window),
                        rest.toArray(String[]::new)),
                new ArrayList<>());
    }

    private static boolean has(Peers peers, Kernel kernel, List<String> options) {
        try {
            Peers.nanos(
                    "spawned", way(peers, kernel, "", false, 1, "1", options).command());
            return true;
        } catch (AssertionError refused) {
            return false;
        }
    }
}
