package circus.bench;

import circus.client.Answer;
import circus.client.CallException;
import circus.client.CircusClient;
import circus.message.Request;
import circus.tests.harness.Circus;
import circus.tests.harness.Home;
import circus.tests.harness.PythonCircus;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;

/**
 * A daemon is killed while so many workers run, and started again: from its exec until it answers, and what has become of the workers. Beside
 * ours, right after each start, a JVM with circusd's own options that does nothing. CIRCUS_PYTHON may name a checkout of Circus 0.19.0.
 */
final class Recover {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration CALM = Duration.ofSeconds(2);
    private static final double MOST_MILLIS = 600;
    private static final long LOOK_NANOS = 1_000_000;
    private static final String QUESTION = "<methodCall><methodName>supervisor.getState</methodName></methodCall>";
    private static final String ASK = "POST /RPC2 HTTP/1.0\r\nContent-Type: text/xml\r\nContent-Length: "
            + QUESTION.length() + "\r\n\r\n" + QUESTION;

    private final int workers;
    private final int rounds;

    Recover(int workers, int rounds) {
        this.workers = workers;
        this.rounds = rounds;
    }

    /** One that is killed and started. */
    private interface Daemon {
        /** Starts it; returns its pid. */
        long start() throws IOException;

        /** Returns when it has answered. */
        void awaitAnswer() throws IOException;

        /** Ends it and all workers that it knows of. */
        void end() throws IOException;
    }

    void run(Table table) throws IOException {
        table.begin(
                "kill -9 with " + workers + " sleep workers, and started again",
                "until it answers, ms, median (least–most)",
                "a bare JVM meanwhile, ms",
                "workers then",
                "to reach");
        try (Home home = new Home()) {
            Path sleep = ColdStart.sleep(home);
            ours(table, home, sleep);
            String checkout = System.getenv("CIRCUS_PYTHON");
            if (checkout != null) {
                Circus python = circus(home, "python", sleep);
                List<String> words = PythonCircus.words(Path.of(checkout), "circus.circusd");
                Daemon daemon =
                        new Asked(python, () -> python.launchInstead(words).pid());
                other(table, "Circus 0.19", daemon, sleep);
            }
            if (Tools.has("supervisord")) {
                other(table, "Supervisor", new Supervisor(home, sleep, workers), sleep);
            }
        }
    }

    private Circus circus(Home home, String name, Path sleep) {
        return home.circus(
                name, "", "[watcher:sleepers]\ncmd = %s 100000\nnumprocesses = %d\n".formatted(sleep, workers));
    }

    private void ours(Table table, Home home, Path sleep) throws IOException {
        Circus circus = circus(home, "ours", sleep);
        Daemon daemon = new Asked(circus, () -> circus.launch().pid());
        daemon.start();
        daemon.awaitAnswer();
        Set<Integer> pids = Set.copyOf(circus.awaitWorkers("sleepers", workers));
        long[] nanos = new long[rounds];
        long[] bare = new long[rounds];
        for (int i = 0; i < rounds; i++) {
            Usage.pause(CALM);
            circus.manager().kill9();
            long began = System.nanoTime();
            long pid = daemon.start();
            daemon.awaitAnswer();
            nanos[i] = System.nanoTime() - began;
            if (!Set.copyOf(circus.pids("sleepers")).equals(pids)) {
                throw new IllegalStateException("the workers are others than before");
            }
            Usage.pause(CALM);
            bare[i] = BareJvm.nanos(pid, "circus.manager.Circusd");
        }
        int running = ColdStart.running();
        daemon.end();
        Figures figures = new Figures(nanos);
        table.row(
                "circusd on papa",
                figures.median(),
                new Figures(bare).median(),
                running + ", the same",
                Table.verdict(figures.millis(0.5) <= MOST_MILLIS, "600 ms"));
    }

    /** Once: a thousand more of its workers run after that. */
    private void other(Table table, String name, Daemon daemon, Path sleep) throws IOException {
        long first = daemon.start();
        daemon.awaitAnswer();
        await(workers);
        Usage.pause(CALM);
        ProcessHandle.of(first).ifPresent(ProcessHandle::destroyForcibly);
        long began = System.nanoTime();
        daemon.start();
        daemon.awaitAnswer();
        double millis = (System.nanoTime() - began) / 1e6;
        Usage.pause(LIMIT.dividedBy(4));
        table.row(name, Table.number("%.0f", millis), "", ColdStart.running() + ", new ones beside those before", "");
        daemon.end();
        ProcessHandle.allProcesses()
                .filter(each ->
                        each.info().command().filter(sleep.toString()::equals).isPresent())
                .forEach(ProcessHandle::destroyForcibly);
    }

    private static void await(int count) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (ColdStart.running() < count) {
            if (System.nanoTime() > deadline) {
                throw new IllegalStateException("only " + ColdStart.running() + " workers run after " + LIMIT);
            }
            LockSupport.parkNanos(100 * LOOK_NANOS);
        }
    }

    /** As soon as somebody listens. */
    private static SocketChannel connect(SocketAddress address) throws IOException {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (true) {
            try {
                return SocketChannel.open(address);
            } catch (IOException notYet) {
                if (System.nanoTime() > deadline) {
                    throw notYet;
                }
                LockSupport.parkNanos(LOOK_NANOS);
            }
        }
    }

    private interface Launch {
        long now() throws IOException;
    }

    /** One with the endpoint of Circus. */
    private record Asked(Circus circus, Launch launch) implements Daemon {
        @Override
        public long start() throws IOException {
            return launch.now();
        }

        @Override
        public void awaitAnswer() throws IOException {
            int port = Integer.parseInt(
                    circus.endpoint().substring(circus.endpoint().lastIndexOf(':') + 1));
            connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port))
                    .close();
            try (CircusClient client = new CircusClient(circus.endpoint())) {
                Request request = new Request(CircusClient.freshId(), "numprocesses", Map.of(), false);
                Answer answer = client.call(request, LIMIT);
                if (!"ok".equals(answer.fields().get("status"))) {
                    throw new IOException("it answers " + answer);
                }
            } catch (CallException failure) {
                throw new IOException(failure);
            }
        }

        @Override
        public void end() {
            circus.terminate();
        }
    }

    private static final class Supervisor implements Daemon {
        private final Home home;
        private final Path configuration;
        private final Path socket;
        private final List<Process> started = new ArrayList<>();

        Supervisor(Home home, Path sleep, int workers) {
            this.home = home;
            socket = home.path("supervisor.sock");
            configuration =
                    home.write("supervisord.conf", """
                    [unix_http_server]
                    file = %s
                    [rpcinterface:supervisor]
                    supervisor.rpcinterface_factory = supervisor.rpcinterface:make_main_rpcinterface
                    [supervisord]
                    nodaemon = true
                    logfile = /dev/null
                    logfile_maxbytes = 0
                    pidfile = %s
                    minfds = 8192
                    [program:w]
                    command = %s 100000
                    process_name = %%(program_name)s%%(process_num)d
                    numprocs = %d
                    stdout_logfile = NONE
                    stderr_logfile = NONE
                    """.formatted(socket, home.path("supervisord.pid"), sleep, workers));
        }

        @Override
        public long start() throws IOException {
            Files.deleteIfExists(socket);
            Process daemon = Tools.start(home.directory(), List.of("supervisord", "-c", configuration.toString()));
            started.add(daemon);
            return daemon.pid();
        }

        @Override
        public void awaitAnswer() throws IOException {
            try (SocketChannel channel = connect(UnixDomainSocketAddress.of(socket))) {
                channel.write(ByteBuffer.wrap(ASK.getBytes(StandardCharsets.US_ASCII)));
                if (channel.read(ByteBuffer.allocate(1024)) <= 0) {
                    throw new IOException("Supervisor does not answer");
                }
            }
        }

        @Override
        public void end() {
            started.forEach(Tools::end);
        }
    }
}
