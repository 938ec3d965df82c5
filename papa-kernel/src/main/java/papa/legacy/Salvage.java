package papa.legacy;

import java.io.BufferedReader;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;
import papa.loop.Micros;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.posix.Proc;
import papa.process.Remains;
import papa.state.StateException;
import papa.state.StateWriter;
import papa.wire.Frame;
import papa.wire.Frame.Channel;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * Makes a state of what a killed kernel left: its {@link Ledger}, its memory for output, and copies of its descriptors. In a ledger,
 * besides the lines of a state, there is
 *
 * <pre>
 *   process     as in a state, and ticks (when it started, as proc(5) tells); again where something of it has changed
 *   capture     see {@link papa.process.SavedCapture#saveBriefly}
 *   commit      word, each: those of a request that was carried out
 *   ended       process, exit, ended
 *   left        process; pid, start and session of what that has left behind, or what has lost its parents below it
 *   notes       process, note each: all that there are now
 *   over        process; done, 1 where its pipes are at their end: it is held no more
 *   emptied     process, channel, end: all that the stream held was dropped
 *   socket, share     as in a state
 *   no-socket   name
 * </pre>
 *
 * Loop thread only.
 */
public final class Salvage {
    /** What the dead kernel may have given and not written down. */
    private static final long NUMBERS_SKIPPED = 1_000;

    private static final Set<String> OF_PROCESS = Set.of(
            "pidfd",
            "reaped",
            "exit",
            "ended",
            "exit-taken",
            "has-left",
            "group-populated",
            "foster",
            "latest",
            "note");

    /** A process as the ledger tells of it. */
    private static final class Life {
        private final Entry entry;
        private final Map<Channel, Entry> captures = new TreeMap<>();
        private final Map<Channel, Long> committed = new HashMap<>();
        private final Map<Channel, Long> end = new HashMap<>();
        private final Map<Integer, Entry> left = new LinkedHashMap<>();
        private @Nullable Entry ended;
        private List<String> notes;
        private boolean taken;
        private boolean released;

        private Life(Entry entry) {
            this.entry = entry;
            this.notes = entry.all("note");
            this.taken = entry.flag("exit-taken");
            this.released = entry.flag("released");
            this.ended = entry.text("ended", "").isEmpty() ? null : entry;
        }
    }

    private final Posix posix;
    private final Found found;
    private final Proc proc;
    private final Map<Long, Life> lives = new LinkedHashMap<>();
    private final Map<String, String> values = new TreeMap<>();
    private final Map<String, List<Entry>> sockets = new LinkedHashMap<>();
    private long lastNumber;
    private long rank;
    private long dropped;
    private int blocks;
    private boolean whole;
    private long generation;
    private long ledger;

    private Salvage(Posix posix, Found found, Proc proc) {
        this.posix = posix;
        this.found = found;
        this.proc = proc;
    }

    /**
     * Makes the state. The ledger goes on with it: who restores that writes into the same files, and so everything is known again if
     * it is killed, too, before anybody has copies of its own.
     *
     * @param program the version of the program that does it
     * @return the descriptor of a memory file
     */
    public static int run(Posix posix, Found found, String program) throws IOException, StateException {
        Salvage newest = null;
        Proc proc = new Proc(posix);
        for (int file : found.memoryFiles(Ledger.NAME)) {
            Salvage salvage = new Salvage(posix, found, proc);
            salvage.read(file);
            salvage.ledger = found.inode(file);
            if (salvage.whole && (newest == null || salvage.generation > newest.generation)) {
                newest = salvage;
            }
        }
        if (newest == null) {
            throw new StateException("cannot restore a kernel: there is no ledger among what its manager held");
        }
        int file = posix.memoryFile("papa-state", 0);
        try (StateWriter out = new StateWriter(posix, file, program)) {
            newest.write(out);
            int failed = out.finish();
            if (failed < 0) {
                throw new StateException("cannot restore a kernel: cannot write its state: " + Errno.of(failed));
            }
        }
        return file;
    }

    // What the ledger tells.

    private void read(int file) throws IOException {
        try (BufferedReader lines =
                Files.newBufferedReader(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1)) {
            // The last line may have been cut short by the end of its kernel: one more is wanted before it counts.
            String line = lines.readLine();
            while (line != null) {
                String next = lines.readLine();
                if (next != null || endsWithNewline(file)) {
                    take(line);
                }
                line = next;
            }
        }
    }

    private boolean endsWithNewline(int file) throws IOException {
        try (FileChannel channel = FileChannel.open(Path.of("/proc/self/fd/" + file))) {
            ByteBuffer last = ByteBuffer.allocate(1);
            return channel.read(last, channel.size() - 1) == 1 && last.get(0) == '\n';
        }
    }

    private void take(String line) {
        try {
            List<String> words = Words.splitQuoted(line);
            if (!words.isEmpty()) {
                take(new Entry(words));
            }
        } catch (WordsException unreadable) {
            Log.info("a line of what a killed kernel left is passed over: " + unreadable.getMessage());
        }
    }

    private void take(Entry entry) {
        long number = entry.number("process", 0);
        Life life = lives.get(number);
        switch (entry.kind) {
            case "ledger" -> generation = entry.number("generation", 0);
            case "whole" -> whole = true;
            case "arena" -> blocks = (int) entry.number("blocks", 0);
            case "kernel" -> lastNumber = Math.max(lastNumber, entry.number("last-number", 0));
            case "output" -> {
                rank = entry.number("rank", 0);
                dropped = entry.number("dropped", 0);
            }
            case "value" -> values.put(entry.text("name", ""), entry.text("text", ""));
            case "socket" -> sockets.put(entry.text("name", ""), new ArrayList<>(List.of(entry)));
            case "share" -> {
                List<Entry> of = sockets.get(entry.text("of", ""));
                if (of != null) {
                    of.add(entry);
                }
            }
            case "no-socket" -> sockets.remove(entry.text("name", ""));
            case "process" -> {
                long own = entry.number("number", 0);
                lastNumber = Math.max(lastNumber, own);
                lives.put(own, new Life(entry));
            }
            case "commit" -> commit(entry.all("word"));
            default -> {
                if (life != null) {
                    take(life, entry);
                }
            }
        }
    }

    private void take(Life life, Entry entry) {
        switch (entry.kind) {
            case "capture" ->
                channel(entry).ifPresent(channel -> {
                    life.captures.put(channel, entry);
                    life.committed.put(channel, entry.number("committed", 0));
                    life.end.put(channel, entry.number("end", 0));
                });
            case "emptied" ->
                channel(entry).ifPresent(channel -> life.end.merge(channel, entry.number("end", 0), Math::max));
            case "ended" -> life.ended = entry;
            case "left" -> life.left.put((int) entry.number("pid", 0), entry);
            case "notes" -> life.notes = entry.all("note");
            case "over" -> {
                life.released = true;
                if (entry.flag("done")) {
                    lives.values().remove(life);
                }
            }
            default -> {}
        }
    }

    private static Optional<Channel> channel(Entry entry) {
        String name = entry.text("channel", "");
        return name.equals("OUT")
                ? Optional.of(Channel.OUT)
                : name.equals("ERR") ? Optional.of(Channel.ERR) : Optional.empty();
    }

    /** The words of a request that was carried out; see {@code commit} of {@link papa.wire.Verb}. */
    private void commit(List<String> words) {
        for (int at = 0; at + 1 < words.size(); at++) {
            String operation = words.get(at);
            String first = words.get(++at);
            switch (operation) {
                case "set" -> values.put(first, words.get(++at));
                case "unset" -> values.remove(first);
                case "exit" -> {
                    Life life = lives.get(Long.parseLong(first));
                    if (life != null && life.ended != null) {
                        life.taken = true;
                    }
                }
                default -> {
                    Life life = lives.get(Long.parseLong(first));
                    long offset = Long.parseLong(words.get(++at));
                    if (life != null) {
                        life.committed.merge(operation.equals("out") ? Channel.OUT : Channel.ERR, offset, Math::max);
                    }
                }
            }
        }
    }

    // What becomes of it.

    private void write(StateWriter out) throws IOException, StateException {
        placeSockets();
        List<Integer> memories = found.memoryFiles("papa-output");
        if (memories.size() != 1 || blocks <= 0) {
            throw new StateException(
                    "cannot restore a kernel: its memory for output is not among what its manager held");
        }
        Map<Life, Map<Channel, Remains>> remains = new HashMap<>();
        int used;
        long now = Micros.now();
        try (Memory memory = new Memory(memories.get(0), blocks)) {
            used = memory.used();
            for (Life life : lives.values()) {
                Map<Channel, Remains> own = new TreeMap<>();
                for (Channel channel : life.captures.keySet()) {
                    long key = Remains.key(life.entry.number("number", 0), channel);
                    long committed = life.committed.getOrDefault(channel, 0L);
                    own.put(channel, memory.stream(key, committed, now, rank));
                }
                remains.put(life, own);
            }
            rank = Math.max(rank, memory.newestRank());
        }
        out.line("arena")
                .descriptor("file", memories.get(0))
                .put("blocks", blocks)
                .put("used", used)
                .end();
        Set<Integer> kept = writeLedger(out);
        kept.add(memories.get(0));
        out.line("kernel").put("last-number", lastNumber + NUMBERS_SKIPPED).end();
        out.line("output").put("rank", rank).put("dropped", dropped).end();
        values.forEach((name, text) ->
                out.line("value").put("name", name).put("text", text).end());
        writeSockets(out);
        Map<String, Long> latest = new HashMap<>();
        lives.forEach((number, life) -> {
            if (!life.released) {
                latest.merge(life.entry.text("name", ""), number, Math::max);
            }
        });
        for (Life life : lives.values()) {
            boolean isLatest = latest.getOrDefault(life.entry.text("name", ""), 0L) == life.entry.number("number", -1);
            writeProcess(out, life, isLatest && !life.released, remains.getOrDefault(life, Map.of()), now);
        }
        lives.values().forEach(life -> writeStrays(out, life));
        found.closeAllBut(kept);
    }

    /** The newest ledger, and another file to go on in; their numbers. */
    private Set<Integer> writeLedger(StateWriter out) throws IOException {
        Set<Integer> written = new HashSet<>();
        List<Integer> files = found.memoryFiles(Ledger.NAME);
        files.sort(Comparator.comparing((Integer each) -> found.inode(each) != ledger)); // the newest first
        for (int file : files.subList(0, Math.min(2, files.size()))) {
            Ledger.save(out, file, written.isEmpty());
            written.add(file);
        }
        return written;
    }

    /** Before any number is written down. */
    private void placeSockets() {
        Map<Long, Integer> numbers = new HashMap<>();
        sockets.values()
                .forEach(all -> all.forEach(each -> numbers.put(each.number("inode", 0), (int) each.number("fd", -1))));
        numbers.keySet().removeIf(inode -> !found.hasSocket(inode));
        found.place(numbers);
    }

    private void writeSockets(StateWriter out) {
        for (List<Entry> all : sockets.values()) {
            for (Entry each : all) {
                int fd = found.socket(each.number("inode", 0));
                if (fd < 0) {
                    Log.info("the socket " + Words.text(each.text("name", each.text("of", "?")))
                            + " is lost: its manager held no copy of it");
                    if (each.kind.equals("socket")) {
                        break;
                    }
                } else {
                    each.remove(Set.of("fd", "inode", "inherited"));
                    each.begin(out).descriptor("fd", fd).end();
                }
            }
        }
    }

    private void writeProcess(StateWriter out, Life life, boolean latest, Map<Channel, Remains> streams, long now) {
        Entry entry = life.entry;
        Entry ended = life.ended;
        int pid = (int) entry.number("pid", 0);
        int pidfd = ended == null ? open(pid, entry.number("ticks", -1)) : -1;
        long exit = ended == null ? Frame.Exit.UNKNOWN : ended.number("exit", Frame.Exit.UNKNOWN);
        long endedMicros = ended == null ? now : ended.number("ended", now);
        entry.remove(OF_PROCESS);
        life.notes.forEach(note -> entry.add("note", note));
        if (pidfd < 0) {
            entry.add("exit", exit);
            entry.add("ended", endedMicros);
        }
        entry.remove(Set.of("ticks", "released"));
        entry.begin(out)
                .descriptor("pidfd", pidfd)
                .flag("exit-taken", life.taken)
                .flag("foster", true)
                .flag("latest", latest)
                .flag("released", life.released)
                .end();
        streams.forEach((channel, remains) -> {
            Entry capture = life.captures.get(channel);
            if (capture != null) {
                long inode = capture.number("inode", 0);
                StateWriter.Line line = out.line("capture")
                        .put("process", entry.number("number", 0))
                        .choice("channel", channel)
                        .descriptor("pipe", inode == 0 ? -1 : found.pipe(inode))
                        .put("inode", inode);
                remains.put(
                        line,
                        life.end.getOrDefault(channel, 0L),
                        capture.number("dropped", 0),
                        entry.number("started", now));
                String overflow = capture.text("overflow-after", "");
                if (!overflow.isEmpty()) {
                    line.put("overflow-after", overflow);
                }
                line.end();
            }
        });
    }

    /** What it left went to init, as it did itself. */
    private void writeStrays(StateWriter out, Life life) {
        life.left.forEach((pid, left) -> {
            long start = left.number("start", -1);
            boolean runs = proc.stat(pid)
                    .filter(stat -> stat.startTicks() == start && !stat.hasEnded())
                    .isPresent();
            if (runs) {
                out.line("stray")
                        .put("of", life.entry.number("number", 0))
                        .put("pid", pid)
                        .put("start", start)
                        .put("session", left.number("session", -1))
                        .end();
            }
        });
    }

    /** A pidfd of that process and no other; -1 if it has ended. */
    private int open(int pid, long ticks) {
        int pidfd = posix.pidfdOpen(pid);
        boolean same = pidfd >= 0
                && proc.stat(pid)
                        .filter(stat -> stat.startTicks() == ticks && !stat.hasEnded())
                        .isPresent();
        if (!same) {
            posix.close(pidfd);
            return -1;
        }
        return pidfd;
    }
}
