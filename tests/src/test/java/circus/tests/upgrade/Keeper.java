package circus.tests.upgrade;

import circus.tests.harness.Background;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.atomic.AtomicLong;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.client.ReplyListener;
import papa.wire.Frame;

/**
 * A manager as simple as can be: holds the lease {@code load}, follows everything below it, commits what came, takes exits, and puts a
 * new mortal in the place of each that has died. What it finds wrong, it fails with. Its thread owns the connection; the test asks for
 * work by the volatile fields.
 */
final class Keeper implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Duration TURN = Duration.ofMillis(20);

    /** No writer's lines are longer. */
    static final int LINE = 60;

    static final int LONG_LINE = 2000;

    private final KernelChannel channel;
    private final Path writer;
    private final Background thread;
    private final Map<Long, Life> lives = new TreeMap<>();
    private final Map<String, Integer> pids = new ConcurrentSkipListMap<>();
    private final ConcurrentLinkedQueue<String> faults = new ConcurrentLinkedQueue<>();
    private final Deque<List<String>> orders = new ArrayDeque<>();
    private int mortals;
    private long serial;
    private long lines;

    private volatile int wantedMortals;
    private volatile int livingMortals;
    private volatile int living;
    private final AtomicLong exits = new AtomicLong();
    private volatile boolean ending;

    private Keeper(Path socket, Path writer) throws PapaException {
        this.writer = writer;
        channel = KernelChannel.open(socket, this::frame);
        channel.call(List.of("lease", "take", "load"), LIMIT);
        channel.call(List.of("follow", "output", "load.*"), LIMIT);
        thread = Background.start("keeper", this::step);
    }

    /** @param writer {@code writer.pl} */
    static Keeper start(Path socket, Path writer) throws PapaException {
        return new Keeper(socket, writer);
    }

    /** The words of {@code make} for a {@code writer.pl}. */
    static List<String> writer(Path script, String name, List<String> options, Object... words) {
        List<String> make = new ArrayList<>(List.of("make", "process", name));
        make.addAll(options);
        make.addAll(List.of("--", "/usr/bin/perl", script.toString()));
        for (Object word : words) {
            make.add(word.toString());
        }
        return make;
    }

    /** Has it start a process below {@code load.} that lives until the end, by words of {@code make}. */
    void make(List<String> words) {
        synchronized (orders) {
            orders.add(words);
        }
    }

    private void step() throws PapaException {
        synchronized (orders) {
            orders.forEach(words -> request(words, text -> {}));
            orders.clear();
        }
        while (mortals < wantedMortals) {
            makeMortal();
        }
        if (ending) {
            ending = false;
            lives.values()
                    .forEach(life -> request(List.of("signal", Long.toString(life.incarnation()), "TERM"), text -> {}));
        }
        channel.pump(TURN);
        commit();
        if (!faults.isEmpty()) {
            throw new AssertionError(faults.size() + " faults, the first: " + faults.peek());
        }
    }

    private void makeMortal() {
        mortals++;
        livingMortals = mortals;
        long number = serial++;
        long code = number % 5 == 0 ? -9 : number * 37 % 256;
        String name = "load.mortal-" + number + "." + code;
        List<String> options = number % 3 == 0 ? List.of("rlimit.core=0") : List.of();
        request(writer(writer, name, options, number % 4 * 20, 3, LINE, 1 + number % 5, code), text -> {});
    }

    private interface Answered {
        void ok(String text);
    }

    /** A request that must not be refused. */
    private void request(List<String> words, Answered then) {
        channel.request(words, new ReplyListener() {
            @Override
            public void ok(String text) {
                then.ok(text);
            }

            @Override
            public void failed(String reason) {
                faults.add(String.join(" ", words) + ": " + reason);
            }
        });
    }

    private void frame(Frame frame) {
        if (frame instanceof Frame.Announced announced) {
            begins(announced);
            return;
        }
        Life life = lives.get(frame.incarnation());
        if (life == null) {
            faults.add("of a process that has not been announced, or is over: " + frame);
        } else if (frame instanceof Frame.Data data) {
            life.take(data);
        } else if (frame instanceof Frame.Exit exit) {
            exits.incrementAndGet();
            life.exited(exit);
            checkCode(life, exit.code());
        } else if (frame instanceof Frame.End) {
            life.ended();
        } else {
            faults.add(life.name() + ": " + frame);
        }
    }

    private void begins(Frame.Announced announced) {
        String name = announced.name();
        int length = name.equals("load.web") ? 0 : name.startsWith("load.long") ? LONG_LINE : LINE;
        Life life = new Life(announced, length, faults::add);
        if (lives.put(announced.incarnation(), life) != null) {
            faults.add(name + " is announced twice");
        }
        if (!isMortal(life)) {
            pids.put(name, announced.pid());
        }
        living = lives.size();
    }

    private static boolean isMortal(Life life) {
        return life.name().startsWith("load.mortal-");
    }

    private void checkCode(Life life, int code) {
        int expected = isMortal(life)
                ? Integer.parseInt(life.name().substring(life.name().lastIndexOf('.') + 1))
                : life.name().equals("load.web") ? 0 : 7;
        if (code != expected) {
            faults.add(life.name() + " has ended with " + code + ", not with " + expected);
        }
    }

    private void commit() {
        List<String> words = new ArrayList<>(List.of("commit"));
        List<Life> over = new ArrayList<>();
        for (Life life : lives.values()) {
            words.addAll(life.toCommit());
            if (life.isOver()) {
                over.add(life);
            }
        }
        if (words.size() > 1) {
            request(words, text -> {});
        }
        for (Life life : over) {
            lives.remove(life.incarnation());
            lines += life.lines();
            if (isMortal(life)) {
                mortals--;
                livingMortals = mortals;
            }
        }
        living = lives.size();
    }

    /** How many mortals there are to be at each time, from now on. */
    void mortals(int count) {
        wantedMortals = count;
    }

    /** How many there are. */
    int livingMortals() {
        return livingMortals;
    }

    /** How many processes it keeps. */
    int living() {
        return living;
    }

    /** The processes that live until the end, and their pids. */
    Map<String, Integer> pids() {
        return Map.copyOf(pids);
    }

    /** How many ends it was told of. */
    long exits() {
        return exits.get();
    }

    /** Tells all processes to end; they have when {@link #living} is 0. */
    void end() {
        ending = true;
    }

    void check() {
        thread.check();
    }

    /** Ends it; how many lines it has seen, each of them once. */
    long stop() {
        thread.stop();
        channel.close();
        return lines;
    }

    @Override
    public void close() {
        thread.close();
    }
}
