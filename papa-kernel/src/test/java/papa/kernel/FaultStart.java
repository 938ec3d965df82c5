package papa.kernel;

import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.upgrade.Handed;
import papa.upgrade.SignalsHeld;

/**
 * Papa, as its program starts it, in the test's own JVM: {@link FaultScenario#START}, and what can only be asked of a whole
 * papa. A program that is executed there is the same one again, on the same thread.
 */
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
    private final FaultScenario scenario;
    private final CompletableFuture<String> end = new CompletableFuture<>();

    FaultStart(FaultScenario scenario) {
        this.scenario = scenario;
    }

    /** How often each method was called while it may have failed. */
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
        try {
            run(fault, folder);
        } finally {
            FaultStage.delete(folder);
        }
    }

    private void run(FaultyPosix.@Nullable Fault fault, Path folder) throws Exception {
        Path socket = folder.resolve("papa.sock");
        Notified notified = new Notified(folder.resolve("notify"));
        boolean content = false;
        String refusal;
        if (scenario == FaultScenario.START) {
            machine.begin(fault);
        }
        Thread thread = new Thread(() -> end.complete(serve(socket)), "papa-starting");
        thread.setDaemon(true);
        thread.start();
        try (KernelChannel channel = connect(socket)) {
            refusal = scenario == FaultScenario.START
                    ? first(channel)
                    : new Upgraded(channel, socket, folder).refusal(fault);
            awaitNotice(fault);
            machine.end();
            notified.awaitReady();
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
            content = true;
        } finally {
            machine.end();
            notified.close();
            if (!content && !end.isDone()) {
                halt(thread, socket);
            }
        }
        String last = end.get(LIMIT.toSeconds(), TimeUnit.SECONDS);
        FaultStage.demand(last.isEmpty(), "it ended with: " + last);
        if (!refusal.isEmpty()) {
            throw new PapaException(refusal);
        }
    }

    /** Who started papa is told how it is a moment after whoever asks is answered: where calls are counted, that is waited for. */
    private void awaitNotice(FaultyPosix.@Nullable Fault fault) throws PapaException {
        if (fault == null) {
            await("a notice", () -> machine.wasCalled("connect"));
        }
    }

    /** Who started papa, and wants to be told how it is; what is told once too often is not taken. */
    private static final class Notified {
        private final NativePosix posix = new NativePosix();
        private final long memory = posix.allocate(4096);
        private final int fd = posix.socket(Posix.AF_UNIX, Posix.SOCK_DGRAM | Posix.SOCK_NONBLOCK, 0);

        private Notified(Path path) {
            byte[] name = path.toString().getBytes(StandardCharsets.US_ASCII);
            byte[] address = new byte[2 + name.length + 1];
            address[0] = Posix.AF_UNIX;
            System.arraycopy(name, 0, address, 2, name.length);
            FaultStage.demand(posix.bind(fd, address) >= 0, "nobody can be notified");
        }

        private void awaitReady() throws PapaException {
            await("READY=1", () -> hear().startsWith("READY=1\n"));
            await("a sign of life after that", () -> hear().equals("WATCHDOG=1"));
        }

        private String hear() {
            byte[] bytes = new byte[(int) Math.max(0, posix.read(fd, memory, 4096))];
            posix.getBytes(memory, bytes, 0, bytes.length);
            return new String(bytes, StandardCharsets.US_ASCII);
        }

        private void close() {
            posix.close(fd);
            posix.free(memory);
        }
    }

    private void halt(Thread thread, Path socket) throws InterruptedException {
        machine.halt();
        try {
            SocketChannel.open(UnixDomainSocketAddress.of(socket)).close(); // wakes it up
        } catch (IOException ended) {
            // It has.
        }
        for (int i = 0; i < 100 && thread.isAlive() && !end.isDone(); i++) { // one that was replaced stays where it is
            thread.join(10);
        }
        ProcessHandle.current().children().forEach(ProcessHandle::destroyForcibly);
    }

    private static String first(KernelChannel channel) {
        String refusal = "";
        for (List<String> words : something("first")) {
            try {
                channel.call(words, LIMIT);
            } catch (PapaException refused) {
                refusal = refusal.isEmpty() ? "" + refused.getMessage() : refusal;
            }
        }
        return refusal;
    }

    private KernelChannel connect(Path socket) throws Exception {
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

    private static List<String> words(Path socket) {
        return List.of("--unix-socket", socket.toString(), "--port", "0", "--detached");
    }

    private static Map<String, String> environment(Path socket) {
        return Map.of(
                "NOTIFY_SOCKET",
                socket.resolveSibling("notify").toString(),
                "WATCHDOG_USEC",
                "20000",
                "LISTEN_PID",
                Long.toString(ProcessHandle.current().pid()),
                "LISTEN_FDS",
                "1"); // it is no socket, but a file of the JVM's
    }

    /** What it said at its end; empty if it was content. */
    private String serve(Path socket) {
        try {
            SignalsHeld.ensure(machine.posix); // they are not: it tries to execute itself once more
            List<String> words = words(socket);
            machine.onExecute(argv -> become(argv, socket));
            int code = House.anew(
                            machine.posix,
                            Arguments.parse(words.toArray(String[]::new)),
                            environment(socket),
                            socket.toString(),
                            words.size())
                    .live();
            return code == 0 ? "" : "exit code " + code;
        } catch (OutOfMemoryError none) {
            return "cannot start: " + none.getMessage();
        } catch (Exception failed) {
            return "" + failed.getMessage();
        }
    }

    /** Shows that it can, and what it needed for that stays open: it would have been a process of its own. */
    private void prove(Handed toProve, Path socket) throws PosixException {
        try {
            new Successor(
                            machine.posix,
                            toProve,
                            environment(socket),
                            toProve.rest().size())
                    .run();
        } catch (OutOfMemoryError none) {
            FaultStage.demand(("" + none.getMessage()).contains("(ENOMEM)"), "" + none);
        }
    }

    /** Never returns, as execve(2); but where it began, nothing goes on. */
    private int become(List<String> argv, Path socket) {
        String said;
        try {
            Handed handed = Handed.of(argv.subList(argv.indexOf("--resume"), argv.size()));
            List<String> words = words(socket);
            Handed toProve = new Handed(handed.state(), true, "", words);
            prove(toProve, socket);
            Handed own = new Handed(handed.state(), false, handed.failed(), words);
            int code = new Successor(machine.posix, own, environment(socket), words.size()).run();
            said = code == 0 ? "" : "exit code " + code;
        } catch (Exception | OutOfMemoryError failed) {
            said = "" + failed;
        }
        end.complete(said);
        while (true) {
            LockSupport.park(this);
        }
    }

    /** A papa that holds something of each kind, and is asked to let another program take its place. */
    private final class Upgraded {
        private final KernelChannel channel;
        private final Path socket;
        private final Path home;

        private Upgraded(KernelChannel channel, Path socket, Path folder) throws Exception {
            this.channel = channel;
            this.socket = socket;
            this.home = folder.resolve("home");
            Path program = Files.createDirectories(home.resolve("bin")).resolve("papa");
            Files.writeString(program, """
                    #!/bin/sh
                    [ "$1" = --prove ] && grep -q ^papa-state /proc/self/fd/$2 || exit 5
                    echo "papa-proof version=9 path=/java arg=/java arg=--prove arg=$2 end=1"
                    """);
            FaultStage.demand(program.toFile().setExecutable(true), "no program");
        }

        private String call(String... words) throws PapaException {
            return channel.call(List.of(words), LIMIT);
        }

        /** The refusal; empty if it was done. Whichever it was, nothing has changed otherwise. */
        private String refusal(FaultyPosix.@Nullable Fault fault) throws Exception {
            call("make", "process", "held", "path=/bin", "--", "sh", "-c", "echo here; exec sleep 100");
            call("make", "socket", "held");
            call("set", "held", "v");
            call("make", "process", "ended", "--", "/bin/true");
            await("here", () -> call("stats", "held").contains("out=0:5:0"));
            await("an end", () -> call("list", "processes", "ended").contains("state=ended"));
            List<String> before = held();
            String refusal = "";
            try (KernelChannel other = KernelChannel.open(socket, frame -> {})) {
                if (scenario == FaultScenario.UPGRADE) {
                    machine.onExecute(argv -> Errno.ENOEXEC.negated());
                }
                machine.begin(fault);
                try {
                    String told = call("upgrade", "to=" + home);
                    FaultStage.demand(told.startsWith("replaced: "), told);
                } catch (PapaException refused) {
                    refusal = "" + refused.getMessage();
                }
                awaitNotice(fault);
                machine.end();
                if (scenario == FaultScenario.UPGRADE) {
                    refusal = isAsEver(refusal) ? "" : refusal;
                }
                FaultStage.demand(
                        other.call(List.of("get", "held"), LIMIT).strip().equals("v"), "another connection is lost");
            }
            if (scenario == FaultScenario.UPGRADE) {
                try {
                    call("upgrade", "to=" + home);
                } catch (PapaException refused) {
                    FaultStage.demand(isAsEver("" + refused.getMessage()), "again: " + refused.getMessage());
                }
            }
            FaultStage.demand(held().equals(before), "it held " + before + ", and now " + held());
            call("signal", "held", "KILL");
            await("its end", () -> call("list", "processes", "held").contains("state=ended"));
            call("set", "held");
            return refusal;
        }

        private static boolean isAsEver(String refusal) {
            return refusal.contains("cannot execute /java: Exec format error (ENOEXEC); nothing has changed");
        }

        private List<String> held() throws PapaException {
            List<String> all = new ArrayList<>();
            for (String kind : List.of("processes", "sockets", "values")) {
                all.add(call("list", kind));
            }
            FaultStage.demand(call("stats", "held").contains("out=0:5:0"), "its output is not what it was");
            return all;
        }
    }

    private interface Condition {
        boolean holds() throws PapaException;
    }

    private static void await(String what, Condition condition) throws PapaException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!condition.holds()) {
            FaultStage.demand(System.nanoTime() < deadline, "not within " + LIMIT + ": " + what);
            LockSupport.parkNanos(1_000_000);
        }
    }
}
