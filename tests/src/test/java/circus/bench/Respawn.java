package circus.bench;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.DatagramSocket;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import org.jspecify.annotations.Nullable;

/**
 * From {@code kill -9} of a worker until its replacement runs. The worker itself tells the time at which its {@code main} began; both
 * clocks are CLOCK_MONOTONIC.
 */
final class Respawn {
    private static final int WARM_UP = 20;
    private static final int PATIENT_ROUNDS = 20;
    private static final Duration CALM = Duration.ofMillis(30);

    private final int rounds;

    Respawn(int rounds) {
        this.rounds = rounds;
    }

    /** All rows of the table. */
    void run(Table table) throws IOException {
        table.begin(
                "Respawn after kill -9: ms until the new pid runs, p50 / p99 / most of " + rounds,
                "30 ms between",
                "killed again at once");
        try (Home home = new Home()) {
            Path worker = Tools.compile("worker", home.directory());
            limit(home, worker, table);
            if (Tools.has("runsvdir")) {
                runit(home, worker, table);
            }
            circus(home, worker, table);
            if (isRoot()) {
                circusOnAFullDisk(home, worker, table);
            }
        }
    }

    private void limit(Home home, Path worker, Table table) throws IOException {
        Path limit = Tools.compile("limit", home.directory());
        try (Probe probe = new Probe()) {
            Process supervisor =
                    Tools.start(home.directory(), List.of(limit.toString(), "1", worker.toString(), probe.port()));
            row(table, "C: posix_spawn, epoll, pidfd", probe);
            supervisor.destroy();
        }
    }

    private void runit(Home home, Path worker, Table table) throws IOException {
        try (Probe probe = new Probe()) {
            Path service = Files.createDirectories(home.path("runit").resolve("one"));
            Tools.script(service.resolve("run"), "exec " + worker + " " + probe.port());
            Process supervisor = Tools.start(
                    home.directory(),
                    List.of("runsvdir", "-P", home.path("runit").toString()));
            // It holds a program that ended back for a second, unless that ran for longer.
            table.row(
                    "runit (" + PATIENT_ROUNDS + " rounds, 1.2 s between)",
                    measure(probe, Duration.ofMillis(1200), PATIENT_ROUNDS),
                    "1000, by design");
            Commands.run(Duration.ofSeconds(10), "kill", "-HUP", Long.toString(supervisor.pid()));
        }
    }

    private void circus(Home home, Path worker, Table table) throws IOException {
        try (Probe probe = new Probe()) {
            Circus circus = home.circus("respawn", "", watcher("one", worker, probe.port(), home.path("one.log")));
            circus.start();
            row(table, "circusd on papa", probe);
            circus.terminate();
        }
    }

    private void circusOnAFullDisk(Home home, Path worker, Table table) throws IOException {
        Path disk = Files.createDirectories(home.path("disk"));
        Commands.run(Duration.ofSeconds(5), "mount", "-t", "tmpfs", "-o", "size=256k", "tmpfs", disk.toString())
                .mustSucceed();
        try (Probe probe = new Probe();
                Probe noise = new Probe()) {
            Circus circus = home.circus(
                    "full",
                    "",
                    watcher("one", worker, probe.port(), disk.resolve("one.log"))
                            + watcher("noise", worker, noise.port() + " 200", disk.resolve("noise.log")));
            circus.start();
            while (Files.getFileStore(disk).getUsableSpace() > 0) {
                LockSupport.parkNanos(CALM.toNanos());
            }
            row(table, "circusd on papa, log disk full", probe);
            Files.delete(disk.resolve("noise.log")); // room for the last words
            circus.terminate();
        } finally {
            Commands.run(Duration.ofSeconds(5), "umount", "-l", disk.toString()).mustSucceed();
        }
    }

    private void row(Table table, String name, Probe probe) {
        table.row(name, measure(probe, CALM, rounds), measure(probe, Duration.ZERO, rounds));
    }

    private static String watcher(String name, Path worker, String arguments, Path log) {
        return "[watcher:%s]\ncmd = %s %s\nstdout_stream.class = FileStream\nstdout_stream.filename = %s\n"
                .formatted(name, worker, arguments, log);
    }

    private static boolean isRoot() {
        return Commands.run(Duration.ofSeconds(5), "id", "-u").text().equals("0");
    }

    /** Kills what runs, again and again. */
    private static String measure(Probe probe, Duration pause, int rounds) {
        long[] nanos = new long[rounds];
        for (int i = -WARM_UP; i < rounds; i++) {
            LockSupport.parkNanos(pause.toNanos());
            ProcessHandle victim = ProcessHandle.of(probe.running().pid()).orElseThrow();
            long began = System.nanoTime();
            victim.destroyForcibly();
            Probe.Birth born = probe.next();
            if (i >= 0) {
                nanos[i] = born.nanos() - began;
            }
        }
        return new Figures(nanos).spread();
    }

    /** Where the workers of one supervisor tell that they run. */
    private static final class Probe implements AutoCloseable {
        private static final int LIMIT_MILLIS = 20_000;

        private final DatagramSocket socket;
        private @Nullable Birth running;

        /** @param nanos of CLOCK_MONOTONIC, which is what {@link System#nanoTime} reads */
        record Birth(int pid, long nanos) {}

        Probe() throws IOException {
            socket = new DatagramSocket(0, InetAddress.getLoopbackAddress());
            socket.setSoTimeout(LIMIT_MILLIS);
        }

        String port() {
            return Integer.toString(socket.getLocalPort());
        }

        /** The one that runs now; waits for the first. */
        Birth running() {
            return running == null ? next() : running;
        }

        Birth next() {
            DatagramPacket packet = new DatagramPacket(new byte[64], 64);
            try {
                socket.receive(packet);
            } catch (IOException failure) {
                throw new IllegalStateException("no worker told that it runs", failure);
            }
            String[] words =
                    new String(packet.getData(), 0, packet.getLength(), StandardCharsets.US_ASCII).split(" ", 2);
            running = new Birth(Integer.parseInt(words[0]), Long.parseLong(words[1]));
            return running;
        }

        @Override
        public void close() {
            socket.close();
        }
    }
}
