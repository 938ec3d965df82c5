package circus.tests.upgrade;

import circus.tests.harness.Background;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Predicate;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import papa.client.KernelChannel;
import papa.client.PapaException;

/**
 * One client that does everything else there is, one after the other, as chance has it: sockets, values, trees of processes, daemons
 * that leave, cgroups, launches that fail, readers who go away, bytes that mean nothing. It leaves nothing behind.
 */
final class Trouble implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("port=(\\d+)");
    private static final long PAUSE_NANOS = 3_000_000;

    private final Kernel kernel;
    private final Path folder;
    private final String name;
    private final Random random;
    private final PapaSession session;
    private final boolean hasControlGroups;
    private final AtomicLong deeds = new AtomicLong();
    private final List<Background.Step> ways = List.of(
            this::socket,
            this::path,
            this::values,
            this::tree,
            this::leftovers,
            this::controlGroup,
            this::failedLaunch,
            this::burst,
            this::follower,
            this::tail,
            this::watch,
            this::noise,
            this::noiseInFrames);
    private final Background thread;

    /** @param name of everything that it makes, as the first word of each name */
    private Trouble(Kernel kernel, Path folder, String name, long seed) {
        this.kernel = kernel;
        this.folder = folder;
        this.name = name;
        random = new Random(seed);
        session = kernel.session();
        hasControlGroups = session.ask("hello").contains("cgroup");
        thread = Background.start(name, this::step);
    }

    static Trouble start(Kernel kernel, Path folder, String name, long seed) {
        return new Trouble(kernel, folder, name, seed);
    }

    private void step() throws Exception {
        ways.get(random.nextInt(ways.size())).run();
        deeds.incrementAndGet();
        LockSupport.parkNanos(PAUSE_NANOS);
    }

    private String demand(String line, Predicate<String> expected) {
        String answer = session.ask(line);
        if (!expected.test(answer)) {
            throw new AssertionError("\"" + line + "\" is answered with: " + answer);
        }
        return answer;
    }

    private void socket() throws IOException {
        String made = demand("make socket " + name + ".s port=0 backlog=9", text -> text.contains(" fileno="));
        Matcher port = PORT.matcher(made);
        if (!port.find()) {
            throw new AssertionError(made);
        }
        new Socket(InetAddress.getLoopbackAddress(), Integer.parseInt(port.group(1))).close();
        remove("sockets", name + ".s");
    }

    private void path() throws IOException {
        Path path = folder.resolve(name + ".listener");
        demand("make socket " + name + ".u mode=600 path=" + path, text -> text.contains(" fileno="));
        SocketChannel.open(UnixDomainSocketAddress.of(path)).close();
        remove("sockets", name + ".u");
    }

    private void remove(String what, String pattern) {
        demand("remove " + what + " " + pattern, text -> !text.startsWith("Error"));
        demand("list " + what + " " + pattern, String::isEmpty);
    }

    private void values() {
        for (int i = 0; i < 20; i++) {
            String text = "v".repeat(random.nextInt(2000)) + i;
            demand("set " + name + ".v" + i + " " + text, String::isEmpty);
            demand("get " + name + ".v" + i, text::equals);
        }
        remove("values", name + ".*");
    }

    private void make(String process, String options, String script) {
        demand(
                "make process " + process + " " + options + " -- /bin/sh -c \"" + script + "\"",
                text -> text.startsWith(process + " incarnation="));
    }

    /** Waits until it has ended and all its output has come, then has it forgotten. */
    private void forget(String process) {
        await(process, text -> text.contains(" running=0 "));
        remove("processes", process);
    }

    private void await(String process, Predicate<String> expected) {
        long deadline = System.nanoTime() + LIMIT.toNanos();
        while (!expected.test(session.ask("stats " + process))) {
            if (System.nanoTime() > deadline) {
                throw new AssertionError(process + " is not what it should be: " + session.ask("stats " + process));
            }
            LockSupport.parkNanos(PAUSE_NANOS);
        }
    }

    private void tree() {
        String process = name + ".tree";
        make(process, "nice=1", "sleep 100 & (sleep 100; sleep 100) & sleep 100");
        demand("signal " + process + " KILL tree", text -> text.startsWith("sent "));
        forget(process);
    }

    private void leftovers() {
        String process = name + ".leaves";
        make(process, "", "(setsid sleep 100 & sleep 100 &); exit 3");
        await(process, text -> text.contains(" running=0 "));
        demand("signal " + process + " KILL leftovers", text -> text.matches("sent 2|sent|gone"));
        await(process, text -> text.contains(" leftovers=0"));
        forget(process);
    }

    private void controlGroup() {
        if (hasControlGroups) {
            String process = name + ".group";
            make(process, "cgroup=1", "setsid sleep 100 & sleep 100");
            demand("signal " + process + " KILL cgroup", text -> text.startsWith("sent "));
            forget(process);
        }
    }

    private void failedLaunch() {
        for (String wrong :
                List.of("-- /bin/nothing", "working_dir=/nowhere -- /bin/true", "uid=nobody9 -- /bin/true")) {
            demand("make process " + name + ".fails " + wrong, text -> text.startsWith("Error: cannot start "));
        }
        demand("list processes " + name + ".fails", String::isEmpty);
    }

    private void burst() {
        String process = name + ".burst";
        make(process, "bufsize=100k", "head -c 300000 /dev/zero; echo; echo the last");
        await(process, text -> text.contains(" running=0 "));
        demand("tail " + process + " lines=1", "the last"::equals);
        forget(process);
    }

    /** Follows what writes most, and goes in the middle of it. */
    private void follower() throws PapaException {
        try (KernelChannel channel = KernelChannel.open(kernel.socket(), frame -> {})) {
            channel.call(List.of("follow", "output", "load.*"), LIMIT);
            for (int i = 0; i < random.nextInt(5); i++) {
                channel.pump(Duration.ofMillis(20));
            }
        }
    }

    private void tail() {
        try (PapaSession other = kernel.session()) {
            other.send("tail load.* lines=100 follow=1\n");
            other.receiveUntil(text -> text.length() > 1000, LIMIT);
            if (random.nextBoolean()) {
                other.send("\n");
                other.receiveUntil(text -> text.endsWith("> "), LIMIT);
            }
        }
    }

    private void watch() {
        String process = name + ".watched";
        make(process, "", "echo a line; sleep 0.01; echo another");
        try (PapaSession other = kernel.session()) {
            other.send("watch processes " + process + "\n");
            other.receiveUntil(text -> text.contains("a line"), LIMIT);
        }
        forget(process);
    }

    private void noise() {
        try (PapaSession other = kernel.session()) {
            other.sendAndForget(bytes(random.nextInt(100_000)));
        }
    }

    private void noiseInFrames() throws IOException {
        try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(kernel.socket()))) {
            String lines = "hello framed\n1 set \"\n\n? get\n1\n1 tail load.* lines=9999\n1 make process\n1 follow x\n";
            channel.configureBlocking(false);
            channel.write(ByteBuffer.wrap((lines + bytes(5000)).getBytes(StandardCharsets.ISO_8859_1)));
        }
    }

    private String bytes(int count) {
        byte[] bytes = new byte[count];
        random.nextBytes(bytes);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    void check() {
        thread.check();
    }

    /** Returns when nothing of it is left; how many things it did. */
    long stop() {
        thread.stop();
        session.close();
        return deeds.get();
    }

    @Override
    public void close() {
        thread.close();
    }
}
