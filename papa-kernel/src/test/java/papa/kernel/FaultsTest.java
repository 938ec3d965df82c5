package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.channels.ClosedByInterruptException;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import papa.client.PapaException;
import papa.posix.Errno;

/**
 * No failing system call ends the kernel. Each call that it makes in each {@link FaultScenario} fails once, as
 * {@link FaultTable} says; what becomes of it must be what stands there, nothing may stay open or running, and the same must
 * work right afterwards. {@code -Dcircus.faults=all} tries every call with every errno, {@code =ORPHAN} does so in one scenario, {@code =orphan}
 * tries the usual there; that is the first call with each, and the last with one.
 */
@Timeout(value = 10, unit = TimeUnit.MINUTES)
class FaultsTest {
    private static final String WHICH = System.getProperty("circus.faults", "");
    private static final Map<FaultScenario, Map<String, Integer>> COUNTS = new EnumMap<>(FaultScenario.class);

    @BeforeAll
    static void count() throws Exception {
        for (FaultScenario scenario : FaultScenario.values()) {
            COUNTS.put(scenario, count(scenario));
        }
    }

    private static Map<String, Integer> count(FaultScenario scenario) throws Exception {
        if (scenario.isOfAWholePapa()) {
            FaultStart start = new FaultStart(scenario);
            start.run(null);
            return start.counts();
        }
        try (FaultStage stage = new FaultStage()) {
            scenario.prepare(stage);
            stage.machine.begin(null);
            scenario.act(stage);
            return stage.machine.end();
        }
    }

    private static Map<String, Integer> counts(FaultScenario scenario) {
        return COUNTS.getOrDefault(scenario, Map.of());
    }

    @Test
    void every_method_of_the_seam_has_its_row() {
        Collection<String> rows = new TreeSet<>();
        FaultTable.rows().forEach(each -> rows.add(each.method()));
        rows.addAll(FaultTable.NEVER_FAIL);
        rows.addAll(FaultTable.NOT_HERE.keySet());
        assertThat(rows).isEqualTo(FaultyPosix.methods());
    }

    @Test
    void every_row_is_reached_where_it_says() {
        List<String> unreached = new ArrayList<>();
        for (FaultTable.Row row : FaultTable.rows()) {
            List<FaultScenario> where = row.scenarios().isEmpty() ? List.of(FaultScenario.values()) : row.scenarios();
            boolean special = !row.scenarios().isEmpty();
            long reached = where.stream()
                    .filter(each -> counts(each).containsKey(row.method()))
                    .count();
            if (reached == 0 || (special && reached < where.size())) {
                unreached.add(row.toString());
            }
        }
        Set<String> called = new HashSet<>();
        COUNTS.values().forEach(each -> called.addAll(each.keySet()));
        FaultTable.NEVER_FAIL.stream().filter(each -> !called.contains(each)).forEach(unreached::add);
        assertThat(unreached).isEmpty();
    }

    @ParameterizedTest
    @EnumSource
    void whatever_fails_the_kernel_goes_on(FaultScenario scenario) throws Exception {
        if (!WHICH.isEmpty() && !WHICH.equals("all") && !WHICH.equalsIgnoreCase(scenario.name())) {
            return;
        }
        List<String> problems = new ArrayList<>();
        long begun = System.nanoTime();
        try (Player player = scenario.isOfAWholePapa() ? new Starts(scenario) : new Stages(scenario)) {
            for (FaultTable.Row row : rows(scenario)) {
                List<FaultyPosix.Fault> faults = faults(row, counts(scenario).getOrDefault(row.method(), 0));
                for (FaultyPosix.Fault fault : faults) {
                    boolean last = fault.equals(faults.get(faults.size() - 1));
                    String problem = player.play(fault, row, last);
                    if (problem != null) {
                        problems.add(fault + ": " + problem);
                        System.out.println(scenario + " " + fault + ": " + problem);
                    }
                }
            }
            System.out.println(scenario + ": " + player.played + " faults, " + player.missed + " never came, "
                    + (System.nanoTime() - begun) / 1_000_000 + " ms");
        }
        assertThat(problems).isEmpty();
    }

    private static List<FaultTable.Row> rows(FaultScenario scenario) {
        return counts(scenario).keySet().stream()
                .flatMap(each -> FaultTable.rows(each, scenario).stream())
                .toList();
    }

    private static List<FaultyPosix.Fault> faults(FaultTable.Row row, int count) {
        Set<FaultyPosix.Fault> faults = new LinkedHashSet<>();
        boolean named = !WHICH.isEmpty() && WHICH.equals(WHICH.toUpperCase(Locale.ROOT));
        boolean every = named || WHICH.equals("all");
        List<Errno> errnos = row.errnos();
        for (int n = 1; n <= count; n++) {
            for (int i = 0; i < errnos.size(); i++) {
                boolean some = n == 1 || (n == count && i == n % errnos.size());
                if (every || some) {
                    faults.add(new FaultyPosix.Fault(row.method(), n, errnos.get(i)));
                }
            }
        }
        return List.copyOf(faults);
    }

    /** Plays a scenario again and again. */
    private abstract static class Player implements AutoCloseable {
        int played;
        int missed;

        /**
         * What was wrong; null if nothing was.
         *
         * @param last whether the same is to be asked for once more, unless the next fault is about to do that anyway
         */
        abstract @Nullable String play(FaultyPosix.Fault fault, FaultTable.Row row, boolean last) throws Exception;

        /** Whether what was thrown is one of the outcomes. */
        static @Nullable String judge(@Nullable Throwable thrown, Errno errno, Set<FaultTable.Outcome> outcomes) {
            if (thrown == null) {
                return outcomes.contains(FaultTable.Outcome.DONE) ? null : "it was done as if nothing had happened";
            }
            String text = "" + thrown.getMessage();
            boolean closed = (thrown instanceof IOException && !(thrown instanceof ClosedByInterruptException))
                    || text.contains("has gone")
                    || text.contains("it closed the connection")
                    || text.contains("Broken pipe")
                    || text.contains("Connection reset");
            boolean fits = thrown instanceof AssertionError
                    ? false
                    : closed
                            ? outcomes.contains(FaultTable.Outcome.CLOSED)
                            : (outcomes.contains(FaultTable.Outcome.REFUSED) && text.contains("cannot"))
                                    || (outcomes.contains(FaultTable.Outcome.TOLD) && tells(text, errno));
            return fits ? null : thrown.toString();
        }

        private static boolean tells(String text, Errno errno) {
            return (text.contains("cannot ") && text.contains("(" + errno + ")"))
                    || text.contains("[Errno " + errno.number() + "]");
        }

        @Override
        public void close() throws Exception {}
    }

    /** Lets nobody wait for ever for an answer: what waits is interrupted. */
    private static final class Watchdog implements AutoCloseable {
        private static final ScheduledExecutorService CLOCK = Executors.newSingleThreadScheduledExecutor(task -> {
            Thread thread = new Thread(task, "watchdog");
            thread.setDaemon(true);
            return thread;
        });

        private final Future<?> bite = CLOCK.schedule(Thread.currentThread()::interrupt, 20, TimeUnit.SECONDS);

        @Override
        public void close() {
            bite.cancel(false);
            Thread.interrupted();
        }
    }

    private static final class Starts extends Player {
        private final FaultScenario scenario;

        private Starts(FaultScenario scenario) {
            this.scenario = scenario;
        }

        @Override
        @Nullable
        String play(FaultyPosix.Fault fault, FaultTable.Row row, boolean last) throws Exception {
            FaultStart start = new FaultStart(scenario);
            Throwable thrown = null;
            try {
                start.run(fault);
            } catch (Exception | AssertionError failed) {
                thrown = failed;
            }
            played++;
            if (!start.hasFired()) {
                missed++;
                return thrown == null ? null : "without the fault: " + thrown;
            }
            return judge(thrown, fault.errno(), row.outcomes());
        }
    }

    private static final class Stages extends Player {
        private final FaultScenario scenario;
        private @Nullable FaultStage stage;

        private Stages(FaultScenario scenario) {
            this.scenario = scenario;
        }

        private FaultStage stage() throws Exception {
            FaultStage now = stage;
            if (now == null) {
                now = new FaultStage();
                stage = now;
                if (scenario != FaultScenario.END) {
                    for (int i = 0; i < 2; i++) { // what is opened once only is open then
                        scenario.prepare(now);
                        scenario.act(now);
                        now.clear();
                    }
                    now.settle();
                }
            }
            return now;
        }

        @Override
        @Nullable
        String play(FaultyPosix.Fault fault, FaultTable.Row row, boolean last) throws Exception {
            FaultStage here = stage();
            scenario.prepare(here);
            here.machine.begin(fault);
            Throwable thrown = null;
            try (Watchdog dog = new Watchdog()) {
                scenario.act(here);
            } catch (Exception | AssertionError failed) {
                thrown = failed;
            }
            here.machine.end();
            played++;
            missed += here.machine.hasFired() ? 0 : 1;
            String problem = here.machine.hasFired()
                    ? judge(thrown, fault.errno(), row.outcomes())
                    : thrown == null ? null : "without the fault: " + thrown;
            try {
                if (scenario == FaultScenario.END) {
                    close();
                } else {
                    here.clear();
                    if (!row.costsAThread()) {
                        here.demandNothingLeft();
                    }
                    if (last) {
                        scenario.prepare(here);
                        scenario.act(here);
                        here.clear();
                    }
                    if (last && row.costsAThread()) {
                        close();
                    }
                }
            } catch (PapaException | IOException | AssertionError afterwards) {
                problem = (problem == null ? "" : problem + "; ") + "afterwards: " + afterwards;
                close();
            }
            return problem;
        }

        @Override
        public void close() throws Exception {
            if (stage != null) {
                stage.close();
                stage = null;
            }
        }
    }
}
