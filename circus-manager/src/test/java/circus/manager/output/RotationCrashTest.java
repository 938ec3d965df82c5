package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.LogStore;
import circus.manager.line.Layout;
import circus.manager.rotation.Rotation;
import circus.options.RotateWhen;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However often and wherever the manager is killed while files are rotated, all of them together hold every byte once. */
final class RotationCrashTest {
    private static final long ROUNDS = 100 * Long.getLong("circus.rounds", 3);
    private static final int ALL = 100_000;
    private static final List<Path> PATHS =
            IntStream.range(0, 2).mapToObj(i -> Path.of("/log/" + i)).toList();

    private static World.Rules rules(Random random) {
        return new World.Rules(
                1 + random.nextInt(2),
                1 + random.nextInt(4),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(4) == 0,
                random.nextInt(6) == 0,
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                false,
                false);
    }

    private static FileCare care(Random random, boolean knowsTheTime) {
        Rotation rotation = random.nextInt(3) == 0 && knowsTheTime
                ? new Rotation.ByTime(RotateWhen.S, 1, true, 0)
                : new Rotation.BySize(20 + random.nextInt(random.nextBoolean() ? 200 : 3000), ALL);
        return new FileCare(rotation, random.nextInt(4) == 0, OptionalInt.empty(), false);
    }

    private static World world(long seed, LogStore disk, List<Path> paths) {
        Random random = new Random(seed);
        World.Rules rules = rules(random);
        Layout layout = rules.prefix() ? Layout.timed(Exactness.TIME_FORMAT) : Layout.PLAIN;
        return new World(seed, rules, disk, paths, layout, care(random, disk instanceof MemoryStore));
    }

    private static void play(long seed, LogStore disk, List<Path> paths) throws IOException {
        play(seed, world(seed, disk, paths));
    }

    private static void play(long seed, World world) throws IOException {
        Random lives = new Random(seed);
        try {
            world.dieAfter(1 + lives.nextInt(80));
            world.run(50 + lives.nextInt(250), () -> 1 + lives.nextInt(80));
            world.finish();
            world.check();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + " with " + world + ": " + e.getMessage(), e);
        }
    }

    @Test
    void rotated_files_are_exact_after_many_deaths_at_random_points() throws IOException {
        for (long seed = 0; seed < ROUNDS; seed++) {
            play(seed, new MemoryStore(), PATHS);
        }
    }

    @Test
    void rotated_files_of_json_are_exact_after_many_deaths() throws IOException {
        for (long seed = 0; seed < ROUNDS / 3; seed++) {
            Random random = new Random(seed);
            World.Rules rules = new World.Rules(
                    1 + random.nextInt(2),
                    1 + random.nextInt(4),
                    false,
                    random.nextBoolean(),
                    false,
                    random.nextInt(6) == 0,
                    false,
                    random.nextInt(4) == 0,
                    false,
                    false);
            play(
                    seed,
                    new World(
                            seed, rules, new MemoryStore(), PATHS, Layout.json(Optional.empty()), care(random, true)));
        }
    }

    @Test
    void rotated_files_on_a_real_disk_are_exact_after_many_deaths(@TempDir Path directory) throws IOException {
        for (long seed = 0; seed < 30; seed++) {
            long round = seed;
            List<Path> paths = IntStream.range(0, 2)
                    .mapToObj(i -> directory.resolve(round + "-" + i))
                    .toList();
            play(seed, new DiskStore(), paths);
        }
    }

    @Test
    void a_death_at_each_single_point_of_a_run_with_rotations_leaves_files_exact() throws IOException {
        for (long seed = 0; seed < 6; seed++) {
            long point = 0;
            long points = Long.MAX_VALUE;
            while (++point <= points) {
                World world = world(seed, new MemoryStore(), PATHS);
                world.dieAfter(point);
                try {
                    world.run(100, () -> Long.MAX_VALUE / 2);
                    points = world.deaths() == 0 ? point : points;
                    world.finish();
                    world.check();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            "seed " + seed + ", death " + point + " with " + world + ": " + e.getMessage(), e);
                }
            }
        }
    }
}
