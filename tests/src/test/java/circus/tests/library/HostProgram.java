package circus.tests.library;

import circus.client.Answer;
import circus.client.CircusClient;
import circus.command.spi.Command;
import circus.command.spi.CommandContext;
import circus.command.spi.CommandDefinition;
import circus.library.CannotManageException;
import circus.library.Circus;
import circus.library.Setup;
import circus.library.Socket;
import circus.library.Watcher;
import circus.message.Request;
import java.io.ByteArrayOutputStream;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.logging.Level;
import java.util.logging.Logger;

/** A program that embeds managers, for {@link LibraryTest}. Its first word says what it is to do; it prints what came of it. */
final class HostProgram {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    private HostProgram() {}

    public static void main(String[] words) throws Exception {
        switch (words[0]) {
            case "four-lines" -> fourLines();
            case "named" -> named(words[1]);
            case "two" -> two();
            case "untouched" -> untouched();
            case "wrong" -> wrong();
            case "same-name" -> sameName();
            case "output" -> output();
            case "sockets" -> sockets();
            case "commands" -> commands();
            case "own-command" -> ownCommand();
            case "plugin" -> plugin();
            case "programs" -> programs();
            case "detach" -> detach();
            default -> throw new IllegalArgumentException(words[0]);
        }
    }

    private static void fourLines() throws Exception {
        try (Circus circus = Circus.manage(Watcher.of("sleep 1000").numprocesses(4))) {
            System.out.println(circus.endpoint());
            System.out.println(circus.join());
        }
    }

    private static void named(String name) throws Exception {
        Circus circus = Circus.setup()
                .name(name)
                .watcher(Watcher.of("sleep 1000").numprocesses(2))
                .start();
        awaitWorkers(circus, "sleep", 2);
        System.out.println(pids(circus, "sleep"));
        System.out.println(circus.endpoint());
        System.out.println(circus.join());
    }

    private static void two() throws Exception {
        try (Circus one = Circus.setup()
                        .name("one")
                        .watcher(Watcher.of("sleep 1000"))
                        .start();
                Circus other = Circus.setup()
                        .name("other")
                        .watcher(Watcher.of("sleep 1000").numprocesses(3))
                        .start()) {
            awaitWorkers(one, "sleep", 1);
            awaitWorkers(other, "sleep", 3);
            one.close();
            System.out.println(one.isRunning() + " " + other.isRunning());
            awaitWorkers(other, "sleep", 3);
        }
        System.out.println(livingThreads());
    }

    /** What is the program's stays as it was. */
    private static void untouched() throws Exception {
        PrintStream out = System.out;
        PrintStream err = System.err;
        Level level = Logger.getLogger("").getLevel();
        ByteArrayOutputStream told = new ByteArrayOutputStream();
        Logger.getLogger("")
                .addHandler(new java.util.logging.StreamHandler(told, new java.util.logging.SimpleFormatter()) {
                    @Override
                    public synchronized void publish(java.util.logging.LogRecord event) {
                        super.publish(event);
                        flush();
                    }
                });
        try (Circus circus = Circus.manage(Watcher.of("echo from the worker"))) {
            awaitWorkers(circus, "echo", 0);
            circus.close();
        }
        System.out.println(System.out == out && System.err == err);
        System.out.println(Logger.getLogger("").getLevel().equals(level));
        System.out.println(System.getLogger("mine").getClass().getName().startsWith("circus."));
        System.out.println(told.toString(StandardCharsets.UTF_8).contains("Arbiter now waiting for commands"));
    }

    private static void wrong() {
        try (Circus circus = Circus.manage(
                Watcher.of("sleep 1000").option("graceful_timeout", "soon").option("numprocesses", "many"))) {
            System.out.println("started at " + circus.endpoint());
        } catch (CannotManageException wrong) {
            System.out.println(wrong.getMessage());
        }
        try {
            Setup unused = Circus.setup().watcher(Watcher.named("web").numprocesses(2));
        } catch (IllegalArgumentException wrong) {
            System.out.println(wrong.getMessage());
        }
        try {
            Setup unused = Circus.setup().watcher(Watcher.of("sleep 1")).watcher(Watcher.of("sleep 2"));
        } catch (IllegalArgumentException wrong) {
            System.out.println(wrong.getMessage());
        }
    }

    private static void sameName() throws Exception {
        Setup setup = Circus.setup().name("twice").watcher(Watcher.of("sleep 1000"));
        try (Circus first = setup.start()) {
            awaitWorkers(first, "sleep", 1);
            try {
                setup.start();
            } catch (CannotManageException taken) {
                System.out.println(taken.getMessage());
            }
            awaitWorkers(first, "sleep", 1);
        }
    }

    private static void output() throws Exception {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        try (Circus circus = Circus.setup()
                .watcher(Watcher.named("talker")
                        .cmd("/bin/sh -c 'echo hello $WHO $1; exec sleep 1000' sh $(circus.wid)")
                        .env("WHO", "you"))
                .output(out, OutputStream.nullOutputStream())
                .start()) {
            while (out.size() == 0 && circus.isRunning()) {
                Thread.onSpinWait();
            }
            System.out.print(out.toString(StandardCharsets.UTF_8));
        }
    }

    private static void sockets() throws Exception {
        try (Circus circus = Circus.setup()
                .socket(Socket.tcp("web", "127.0.0.1", 0))
                .watcher(Watcher.named("web")
                        .cmd("/bin/sh -c 'test -S /proc/self/fd/$1 && exec sleep 1000' sh $(circus.sockets.web)")
                        .option("use_sockets", true))
                .option("check_delay", 1)
                .start()) {
            awaitWorkers(circus, "web", 1);
            System.out.println(call(circus, "listsockets", Map.of()).fields().get("status"));
        }
    }

    /** Upgrades are for those who have a program of their own to be replaced; a reload finds nothing new. */
    private static void commands() throws Exception {
        try (Circus circus = Circus.manage(Watcher.of("sleep 1000"))) {
            awaitWorkers(circus, "sleep", 1);
            System.out.println(call(circus, "upgrade", Map.of()).reason());
            System.out.println(call(circus, "reloadconfig", Map.of("waiting", true))
                    .fields()
                    .get("status"));
            System.out.println(call(circus, "incr", Map.of("name", "sleep", "waiting", true))
                    .fields()
                    .get("numprocesses"));
            System.out.println(
                    call(circus, "quit", Map.of("waiting", true)).fields().get("status"));
            System.out.println(circus.join());
        }
    }

    /** A command that only a program can have: one that knows the program. */
    private static void ownCommand() throws Exception {
        Command count = new Command() {
            @Override
            public CommandDefinition definition() {
                return CommandDefinition.of("orders", "Tell how many orders the program has")
                        .looks();
            }

            @Override
            public Map<String, Object> execute(CommandContext context, Map<String, Object> properties) {
                return Map.of("orders", 42);
            }
        };
        try (Circus circus =
                Circus.setup().command(count).watcher(Watcher.of("sleep 1000")).start()) {
            System.out.println(call(circus, "orders", Map.of()).fields().get("orders"));
        }
    }

    private static void plugin() throws Exception {
        try (Circus circus = Circus.setup()
                .plugin("calm", "circus.plugins.flapping.Flapping", Map.of("attempts", "3"))
                .watcher(Watcher.of("sleep 1000"))
                .start()) {
            awaitWorkers(circus, "plugin:calm", 1);
            System.out.println(call(circus, "status", Map.of("name", "plugin:calm"))
                    .fields()
                    .get("status"));
        }
    }

    /** What is done by other programs of the installation. */
    private static void programs() throws Exception {
        try (Circus circus = Circus.setup()
                .plugin("calm", "circus.plugins.flapping.Flapping", Map.of("attempts", "3", "process", "true"))
                .watcher(Watcher.of("sleep 1000")
                        .option("hooks.before_start", "diary.note")
                        .env("PYTHONPATH", System.getProperty("user.dir")))
                .start()) {
            awaitWorkers(circus, "plugin:calm", 1);
            awaitWorkers(circus, "sleep", 1);
            Path words = Path.of("/proc/" + pids(circus, "plugin:calm").get(0) + "/cmdline");
            while (!Files.readString(words).contains("CircusPlugin")) {
                Thread.onSpinWait(); // It begins as a shell.
            }
            System.out.println(Files.exists(Path.of("diary")));
        }
    }

    private static void detach() throws Exception {
        Circus circus = Circus.setup()
                .name("detached")
                .watcher(Watcher.of("sleep 1000").numprocesses(2))
                .start();
        awaitWorkers(circus, "sleep", 2);
        List<?> pids = pids(circus, "sleep");
        System.out.println(call(circus, "detach", Map.of()).fields().get("status") + " " + circus.join());
        circus.close();
        System.out.println(pids.stream()
                .allMatch(pid -> ProcessHandle.of(((Number) pid).longValue())
                        .map(ProcessHandle::isAlive)
                        .orElse(false)));
        try (Circus again = Circus.setup()
                .name("detached")
                .watcher(Watcher.of("sleep 1000").numprocesses(2))
                .start()) {
            System.out.println(pids.equals(pids(again, "sleep")));
        }
    }

    private static Answer call(Circus circus, String command, Map<String, Object> properties) throws Exception {
        try (CircusClient client = circus.client()) {
            return client.call(new Request("1", command, properties, false), LIMIT);
        }
    }

    private static List<?> pids(Circus circus, String watcher) throws Exception {
        return (List<?>) call(circus, "list", Map.of("name", watcher)).fields().getOrDefault("pids", List.of());
    }

    private static void awaitWorkers(Circus circus, String watcher, int count) throws Exception {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (pids(circus, watcher).size() < count) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(watcher + " has " + pids(circus, watcher) + ", not " + count);
            }
        }
    }

    /** Those of managers that keep a program from ending. */
    private static List<String> livingThreads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("circus") && !thread.isDaemon())
                .map(Thread::getName)
                .toList();
    }
}
