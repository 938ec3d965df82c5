package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.disk.LogStore;
import circus.manager.line.Layout;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However often and wherever the manager is killed, each file holds every byte once. */
final class CrashTest {
    private static final long ROUNDS = 250 * Long.getLong("circus.rounds", 3);
    private static final List<Path> PATHS =
            IntStream.range(0, 3).mapToObj(i -> Path.of("/log/" + i)).toList();

    private static World.Rules rules(Random random) {
        return new World.Rules(
                1 + random.nextInt(3),
                1 + random.nextInt(4),
                random.nextBoolean(),
                random.nextBoolean(),
                random.nextInt(4) == 0,
                random.nextInt(4) == 0,
                random.nextInt(3) == 0,
                random.nextInt(3) == 0,
                false,
                false);
    }

    private static void play(long seed, World.Rules rules, LogStore disk, List<Path> paths) throws IOException {
        try {
            Random lives = new Random(seed);
            World world = new World(seed, rules, disk, paths);
            world.dieAfter(1 + lives.nextInt(60));
            world.run(50 + lives.nextInt(rules.isCounted() ? 150 : 300), () -> 1 + lives.nextInt(60));
            world.finish();
            world.check();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + " with " + rules + ": " + e.getMessage(), e);
        }
    }

    @Test
    void files_are_exact_after_many_deaths_at_random_points() throws IOException {
        for (long seed = 0; seed < ROUNDS; seed++) {
            play(seed, rules(new Random(seed)), new MemoryStore(), PATHS);
        }
    }

    @Test
    void files_of_json_are_exact_after_many_deaths() throws IOException {
        for (long seed = 0; seed < ROUNDS / 4; seed++) {
            Random random = new Random(seed);
            World.Rules rules = new World.Rules(
                    1 + random.nextInt(2),
                    1 + random.nextInt(4),
                    false,
                    random.nextBoolean(),
                    false,
                    random.nextInt(4) == 0,
                    false,
                    random.nextInt(3) == 0,
                    false,
                    false);
            World world = new World(seed, rules, new MemoryStore(), PATHS, Layout.json(Optional.empty()));
            try {
                world.dieAfter(1 + random.nextInt(60));
                world.run(50 + random.nextInt(300), () -> 1 + random.nextInt(60));
                world.finish();
                world.check();
            } catch (AssertionError | RuntimeException e) {
                throw new AssertionError("seed " + seed + " with " + rules + ": " + e.getMessage(), e);
            }
        }
    }

    @Test
    void streams_lose_and_double_nothing_while_they_are_sent_to_other_files() throws IOException {
        for (long seed = 0; seed < ROUNDS / 4; seed++) {
            Random random = new Random(seed);
            World.Rules rules = new World.Rules(
                    3,
                    2 + random.nextInt(3),
                    false,
                    random.nextBoolean(),
                    true,
                    false,
                    false,
                    random.nextInt(3) == 0,
                    true,
                    false);
            play(seed, rules, new MemoryStore(), PATHS);
        }
    }

    @Test
    void strangers_who_write_to_the_same_files_lose_nothing_and_neither_do_we() throws IOException {
        for (long seed = 0; seed < ROUNDS / 4; seed++) {
            Random random = new Random(seed);
            World.Rules rules = new World.Rules(
                    2, 2, false, random.nextBoolean(), true, false, false, random.nextInt(3) == 0, false, true);
            play(seed, rules, new MemoryStore(), PATHS);
        }
    }

    @Test
    void files_on_a_real_disk_are_exact_after_many_deaths(@TempDir Path directory) throws IOException {
        for (long seed = 0; seed < 40; seed++) {
            long round = seed;
            List<Path> paths = IntStream.range(0, 3)
                    .mapToObj(i -> directory.resolve(round + "-" + i))
                    .toList();
            play(seed, rules(new Random(seed)), new DiskStore(), paths);
        }
    }

    @Test
    void a_death_at_each_single_point_of_a_run_leaves_files_exact() throws IOException {
        for (long seed = 0; seed < 6; seed++) {
            World.Rules rules = rules(new Random(seed));
            long point = 0;
            long points = Long.MAX_VALUE;
            while (++point <= points) {
                World world = new World(seed, rules, new MemoryStore(), PATHS);
                world.dieAfter(point);
                try {
                    world.run(120, () -> Long.MAX_VALUE / 2);
                    points = world.deaths() == 0 ? point : points;
                    world.finish();
                    world.check();
                } catch (AssertionError | RuntimeException e) {
                    throw new AssertionError(
                            "seed " + seed + ", death " + point + " with " + rules + ": " + e.getMessage(), e);
                }
            }
        }
    }
}
