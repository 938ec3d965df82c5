package circus.tests.output;

import static org.awaitility.Awaitility.await;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.manager.failpoint.Failpoint;
import circus.message.Request;
import circus.options.StreamOptions;
import circus.tests.harness.Circus;
import circus.tests.harness.Daemon;
import circus.tests.harness.Home;
import circus.tests.output.LogJudge.Shape;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Fifty workers that print without end, into logs of every kind, and what is done to them, to the logs and to their manager. One thread
 * uses it.
 */
final class Tormented {
    private static final Duration TO_START = Duration.ofSeconds(60);
    private static final Duration TO_ANSWER = Duration.ofSeconds(5);
    private static final Duration TO_GET_THERE = Duration.ofSeconds(10);
    private static final String STAMP = "%Y-%m-%d %H:%M:%S.%f";
    private static final Duration TO_CATCH_UP = Duration.ofMinutes(4);
    private static final long FEW_BYTES = 1 << 20;

    /** Of the kernel's word {@code stats}, for each process: what of a channel is committed, and what was written. */
    private static final Pattern COMMITTED_AND_END = Pattern.compile("\\b(?:out|err)=(\\d+):(\\d+):");

    private static final long LOOK_NANOS = Duration.ofMillis(20).toNanos();

    /**
     * A watcher.
     *
     * @param mode of its workers
     * @param out where stdout goes, by name
     * @param err where stderr goes
     * @param options of both streams
     */
    private record Group(String name, int workers, String mode, String out, String err, Map<String, String> options) {
        /** Whether this circusd has all that it takes. */
        boolean isOffered() {
            return STAMPED.keySet().containsAll(options.keySet())
                    || StreamOptions.ALL.stream()
                            .anyMatch(option -> option.key().equals("prefix"));
        }
    }

    private static final Map<String, String> STAMPED = Map.of("time_format", STAMP);

    private static final List<Group> GROUPS = List.of(
            new Group("plain", 8, "mortal", "plain", "plain-err", Map.of()),
            new Group("stamped", 10, "steady", "stamped", "stamped", STAMPED),
            new Group("other", 5, "mortal", "stamped", "stamped", STAMPED),
            new Group("alone1", 1, "alone", "alone1", "alone1-err", Map.of()),
            new Group("alone2", 1, "alone", "alone2", "alone2-err", STAMPED),
            new Group(
                    "alone3",
                    1,
                    "alone",
                    "alone3",
                    "alone3-err",
                    Map.of("time_format", STAMP, "max_bytes", "40000", "backup_count", "9999")),
            new Group(
                    "sized",
                    10,
                    "mortal",
                    "sized",
                    "sized",
                    Map.of("time_format", STAMP, "max_bytes", "60000", "backup_count", "9999")),
            new Group(
                    "packed",
                    3,
                    "steady",
                    "packed",
                    "packed",
                    Map.of("max_bytes", "30000", "backup_count", "9999", "compress", "true")),
            new Group(
                    "timed",
                    4,
                    "steady",
                    "timed",
                    "timed",
                    Map.of(
                            "class",
                            "TimedRotatingFileStream",
                            "time_format",
                            STAMP,
                            "rotate_when",
                            "S",
                            "rotate_interval",
                            "2")),
            new Group("watched", 4, "steady", "watched", "watched", Map.of("class", "WatchedFileStream")),
            new Group(
                    "named",
                    2,
                    "steady",
                    "named",
                    "named",
                    Map.of("time_format", STAMP, "prefix", "watcher, wid, pid")),
            new Group("json", 2, "steady", "json", "json", Map.of("class", "JsonStream")),
            new Group("changing", 4, "mortal", "changing", "changing", Map.of()));

    private final Home home;
    private final Random random;
    private final Circus circus;
    private final List<Group> groups = GROUPS.stream().filter(Group::isOffered).toList();
    private final List<String> deeds = new ArrayList<>();
    private int moved;
    private int killed;

    Tormented(Home home, Random random) {
        this.home = home;
        this.random = random;
        home.resource("output/torture.pl");
        home.write("told/.here", "");
        home.write("logs/.here", "");
        StringBuilder sections = new StringBuilder();
        groups.forEach(group -> sections.append(section(group)));
        circus = home.circus("torture", "", sections.toString());
    }

    private String section(Group group) {
        StringBuilder text = new StringBuilder("""
                [watcher:%s]
                cmd = perl %s %s.$(circus.wid) %s %s
                numprocesses = %d
                """.formatted(
                        group.name(),
                        home.path("output/torture.pl"),
                        group.name(),
                        home.path("told"),
                        group.mode(),
                        group.workers()));
        for (String stream : List.of("stdout_stream.", "stderr_stream.")) {
            String file = stream.startsWith("stdout") ? group.out() : group.err();
            text.append(stream).append("filename = ").append(log(file)).append('\n');
            group.options()
                    .forEach((key, value) -> text.append(stream)
                            .append(key)
                            .append(" = ")
                            .append(value)
                            .append('\n'));
        }
        return text.append('\n').toString();
    }

    private Path log(String name) {
        return home.path("logs").resolve(name + ".log");
    }

    int workers() {
        return groups.stream().mapToInt(Group::workers).sum();
    }

    // ---- the manager's lives

    /** A manager that lives until somebody kills it. */
    void live(Duration life) {
        Daemon manager = circus.launch();
        if (!awaitCommands(manager)) {
            throw new AssertionError("circusd has ended by itself: " + manager.errors());
        }
        torment(manager, life);
        if (!manager.isAlive()) {
            throw new AssertionError("circusd has ended by itself: " + manager.errors());
        }
        manager.kill9();
    }

    /** A manager that ends by itself at a certain place. Whether it came there. */
    boolean liveUpTo(Failpoint place, int count) {
        Daemon manager = circus.launchBelow("env", Failpoint.VARIABLE + "=" + place.text() + ":" + count);
        awaitCommands(manager);
        torment(manager, TO_GET_THERE);
        boolean came = !manager.isAlive();
        manager.kill9();
        int code = manager.awaitExit(TO_ANSWER);
        if (came && code != Failpoint.EXIT_CODE) {
            throw new AssertionError("circusd has ended with " + code + ": " + manager.errors());
        }
        return came;
    }

    /** Nobody manages. */
    void leaveAlone(Duration time) {
        if (random.nextInt(3) == 0) {
            moveWatchedAway();
        }
        if (random.nextInt(3) == 0) {
            killOne();
        }
        LockSupport.parkNanos(time.toNanos());
    }

    /** The last manager lets all of them come to their end. */
    void end() {
        Daemon manager = circus.launch();
        if (!awaitCommands(manager)) {
            throw new AssertionError("circusd has ended by itself: " + manager.errors());
        }
        // Those that were killed while they rotated, on a busy machine, have got behind; a quit waits 10 s for output.
        await("what waits in the kernel").atMost(TO_CATCH_UP).until(() -> bytesWaiting() < FEW_BYTES);
        circus.terminate();
        home.mustBeEmpty();
    }

    /** What processes have written and nobody has committed. */
    private long bytesWaiting() {
        long waiting = 0;
        Matcher output = COMMITTED_AND_END.matcher(circus.askKernel("stats *"));
        while (output.find()) {
            waiting += Long.parseLong(output.group(2)) - Long.parseLong(output.group(1));
        }
        return waiting;
    }

    private static boolean awaitCommands(Daemon manager) {
        long deadline = System.nanoTime() + TO_START.toNanos();
        while (manager.isAlive() && !manager.errors().contains("Arbiter now waiting for commands")) {
            if (System.nanoTime() - deadline > 0) {
                throw new AssertionError("circusd does not come up: " + manager.errors());
            }
            LockSupport.parkNanos(LOOK_NANOS);
        }
        return manager.isAlive();
    }

    // ---- what happens to them

    private void torment(Daemon manager, Duration time) {
        long deadline = System.nanoTime() + time.toNanos();
        while (manager.isAlive() && System.nanoTime() - deadline < 0) {
            LockSupport.parkNanos(
                    (long) (random.nextDouble() * Duration.ofMillis(150).toNanos()));
            switch (random.nextInt(10)) {
                case 0 -> killOne();
                case 1 -> moveWatchedAway();
                case 2 -> ask("reload", Map.of("name", anyone()));
                case 3 -> ask("restart", Map.of("name", anyone()));
                case 4 -> ask("incr", Map.of("name", "plain"));
                case 5 -> ask("decr", Map.of("name", "plain"));
                case 6 ->
                    set(
                            "filename",
                            log(random.nextBoolean() ? "changing" : "changed").toString());
                case 7 -> set("time_format", random.nextBoolean() ? STAMP : "");
                case 8 -> ask("reloadconfig", Map.of());
                default -> {}
            }
        }
    }

    private String anyone() {
        return groups.get(random.nextInt(groups.size())).name();
    }

    private void set(String option, String value) {
        String stream = random.nextBoolean() ? "stdout_stream." : "stderr_stream.";
        ask("set", Map.of("name", "changing", "options", Map.of(stream + option, value)));
    }

    /** A request that the manager may answer, refuse, or die of; all the same to the logs. */
    private void ask(String command, Map<String, @Nullable Object> properties) {
        String answer;
        try (CircusClient client = new CircusClient(circus.endpoint())) {
            answer = String.valueOf(
                    client.call(new Request(CircusClient.freshId(), command, properties, false), TO_ANSWER)
                            .fields()
                            .get("status"));
        } catch (CallException gone) {
            answer = String.valueOf(gone.getMessage());
        }
        deeds.add(command + " " + properties.getOrDefault("name", "") + ": " + answer);
    }

    private void killOne() {
        List<Integer> alive = running();
        if (!alive.isEmpty()) {
            killed++;
            ProcessHandle.of(alive.get(random.nextInt(alive.size()))).ifPresent(ProcessHandle::destroyForcibly);
        }
    }

    /** Workers that told something, and have not ended yet. */
    private List<Integer> running() {
        String script = home.path("output/torture.pl").toString();
        List<Integer> pids = new ArrayList<>();
        for (String line : home.processes()) {
            if (line.contains(" perl " + script)) {
                pids.add(Integer.parseInt(line.substring(0, line.indexOf(' '))));
            }
        }
        return pids;
    }

    /** As logrotate does. */
    private void moveWatchedAway() {
        try {
            if (Files.exists(log("watched"))) {
                moved++;
                Files.move(log("watched"), log("watched.moved-%06d".formatted(moved)));
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    // ---- what they left

    LogJudge judge() {
        LogJudge judge = new LogJudge();
        List<String> done = new ArrayList<>();
        for (Group group : groups) {
            for (String log : List.of(group.out(), group.err())) {
                if (!done.contains(log)) {
                    done.add(log);
                    judge.read(log, shape(group), !group.mode().equals("alone"), files(log));
                }
            }
        }
        judge.read("changed", Shape.CHANGING, true, files("changed"));
        judge.compare(home.path("told"));
        return judge;
    }

    private static Shape shape(Group group) {
        if (group.name().equals("changing")) {
            return Shape.CHANGING;
        }
        if (group.options().containsKey("prefix")) {
            return Shape.NAMED;
        }
        if (group.name().equals("json")) {
            return Shape.JSON;
        }
        return group.options().containsKey("time_format") ? Shape.STAMPED : Shape.PLAIN;
    }

    /** Of one log, in the order in which they were written. */
    private List<Path> files(String log) {
        String name = log(log).getFileName().toString();
        try (Stream<Path> all = Files.list(home.path("logs"))) {
            List<Path> files = new ArrayList<>(all.filter(file -> {
                        String other = file.getFileName().toString();
                        return other.startsWith(name + ".") || other.startsWith(log + ".moved-");
                    })
                    .toList());
            files.sort(
                    Comparator.comparing((Path file) -> age(file.getFileName().toString(), name))
                            .thenComparing(file -> file.getFileName().toString()));
            if (Files.exists(log(log))) {
                files.add(log(log));
            }
            return files;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A number, which is greater for what is older, comes as its opposite; a date or any other name as it is. */
    private static long age(String file, String name) {
        String suffix =
                file.startsWith(name + ".") ? file.substring(name.length() + 1).replace(".gz", "") : "";
        return suffix.matches("\\d{1,6}") ? -Long.parseLong(suffix) : 0;
    }

    int files() {
        try (Stream<Path> all = Files.list(home.path("logs"))) {
            return (int) all.count() - 1;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    int killed() {
        return killed;
    }

    List<String> deeds() {
        return deeds;
    }
}
