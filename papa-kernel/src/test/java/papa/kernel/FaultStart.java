package papa.kernel;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import papa.client.KernelChannel;
import papa.client.PapaException;

/** {@link FaultScenario#START}: papa, as its program starts it, in the test's own JVM. */
final class FaultStart {
    private static final Duration LIMIT = Duration.ofSeconds(10);

    private static List<List<String>> something(String name) {
        return List.of(
                List.of("make", "process", name + ".p", "--", "/bin/true"),
                List.of("make", "process", name + ".q", "uid=nobody", "rlimit.core=0", "--", "/bin/true"),
                List.of("make", "socket", name + ".s"),
                List.of("stats"));
    }

    private final FaultyPosix machine = new FaultyPosix();

    /** How often each method was called until the first answers had come. */
    Map<String, Integer> counts() {
        return machine.end();
    }

    boolean hasFired() {
        return machine.hasFired();
    }

    /**
     * Starts it, has it do something of each kind, and ends it.
     *
     * @throws PapaException if it ended at its start, or with the first of its refusals; everything worked then when it was
     *     asked for once more
     */
    void run(FaultyPosix.@Nullable Fault fault) throws Exception {
        Path folder = Files.createTempDirectory("papa-start");
        Path socket = folder.resolve("papa.sock");
        CompletableFuture<String> end = new CompletableFuture<>();
        machine.begin(fault);
        Thread thread = new Thread(() -> end.complete(serve(socket)), "papa-starting");
        thread.start();
        String refusal = "";
        try (KernelChannel channel = connect(socket, end)) {
            for (List<String> words : something("first")) {
                try {
                    channel.call(words, LIMIT);
                } catch (PapaException refused) {
                    refusal = refusal.isEmpty() ? "" + refused.getMessage() : refusal;
                }
            }
            machine.end();
            for (List<String> words : something("again")) {
                channel.call(words, LIMIT); // and now it must
            }
            channel.call(List.of("remove", "processes"), LIMIT);
            channel.call(List.of("remove", "sockets"), LIMIT);
            long deadline = System.nanoTime() + LIMIT.toNanos();
            while (!channel.call(List.of("exit-if-idle"), LIMIT).startsWith("Exiting")) {
                FaultStage.demand(System.nanoTime() < deadline, "it does not become idle");
                LockSupport.parkNanos(2_000_000);
            }
        } finally {
            machine.end();
        }
        String last = end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        FaultStage.demand(last.isEmpty(), "it ended with: " + last);
        FaultStage.delete(folder);
        if (!refusal.isEmpty()) {
            throw new PapaException(refusal);
        }
    }

    private KernelChannel connect(Path socket, CompletableFuture<String> end) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!end.isDone()) {
            try {
                return KernelChannel.open(socket, frame -> {});
            } catch (PapaException notYet) {
                FaultStage.demand(System.nanoTime() < deadline, "it neither serves nor ends: " + notYet.getMessage());
                LockSupport.parkNanos(2_000_000);
            }
        }
        throw new PapaException(end.get());
    }

    /** What it said at its end; empty if it was content. */
    private String serve(Path socket) {
        try {
            String[] words = {"--unix-socket", socket.toString(), "--port", "0", "--detached"};
            int code = House.anew(machine.posix, Arguments.parse(words), socket.toString(), words.length)
                    .live();
            return code == 0 ? "" : "exit code " + code;
        } catch (OutOfMemoryError none) {
            return "cannot start: " + none.getMessage();
        } catch (Exception failed) {
            return "" + failed.getMessage();
        }
    }
}
