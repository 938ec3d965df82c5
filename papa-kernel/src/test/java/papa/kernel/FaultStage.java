package papa.kernel;

import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import papa.client.PapaException;
import papa.wire.Frame;

/** A kernel on a machine whose calls can be made to fail, and a client of it that asks for one thing after another. */
final class FaultStage implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(10);
    private static final String PATH = "path=/bin:/usr/bin";

    final FaultyPosix machine;
    final RunningKernel kernel;
    final Path folder;
    private final RunningKernel.Client janitor;
    private RunningKernel.Client client;
    private long files;

    FaultStage() throws Exception {
        this.machine = new FaultyPosix();
        this.kernel = RunningKernel.complete(machine.posix);
        this.folder = Files.createTempDirectory("papa-faults");
        this.janitor = kernel.connect();
        this.client = kernel.connect();
    }

    RunningKernel.Client client() {
        return client;
    }

    /** A client that has just come, in place of the former. */
    RunningKernel.Client newClient() throws PapaException {
        client.channel.close();
        client = kernel.connect();
        return client;
    }

    String call(String... words) throws PapaException {
        return client.channel.call(Arrays.asList(words), LIMIT);
    }

    /** Starts a shell; its incarnation. */
    long start(String name, String script, String... options) throws PapaException {
        List<String> words = Stream.of(
                        Stream.of("make", "process", name, PATH),
                        Arrays.stream(options),
                        Stream.of("--", "sh", "-c", script))
                .flatMap(each -> each)
                .toList();
        String answer = client.channel.call(words, LIMIT);
        return Long.parseLong(answer.replaceAll("(?s).*incarnation=(\\d+).*", "$1"));
    }

    /** Serves the client until something has come. */
    void await(String what, BooleanSupplier condition) throws PapaException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            long left = deadline - System.nanoTime();
            if (left <= 0) {
                throw new AssertionError("not within " + LIMIT + ": " + what + "; frames: " + client.frames);
            }
            client.channel.pump(Duration.ofNanos(left));
        }
    }

    void awaitOutput(long incarnation, String text) throws PapaException {
        await(
                "the output \"" + text + "\", not \"" + client.output(incarnation) + "\"",
                () -> client.output(incarnation).equals(text));
    }

    <T extends Frame> T awaitFrame(Class<T> kind, long incarnation) throws PapaException {
        await("a frame " + kind.getSimpleName(), () -> client.has(kind, incarnation));
        return kind.cast(client.frames.stream()
                .filter(each -> kind.isInstance(each) && each.incarnation() == incarnation)
                .findFirst()
                .orElseThrow());
    }

    static void demand(boolean holds, String otherwise) {
        if (!holds) {
            throw new AssertionError(otherwise);
        }
    }

    /** Ends and removes all that the scenario left, and waits until nothing of it is there. */
    void clear() throws Exception {
        newClient();
        for (String line : janitorCall("list", "processes").lines().toList()) {
            String incarnation = line.replaceAll(".*incarnation=(\\d+).*", "$1");
            for (String set : List.of("tree", "leftovers")) {
                try {
                    janitorCall("signal", incarnation, "KILL", set);
                } catch (PapaException gone) {
                    demand(!("" + gone.getMessage()).contains("has gone"), "" + gone.getMessage());
                }
            }
        }
        awaitCalm("no lease is held", () -> !janitorCalm("lease", "show").matches("(?s).*pid=[1-9].*"));
        for (String line : janitorCall("lease", "show").lines().toList()) {
            String lease = line.substring(0, line.indexOf(' '));
            janitorCall("lease", "take", lease);
            janitorCall("lease", "drop", lease);
        }
        janitorCall("remove", "processes");
        janitorCall("remove", "sockets");
        awaitCalm(
                "no process is left",
                () -> janitorCalm("list", "processes").isEmpty() && children().isEmpty());
        janitor.frames.clear();
    }

    private String janitorCall(String... words) throws PapaException {
        return janitor.channel.call(Arrays.asList(words), LIMIT);
    }

    private String janitorCalm(String... words) {
        try {
            return janitorCall(words);
        } catch (PapaException failed) {
            throw new AssertionError(failed);
        }
    }

    private static List<String> children() {
        return ProcessHandle.current()
                .children()
                .map(each -> each.pid() + " " + each.info().command().orElse("?"))
                .toList();
    }

    /** From now on there may be as many open files as there are. */
    void settle() throws Exception {
        files = countOfOpenFiles();
        remembered = openFiles();
    }

    private Map<String, String> remembered = Map.of();

    /** Nothing has been left open, and nobody is left. */
    void demandNothingLeft() {
        awaitCalm("no descriptor is left", () -> countOfOpenFiles() <= files);
    }

    private void awaitCalm(String what, BooleanSupplier condition) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.getAsBoolean()) {
            if (System.nanoTime() > deadline) {
                Map<String, String> now = openFiles();
                now.entrySet().removeAll(remembered.entrySet());
                throw new AssertionError("not within " + LIMIT + ": " + what + "; new files: " + now + "; children: "
                        + children() + "; " + janitorCalm("list", "processes"));
            }
            LockSupport.parkNanos(500_000);
        }
    }

    private static int countOfOpenFiles() {
        String[] all = new File("/proc/self/fd").list();
        return all == null ? Integer.MAX_VALUE : all.length;
    }

    private static Map<String, String> openFiles() {
        try (Stream<Path> all = Files.list(Path.of("/proc/self/fd"))) {
            return new TreeMap<>(
                    all.collect(Collectors.toMap(each -> each.getFileName().toString(), FaultStage::target)));
        } catch (IOException failed) {
            throw new AssertionError(failed);
        }
    }

    private static String target(Path link) {
        try {
            return Files.readSymbolicLink(link).toString();
        } catch (IOException closed) {
            return "";
        }
    }

    @Override
    public void close() throws Exception {
        machine.end();
        kernel.close();
        delete(folder);
    }

    /** A folder with all in it. */
    /** With all that is in it; who is just leaving may remove something of it, too. */
    static void delete(Path folder) throws IOException {
        for (int tries = 50; Files.exists(folder); tries--) {
            try (Stream<Path> all = Files.walk(folder)) {
                for (Path each : all.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(each);
                }
            } catch (IOException | UncheckedIOException changing) {
                if (tries == 0) {
                    throw changing;
                }
                LockSupport.parkNanos(20_000_000);
            }
        }
    }
}
