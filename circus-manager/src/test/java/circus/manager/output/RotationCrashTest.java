package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.LogStore;
import circus.manager.line.Layout;
import circus.manager.rotation.Rotation;
import circus.options.RotateWhen;
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

    private static void play(long seed, World world) {
        Lives.many(world, seed, 250, 80);
    }

    @Test
    void rotated_files_are_exact_after_many_deaths_at_random_points() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            play(seed, world(seed, new MemoryStore(), PATHS));
        }
    }

    @Test
    void rotated_files_of_json_are_exact_after_many_deaths() {
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
    void rotated_files_on_a_real_disk_are_exact_after_many_deaths(@TempDir Path directory) {
        for (long seed = 0; seed < 30; seed++) {
            long round = seed;
            List<Path> paths = IntStream.range(0, 2)
                    .mapToObj(i -> directory.resolve(round + "-" + i))
                    .toList();
            play(seed, world(seed, new DiskStore(), paths));
        }
    }

    @Test
    void a_death_at_each_single_point_of_a_run_with_rotations_leaves_files_exact() {
        for (long seed = 0; seed < 6; seed++) {
            long each = seed;
            Lives.oneToEachPoint(() -> world(each, new MemoryStore(), PATHS), 100);
        }
    }
}
