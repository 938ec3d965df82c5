package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.disk.DiskTask;
import circus.manager.disk.LogStore;
import circus.manager.line.Layout;
import circus.manager.line.Utf8;
import circus.manager.rotation.Rotation;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalInt;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/**
 * Workers, a kernel, files, and a manager that is killed and started again; all of it decided by one number. What the
 * manager does is the product's own code; only its thread, its socket and, where wanted, its disk are played.
 */
final class World {
    /**
     * What may happen.
     *
     * @param files how many files the streams share
     * @param workers how many there are
     * @param prefix whether lines begin with a time
     * @param waits whether the clock runs on while lines are open
     * @param characters whether it may do so while a character is incomplete
     * @param longLines whether lines may be longer than what is kept of an open one
     * @param drops whether the kernel may lose what was not committed while no manager is there
     * @param fullDisk whether writes may fail
     * @param moves whether streams may be sent to other files
     * @param strangers whether somebody else writes to the files, too
     */
    record Rules(
            int files,
            int workers,
            boolean prefix,
            boolean waits,
            boolean characters,
            boolean longLines,
            boolean drops,
            boolean fullDisk,
            boolean moves,
            boolean strangers) {
        /** Whether it matters which byte is which, since some may be elsewhere. */
        boolean isCounted() {
            return drops || moves || strangers;
        }
    }

    private static final long LATE = Duration.ofMillis(1200).toNanos();
    private static final int REPLACEMENT = 0xfffd;

    private final long seed;
    private final Rules rules;
    private final Layout layout;
    private final FileCare care;
    private final Random random;
    private final Fate fate;
    private final ModelKernel kernel;
    private final LogStore disk;
    private final DeadlyStore store;
    private final List<Path> paths;
    private final Map<StreamId, Path> routes = new HashMap<>();
    private final Speech speech;
    private final List<String> strangersLines = new ArrayList<>();
    private OutputRoutes table = OutputRoutes.none();
    private @Nullable OutputBook book;
    private TestCrew crew = new TestCrew(false);
    private long nowNanos = 1;
    private int deaths;

    /** Whether a file could not be written for a second, so that lines had to wait, and were begun and not ended. */
    private boolean wasLate;

    World(long seed, Rules rules, LogStore disk, List<Path> paths) {
        this(seed, rules, disk, paths, rules.prefix() ? Layout.timed(Exactness.TIME_FORMAT) : Layout.PLAIN);
    }

    World(long seed, Rules rules, LogStore disk, List<Path> paths, Layout layout) {
        this(seed, rules, disk, paths, layout, FileCare.plain());
    }

    World(long seed, Rules rules, LogStore disk, List<Path> paths, Layout layout, FileCare care) {
        this.seed = seed;
        this.care = care;
        this.rules = rules;
        this.layout = layout;
        this.random = new Random(seed);
        this.fate = new Fate(new Random(seed + 1));
        this.kernel = new ModelKernel(new Random(seed + 2), fate);
        this.disk = disk;
        if (disk instanceof MemoryStore memory) {
            memory.clock(kernel::micros);
        }
        this.store = new DeadlyStore(disk, fate, new Random(seed + 3));
        this.paths = paths;
        this.speech = new Speech(random, rules.isCounted(), rules.longLines());
        for (int i = 0; i < rules.workers(); i++) {
            kernel.start(i + 1, "w" + (i + 1));
            for (Channel channel : Channel.values()) {
                route(new StreamId(i + 1, channel), paths.get(random.nextInt(rules.files())));
            }
        }
    }

    @Override
    public String toString() {
        return "seed " + seed + " with " + rules + " " + care;
    }

    Fate fate() {
        return fate;
    }

    int deaths() {
        return deaths;
    }

    /** Lets the manager die at the n-th thing from now. */
    void dieAfter(long things) {
        fate.dieAt(fate.count() + things);
    }

    /** Takes so many steps; after each death a new manager starts, which dies after as many things as this says. */
    void run(int steps, LongSupplier nextLife) {
        for (int i = 0; i < steps; i++) {
            try {
                live();
                step();
            } catch (Killed e) {
                deaths++;
                kernel.hangUp();
                store.closeAll();
                book = null;
                aloneFor(random.nextInt(4));
                dieAfter(nextLife.getAsLong());
            }
        }
    }

    /** A manager is there, a new one if need be. */
    private OutputBook live() {
        if (book != null) {
            return book;
        }
        ZoneId zone = ZoneId.of("UTC");
        crew = new TestCrew(false);
        Recoveries recoveries = new Recoveries(kernel.values(), store, kernel::replay, zone);
        crew.hand(recoveries.tasks(0));
        boolean isPatient = random.nextInt(3) > 0;
        while (!recoveries.isIdle() && (isPatient || random.nextBoolean())) {
            crew.work();
            crew.takeDone().forEach(DiskTask::complete);
        }
        wasLate |= !recoveries.isIdle();
        for (List<String> commit : recoveries.outcome().commits()) {
            fate.pass("before recovered commit");
            kernel.carryOut(commit);
            fate.pass("after recovered commit");
        }
        PacedSink console = PacedSink.console("none", new ByteArrayOutputStream(), false, () -> {});
        OutputBook started = new OutputBook(
                ModelKernel.PREFIX,
                zone,
                store,
                crew,
                kernel::micros,
                recoveries,
                new Outlets(Map.of(Channel.OUT, console, Channel.ERR, console)),
                kernel,
                reason -> {
                    throw new AssertionError(reason);
                });
        started.routes(table);
        kernel.follow(started);
        book = started;
        return started;
    }

    private void aloneFor(int steps) {
        for (int i = 0; i < steps; i++) {
            say();
            if (rules.drops()) {
                kernel.dropOldest(anyStream(), random.nextInt(4));
            }
        }
    }

    private void step() {
        int dice = random.nextInt(100);
        if (dice < 25) {
            say();
        } else if (dice < 35) {
            crew.work();
        } else if (dice < 50) {
            kernel.send();
        } else if (dice < 62) {
            kernel.serve();
        } else if (dice < 75) {
            kernel.deliver();
        } else if (dice < 80) {
            everything();
        } else if (dice < 95) {
            turn(0);
        } else if (dice < 98) {
            if (rules.waits()) {
                if (!rules.characters()) {
                    finishCharacters();
                    everything();
                }
                turn(LATE);
            } else {
                turn(Duration.ofMillis(random.nextInt(8) == 0 ? 110 : 5).toNanos());
            }
        } else {
            trouble();
        }
    }

    private void trouble() {
        if (rules.fullDisk() && random.nextBoolean()) {
            store.full(random.nextBoolean());
        }
        if (rules.drops()) {
            kernel.dropOldest(anyStream(), random.nextInt(3));
        }
        Path path = paths.get(random.nextInt(rules.files()));
        if (rules.moves()) {
            StreamId id = anyStream();
            route(id, path);
            live().routes(table);
        }
        if (rules.strangers()) {
            String line = "a stranger's line number " + strangersLines.size() + "\n";
            strangersLines.add(line);
            byte[] bytes = line.getBytes(StandardCharsets.UTF_8);
            try (LogStore.Appender file = disk.open(path, OptionalInt.empty())) {
                file.append(bytes, 0, bytes.length);
            } catch (IOException e) {
                throw new AssertionError(e);
            }
        }
    }

    private void route(StreamId id, Path path) {
        routes.put(id, path);
        table = table.with(
                "w" + id.incarnation(), id.channel(), new OutputRoute.ToFile(path, layout, care, Overflow.DROP));
    }

    /** The kernel does all it has to do, and the manager hears all of it. */
    private boolean everything() {
        boolean any = false;
        while (kernel.serve() || kernel.send() || kernel.deliver() || crew.work()) {
            any = true;
        }
        return any;
    }

    private void turn(long later) {
        nowNanos += later;
        kernel.pass(Duration.ofNanos(later));
        live().turn(nowNanos);
    }

    private StreamId anyStream() {
        return new StreamId(1 + random.nextInt(rules.workers()), random.nextBoolean() ? Channel.OUT : Channel.ERR);
    }

    private void say() {
        int most = random.nextInt(8) == 0 ? 4 : rules.longLines() && random.nextInt(3) == 0 ? 16 * 1024 : 300;
        say(anyStream(), 1 + random.nextInt(most));
    }

    private void say(StreamId id, int count) {
        byte[] bytes = speech.next(id, count);
        if (bytes.length > 0) {
            kernel.say(id, bytes);
        }
    }

    private void finishCharacters() {
        for (StreamId id : kernel.pipes().keySet()) {
            byte[] said = kernel.pipe(id).everything();
            while (Utf8.unfinished(said, 0, said.length) > 0) {
                say(id, 1);
                said = kernel.pipe(id).everything();
            }
        }
    }

    /** All workers end; the last manager may do all that is left to do. */
    void finish() {
        fate.liveForEver();
        store.full(false);
        for (long incarnation = 1; incarnation <= rules.workers(); incarnation++) {
            kernel.end(incarnation);
        }
        for (int i = 0; i < 20 || (i < 2000 && !live().isSettled()); i++) {
            live();
            everything();
            turn(i >= 10 && i < 20 ? LATE : Duration.ofMillis(20).toNanos());
        }
        everything();
        OutputBook last = live();
        assertThat(last.isSettled()).isTrue();
        for (ModelKernel.Pipe pipe : kernel.pipes().values()) {
            assertThat(pipe.committed).as(pipe.id.text()).isEqualTo(pipe.end);
            assertThat(last.isDone(pipe.id.incarnation())).isTrue();
        }
        last.close(Duration.ZERO);
        book = null;
    }

    /** Looks at every file. */
    void check() throws IOException {
        if (rules.moves() || rules.strangers()) {
            checkAllTogether();
            return;
        }
        for (Path path : paths) {
            List<ModelKernel.Pipe> pipes = new ArrayList<>();
            routes.forEach((id, routed) -> {
                if (routed.equals(path)) {
                    pipes.add(kernel.pipe(id));
                }
            });
            if (pipes.isEmpty()) {
                continue;
            }
            if (layout.isRendered()) {
                int scraps = JsonExactness.check(pipes, content(path));
                assertThat(rules.longLines() || scraps == 0).isTrue();
                continue;
            }
            Exactness exactness = Exactness.check(pipes, rules.prefix(), content(path));
            if (!wasLate && !rules.waits() && !rules.longLines() && !rules.drops() && !rules.fullDisk()) {
                assertThat(exactness.breaks()).as("lines broken").isLessThanOrEqualTo(pipes.size());
            }
            if (!rules.characters() && !rules.drops()) {
                assertThat(exactness.brokenCharacters()).isZero();
            }
            if (!rules.drops()) {
                assertThat(exactness.scraps()).isZero();
            }
        }
    }

    /** What was written to a file, to those that were put aside before it, too. Prefixes that nobody could end have ended with their files. */
    private byte[] content(Path path) throws IOException {
        ByteArrayOutputStream content = new ByteArrayOutputStream();
        for (Path each : older(path)) {
            content.writeBytes(bytes(each));
            if (rules.prefix() && rules.drops() && Exactness.endsInAScrap(content.toByteArray())) {
                content.write('\n');
            }
        }
        content.writeBytes(bytes(path));
        return content.toByteArray();
    }

    /** Their names tell which was made first. */
    private List<Path> older(Path path) throws IOException {
        String beginning = path.getFileName() + ".";
        Path folder = Objects.requireNonNull(path.getParent());
        Comparator<String> byAge = care.rotation() instanceof Rotation.BySize
                ? Comparator.comparing(suffix -> -Long.parseLong(suffix))
                : Comparator.naturalOrder();
        return disk.shelf().names(folder, beginning).stream()
                .map(name -> name.substring(beginning.length()))
                .peek(suffix -> assertThat(suffix).as("two files of one time").doesNotContain("."))
                .sorted(byAge)
                .map(suffix -> folder.resolve(beginning + suffix))
                .toList();
    }

    private byte[] bytes(Path path) throws IOException {
        try {
            byte[] bytes = disk.read(path, 0, (int) disk.look(path).size());
            if (care.rotation() instanceof Rotation.BySize bySize && bytes.length >= bySize.maxBytes()) {
                int end = bytes[bytes.length - 1] == '\n' ? bytes.length - 1 : bytes.length;
                assertThat(new String(bytes, 0, end, StandardCharsets.ISO_8859_1))
                        .as(path + " of " + bytes.length + " bytes")
                        .doesNotContain("\n");
            }
            return bytes;
        } catch (NoSuchFileException e) {
            // Nobody was sent there.
            return new byte[0];
        }
    }

    /**
     * Looks at all files as one: streams go from one to the other, or strangers write in between. Then each character is
     * there once (with strangers: at least once), in order within each file, and no line has characters of two streams.
     * Only a write that is torn within a character, and a stream that goes on elsewhere, may part a character.
     */
    private void checkAllTogether() throws IOException {
        Map<Integer, Integer> found = new TreeMap<>();
        int scraps = 0;
        StringBuilder everything = new StringBuilder();
        for (Path path : paths.subList(0, rules.files())) {
            String text = new String(content(path), StandardCharsets.UTF_8);
            everything.append(text);
            scraps += (int) text.codePoints().filter(c -> c == REPLACEMENT).count();
            Map<Integer, Integer> last = new HashMap<>();
            for (String line : text.lines().toList()) {
                int[] ours = line.codePoints().filter(World::isSaid).toArray();
                assertThat(Arrays.stream(ours).map(c -> c / 0x1000).distinct().count())
                        .as(line)
                        .isLessThanOrEqualTo(1);
                for (int c : ours) {
                    found.merge(c, 1, Integer::sum);
                    Integer before = last.put(c / 0x1000, c);
                    assertThat(before == null || before < c || rules.strangers())
                            .as("in order: " + line)
                            .isTrue();
                }
            }
        }
        strangersLines.forEach(line -> assertThat(everything).contains(line));
        List<Integer> missing = new ArrayList<>();
        for (ModelKernel.Pipe pipe : kernel.pipes().values()) {
            String said = new String(pipe.everything(), StandardCharsets.UTF_8);
            said.codePoints()
                    .filter(World::isSaid)
                    .filter(c -> !found.containsKey(c))
                    .forEach(missing::add);
        }
        assertThat(missing).as("missing").hasSizeLessThanOrEqualTo(scraps);
        if (!rules.strangers()) {
            assertThat(found.values()).as("how often").containsOnly(1);
        }
    }

    private static boolean isSaid(int character) {
        return character >= 0x1000 && character != REPLACEMENT;
    }
}
