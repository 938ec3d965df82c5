package papa.kernel;

import java.io.File;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import papa.loop.Micros;
import papa.posix.Posix;
import papa.process.Arena;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.process.Selection;
import papa.request.Refusal;
import papa.wire.Frame.Channel;
import papa.wire.Words;

/** {@code stats}: figures about the kernel and about processes, as key=value words. Reads only. Loop thread only. */
final class Stats {
    private static final int READ_AT_ONCE = 8 * 1024;
    private static final Pattern RESIDENT = Pattern.compile("(?m)^VmRSS:\\s*(\\d+) kB");

    private final Kernel kernel;
    private final Server server;
    private final Posix posix;
    private final long buffer;

    Stats(Kernel kernel, Server server) {
        this.kernel = kernel;
        this.server = server;
        this.posix = kernel.posix;
        this.buffer = posix.allocate(READ_AT_ONCE);
    }

    String answer(Session session, List<String> words) throws Refusal {
        if (words.isEmpty()) {
            return ofKernel();
        }
        Selection selection = new Selection("stats");
        for (String word : words) {
            selection.add(word);
        }
        boolean quoted = session.isExtended();
        return Requests.lines(selection.of(kernel.processes()).stream().map(each -> ofProcess(each, quoted)));
    }

    private String ofKernel() {
        Line line = new Line("kernel");
        long now = Micros.now();
        line.add("version", Server.VERSION).add("pid", posix.pid()).add("instance", server.instance());
        line.add("started", server.startedMicros()).add("uptime", (now - server.startedMicros()) / 1_000_000);
        line.add("upgrades", server.upgrades().count())
                .add("longestgap", server.upgrades().longestGap());
        long ended = 0;
        long heldBack = 0;
        long held = 0;
        for (Incarnation each : kernel.processes()) {
            ended += each.hasEnded() ? 1 : 0;
            heldBack += each.isHeldBack() ? 1 : 0;
            held += each.held();
        }
        if (kernel.init != null) {
            line.add("manager", kernel.init.pid());
        }
        line.add("running", kernel.processes().size() - ended).add("ended", ended);
        line.add("launching", kernel.launches.count()).add("heldback", heldBack);
        line.add("strangers", kernel.strangers().size());
        line.add("sockets", kernel.sockets.all().size());
        line.add("unclaimed", kernel.sockets.inherited().count());
        line.add("values", kernel.values.all().size()).add("valuebytes", kernel.values.bytes());
        line.add("leases", kernel.leases.show().size());
        line.add("copies", kernel.copies.holders()).add("uncopied", kernel.copies.missing());
        Readers readers = kernel.readers;
        line.add("sessions", server.sessions()).add("followers", readers.followers());
        line.add("watches", readers.watches()).add("tails", readers.tails());
        Arena arena = kernel.arena;
        line.add("output", held).add("outputroom", (long) arena.used() * Arena.BLOCK);
        line.add("ceiling", (long) arena.size() * Arena.BLOCK).add("dropped", kernel.flow.droppedTotal());
        line.add("starved", kernel.flow.starved.size());
        Runtime runtime = Runtime.getRuntime();
        line.add("heap", runtime.totalMemory() - runtime.freeMemory()).add("heaplimit", runtime.maxMemory());
        addOfMachine(line);
        return line + "\n";
    }

    /** What only the machine knows is left out where it does not tell it. */
    private void addOfMachine(Line line) {
        Matcher resident = RESIDENT.matcher(read("/proc/self/status"));
        if (resident.find()) {
            line.add("resident", Long.parseLong(resident.group(1)) * 1024);
        }
        long descriptors = new File("/proc/self/fd").length(); // their number, from Linux 6.2 on; without listing them
        if (descriptors > 0) {
            line.add("descriptors", descriptors);
        }
    }

    private String read(String path) {
        int fd = posix.open(path, Posix.O_RDONLY | Posix.O_CLOEXEC, 0);
        if (fd < 0) {
            return "";
        }
        long count = posix.read(fd, buffer, READ_AT_ONCE);
        posix.close(fd);
        byte[] bytes = new byte[(int) Math.max(0, count)];
        posix.getBytes(buffer, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }

    private static String ofProcess(Incarnation process, boolean quoted) {
        String name = process.spec.name();
        Line line = new Line(quoted ? Words.quote(name) : name);
        line.add("incarnation", process.number).add("pid", process.pid);
        line.add("running", process.hasEnded() ? 0 : 1).add("started", process.startedMicros);
        if (process.hasEnded()) {
            line.add("exit", process.exitCode()).add("ended", process.endedMicros());
            if (process.usage != null) {
                line.add(process.usage.words());
            }
        }
        line.add("held", process.held()).add("limit", process.spec.bufferSize());
        line.add("room", (long) process.blocks() * Arena.BLOCK);
        for (Channel channel : Channel.values()) {
            Capture capture = process.capture(channel);
            if (capture != null) {
                line.add(channel.word(), capture.committed() + ":" + capture.end() + ":" + capture.droppedTotal());
            }
        }
        line.add("heldback", process.isHeldBack() ? 1 : 0).add("unattended", process.isUnattended() ? 1 : 0);
        line.add("annotations", process.annotations.size()).add("leftovers", process.left());
        return line.toString();
    }

    /** A word, and key=value words behind it. */
    private static final class Line {
        private final StringBuilder text;

        private Line(String first) {
            text = new StringBuilder(first);
        }

        private Line add(String words) {
            text.append(' ').append(words);
            return this;
        }

        private Line add(String key, Object value) {
            text.append(' ').append(key).append('=').append(value);
            return this;
        }

        @Override
        public String toString() {
            return text.toString();
        }
    }
}
