package circus.bench;

import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/**
 * {@code circusctl status} as a whole process, from its exec to its end, with the archive of its classes and without, beside {@code true}
 * (which is what the measuring itself takes), Circus's circusctl against the same circusd where {@code CIRCUS_PYTHON} names a checkout, and
 * {@code supervisorctl status} where there is Supervisor. Then so many one-shot connections one after the other, of which none may be lost.
 */
final class ToolStart {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int CALLS = 10_000;
    private static final double MOST_MILLIS = 60;

    private final int rounds;

    ToolStart(int rounds) {
        this.rounds = rounds;
    }

    void run(Table table) throws IOException {
        table.begin("circusctl status, " + rounds + " times", "ms, p50 / p99 / most", "to reach");
        try (Home home = new Home()) {
            Circus circus = home.circus("tool", "", "[watcher:s]\ncmd = sleep 100000\nnumprocesses = 10\n");
            circus.start();
            circus.awaitWorkers("s", 10);
            table.row("/bin/true", measure(new ProcessBuilder("/bin/true")).spread(), "");
            String ctl = Installation.built().resolve("bin/circusctl").toString();
            Figures with = measure(new ProcessBuilder(ctl, "--endpoint", circus.endpoint(), "status"));
            table.row("circusctl", with.spread(), Table.verdict(with.millis(0.5) <= MOST_MILLIS, "60 ms"));
            // Not without the JDK's own archive, too.
            Path common = Path.of(System.getProperty("java.home"), "lib", "server", "classes.jsa");
            ProcessBuilder bare = new ProcessBuilder(ctl, "--endpoint", circus.endpoint(), "status");
            bare.environment().put("CIRCUS_JAVA_OPTS", "-XX:SharedArchiveFile=" + common);
            table.row(
                    "circusctl without the archive of bin/make-archives",
                    measure(bare).spread(),
                    "");
            python(table, circus, with);
            supervisor(table, home);
            calls(table, circus);
            circus.terminate();
        }
    }

    private void python(Table table, Circus circus, Figures ours) {
        String checkout = System.getenv("CIRCUS_PYTHON");
        if (checkout == null || !Files.isDirectory(Path.of(checkout))) {
            return;
        }
        ProcessBuilder builder = new ProcessBuilder(
                DebianPython.PROGRAM,
                "-c",
                "from circus.circusctl import main; main()",
                "--endpoint",
                circus.endpoint(),
                "status");
        builder.environment().put("PYTHONPATH", checkout);
        Figures theirs = measure(builder);
        table.row(
                "circusctl of Circus 0.19",
                theirs.spread(),
                Table.verdict(ours.millis(0.5) * 2 <= theirs.millis(0.5), "twice ours"));
    }

    private void supervisor(Table table, Home home) throws IOException {
        Path program = Path.of("/usr/bin/supervisord");
        if (!Files.isExecutable(program)) {
            return;
        }
        Path socket = home.path("supervisor.sock");
        Path file = home.write("supervisor.conf", """
                [supervisord]
                nodaemon = true
                logfile = %s
                pidfile = %s
                [unix_http_server]
                file = %s
                [rpcinterface:supervisor]
                supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
                [supervisorctl]
                serverurl = unix://%s
                [program:s]
                command = sleep 100000
                numprocs = 10
                process_name = s%%(process_num)s
                """.formatted(
                        home.path("supervisor.log"), home.path("supervisor.pid"), socket, socket));
        Process daemon = new ProcessBuilder(program.toString(), "-c", file.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.path("supervisor.out").toFile())
                .start();
        long until = System.nanoTime() + LIMIT.toNanos();
        while (!Files.exists(socket) && System.nanoTime() < until) {
            Usage.pause(Duration.ofMillis(20));
        }
        Usage.pause(Duration.ofSeconds(2));
        ProcessBuilder ask = new ProcessBuilder("/usr/bin/supervisorctl", "-c", file.toString(), "status");
        table.row("supervisorctl", measure(ask).spread(), "");
        daemon.destroy();
    }

    private Figures measure(ProcessBuilder builder) {
        long[] nanos = new long[rounds];
        for (int i = -2; i < rounds; i++) {
            long began = System.nanoTime();
            Commands.run(LIMIT, builder).mustSucceed();
            nanos[Math.max(0, i)] = System.nanoTime() - began;
        }
        return new Figures(nanos);
    }

    /** One connection and one request each. */
    private static void calls(Table table, Circus circus) {
        long[] nanos = new long[CALLS];
        int lost = 0;
        for (int i = 0; i < CALLS; i++) {
            long began = System.nanoTime();
            try (CircusClient client = new CircusClient(circus.endpoint())) {
                client.call(new Request(CircusClient.freshId(), "status", Map.of("name", "s"), false), LIMIT);
            } catch (CallException failed) {
                lost++;
            }
            nanos[i] = System.nanoTime() - began;
        }
        table.row(
                CALLS + " connections with a request each, lost: " + lost,
                new Figures(nanos).spread(),
                Table.verdict(lost == 0, "none lost"));
    }
}
