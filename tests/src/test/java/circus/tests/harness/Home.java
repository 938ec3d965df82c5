package circus.tests.harness;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;

/**
 * The world of one test: a folder, ports that nobody else uses, and every process that the test or its daemons started.
 * All of it is gone when the test is over. Comes as a parameter by {@link HomeExtension}; one thread uses it.
 */
public final class Home implements AutoCloseable {
    // Below the range from which the system takes ports for outgoing connections. A JVM that tests beside this one has
    // others; those of another build begin elsewhere.
    private static final int PORTS = 6_000;
    private static final int FIRST_PORT = 20_000 + PORTS * ((Integer.getInteger("circus.fork", 1) - 1) % 2);
    private static final AtomicInteger NEXT_PORT =
            new AtomicInteger((int) (ProcessHandle.current().pid() % 150) * 40);

    private static final Duration TO_BE_GONE = Duration.ofSeconds(10);

    // A run that is broken off leaves nothing behind either.
    private static final Set<Home> OPEN = ConcurrentHashMap.newKeySet();

    static {
        Runtime.getRuntime().addShutdownHook(new Thread(() -> OPEN.forEach(Home::close)));
    }

    private final Path directory;
    private final List<Daemon> daemons = new ArrayList<>();
    private final List<Path> configurations = new ArrayList<>();

    public Home() {
        try {
            directory = Files.createTempDirectory(
                    "circus-test-", PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        OPEN.add(this);
    }

    public Path directory() {
        return directory;
    }

    public Path path(String name) {
        return directory.resolve(name);
    }

    public Path write(String name, String content) {
        try {
            Path file = path(name);
            Files.createDirectories(file.getParent());
            return Files.writeString(file, content);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A shell script that may be run. */
    public Path script(String name, String content) {
        Path file = write(name, "#!/bin/sh\n" + content);
        try {
            return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A copy of one of the tests' resources. */
    public Path resource(String name) {
        try (InputStream in = Home.class.getResourceAsStream("/" + name)) {
            if (in == null) {
                throw new IllegalArgumentException("no resource " + name);
            }
            Path file = path(name);
            Files.createDirectories(file.getParent());
            Files.copy(in, file, StandardCopyOption.REPLACE_EXISTING);
            return file;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** A file's text, byte by byte readable even where it is no UTF-8; empty when there is no such file. */
    public static String read(Path file) {
        try {
            return Files.exists(file) ? new String(Files.readAllBytes(file), StandardCharsets.UTF_8) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    public static int freePort() {
        while (true) {
            int port = FIRST_PORT + NEXT_PORT.getAndIncrement() % PORTS;
            try (ServerSocket probe = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
                return probe.getLocalPort();
            } catch (IOException taken) {
                // The next one, then.
            }
        }
    }

    /** A kernel of its own, in the foreground, on {@code papa.sock} in this home. Returns when it answers. */
    public Kernel kernel() {
        return Kernel.start(this, path("papa.sock"), List.of());
    }

    /** The same of another release, which is unpacked somewhere. */
    public Kernel kernelOf(Path release) {
        return Kernel.start(this, path("papa.sock"), List.of(), release.resolve("bin/papa"));
    }

    /**
     * The same as another user, who has nothing of root's: from the release archive, unpacked here, on {@code own/papa.sock} in a folder
     * of that user's.
     */
    public Kernel kernelAs(int user) {
        Path launcher = release().resolve("bin/papa");
        Path own = path("own");
        try {
            Files.createDirectory(own);
            Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwx--x--x"));
            Files.setAttribute(own, "unix:uid", user);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return Kernel.start(this, own.resolve("papa.sock"), as(user), launcher);
    }

    /** The words of a program that becomes another user and then the program that is told behind them. */
    public static List<String> as(int user) {
        return List.of("setpriv", "--reuid=" + user, "--regid=" + user, "--clear-groups", "--inh-caps=-all");
    }

    /** The same, started by another program, which is given as words before its own. */
    public Kernel kernelBelow(String... below) {
        return Kernel.start(this, path("papa.sock"), List.of(below));
    }

    /** The same where it may make cgroups: on a machine that has none of version 2, they are mounted for it alone. */
    public Kernel kernelWithControlGroups() {
        boolean mounted = read(Path.of("/proc/self/mountinfo")).contains(" - cgroup2 ");
        Path script = script("with-cgroups", "mkdir -p cgroups && mount -t cgroup2 none cgroups && exec \"$@\"\n");
        return Kernel.start(this, path("papa.sock"), mounted ? List.of() : List.of("unshare", "-m", script.toString()));
    }

    /** Starts {@code bin/papa} and does not wait. */
    public Daemon papa(String... arguments) {
        return daemon("papa", "papa", List.of(arguments));
    }

    /** The same, by another program, which is given as words before its own. */
    public Daemon papaBelow(List<String> below, String... arguments) {
        return daemon("papa", below, Installation.launcher("papa"), List.of(arguments));
    }

    /** A configuration {@code NAME.ini} with endpoints and a kernel of its own; nothing is started. */
    public Circus circus(String name, String options, String sections) {
        return Circus.write(this, name, options, sections);
    }

    /** The release archive, unpacked here as a user would. */
    public Path release() {
        Commands.run(
                        Duration.ofSeconds(30),
                        "tar",
                        "-xzf",
                        Installation.archive().toString(),
                        "-C",
                        directory.toString())
                .mustSucceed();
        return path(Installation.RELEASE);
    }

    /** Runs a program of ours to its end. */
    public Commands.Result run(Duration limit, Path program, String... arguments) {
        List<String> command = new ArrayList<>(List.of(program.toString()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Installation.prepare(builder, directory);
        return Commands.run(limit, builder);
    }

    /** A program of others, not yet started, marked as one of this home's. */
    public ProcessBuilder prepared(List<String> command) {
        ProcessBuilder builder = new ProcessBuilder(command).directory(directory.toFile());
        Installation.prepare(builder, directory);
        return builder;
    }

    Daemon daemon(String title, String program, List<String> arguments) {
        return daemon(title, List.of(), Installation.launcher(program), arguments);
    }

    Daemon daemon(String title, List<String> below, Path launcher, List<String> arguments) {
        String fresh = title;
        for (int again = 2; Files.exists(path(fresh + ".out")); again++) {
            fresh = title + "-" + again;
        }
        Daemon daemon = Daemon.start(this, fresh, below, launcher, arguments);
        daemons.add(daemon);
        return daemon;
    }

    /** Tells of a configuration whose kernel may have its socket outside of the home. */
    public void remember(Path configuration) {
        configurations.add(configuration);
    }

    /** All processes that belong to this home and have not ended, one line each. */
    public List<String> processes() {
        return OwnProcesses.of(directory).stream()
                .map(OwnProcesses.Entry::toString)
                .toList();
    }

    /** Fails unless soon nothing is left: no process, no socket file. */
    public void mustBeEmpty() {
        await("nothing is left behind").atMost(TO_BE_GONE).untilAsserted(() -> {
            List<String> left = new ArrayList<>(processes());
            sockets().forEach(socket -> left.add("socket file " + socket));
            if (!left.isEmpty()) {
                throw new AssertionError("left behind:\n" + String.join("\n", left));
            }
        });
    }

    private List<Path> sockets() {
        List<Path> found = new ArrayList<>();
        configurations.stream()
                .map(Circus::defaultKernelSocket)
                .filter(Files::exists)
                .forEach(found::add);
        try (Stream<Path> files = Files.walk(directory)) {
            files.filter(Home::isSocket).forEach(found::add);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return found;
    }

    private static boolean isSocket(Path file) {
        try {
            return (((Integer) Files.getAttribute(file, "unix:mode")) & 0170000) == 0140000;
        } catch (IOException gone) {
            return false;
        }
    }

    /** What its daemons said and what still runs, for a failed test; the files are kept beside the test reports. */
    String story(Path keep) {
        StringBuilder story = new StringBuilder("home " + directory + ", still running:\n");
        processes().forEach(line -> story.append("  ").append(line).append('\n'));
        try (Stream<Path> files = Files.walk(directory)) {
            for (Path file : (Iterable<Path>) files.filter(Files::isRegularFile).sorted()::iterator) {
                Path copy = keep.resolve(directory.relativize(file).toString());
                Files.createDirectories(copy.getParent());
                Files.write(copy, Files.readAllBytes(file));
                String name = file.getFileName().toString();
                if (name.endsWith(".err") || name.endsWith(".out") || name.endsWith(".sock.log")) {
                    story.append("--- ").append(name).append('\n').append(tail(read(file)));
                }
            }
        } catch (IOException failure) {
            story.append("cannot keep the files: ").append(failure).append('\n');
        }
        return story.append("(all files: ").append(keep).append(")\n").toString();
    }

    /** The last lines of a text, for a failure message. */
    static String tail(String text) {
        List<String> lines = text.lines().toList();
        return String.join("\n", lines.subList(Math.max(0, lines.size() - 60), lines.size())) + "\n";
    }

    /** Ends what still runs, by pid, and removes the folder. */
    @Override
    public void close() {
        List<OwnProcesses.Entry> left = OwnProcesses.of(directory);
        for (int round = 0; !left.isEmpty() && round < 20; round++) {
            // Daemons first: a manager or a kernel that is alive would answer the end of a worker.
            left.stream()
                    .sorted(Comparator.comparing(entry -> !entry.command().contains("circus.home")))
                    .forEach(entry -> ProcessHandle.of(entry.pid()).ifPresent(ProcessHandle::destroyForcibly));
            daemons.forEach(daemon -> daemon.awaitExit(TO_BE_GONE));
            left = OwnProcesses.of(directory);
        }
        configurations.forEach(Circus::removeDefaultKernelFiles);
        Installation.removeDumps();
        remove();
        OPEN.remove(this);
        if (!left.isEmpty()) {
            throw new AssertionError("cannot end " + left);
        }
    }

    private void remove() {
        try (Stream<Path> files = Files.walk(directory)) {
            files.sorted(Comparator.reverseOrder()).forEach(file -> {
                try {
                    Files.delete(file);
                } catch (IOException failure) {
                    throw new UncheckedIOException("cannot clear " + directory, failure);
                }
            });
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }
}
