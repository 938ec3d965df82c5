package circus.manager.output;

import circus.manager.disk.DiskStore;
import circus.manager.line.Layout;
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

    private static void play(long seed, World.Rules rules, World world) {
        Lives.many(world, seed, rules.isCounted() ? 150 : 300, 60);
    }

    private static void play(long seed, World.Rules rules) {
        play(seed, rules, new World(seed, rules, new MemoryStore(), PATHS));
    }

    @Test
    void files_are_exact_after_many_deaths_at_random_points() {
        for (long seed = 0; seed < ROUNDS; seed++) {
            play(seed, rules(new Random(seed)));
        }
    }

    @Test
    void files_of_json_are_exact_after_many_deaths() {
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
            play(seed, rules, new World(seed, rules, new MemoryStore(), PATHS, Layout.json(Optional.empty())));
        }
    }

    @Test
    void streams_lose_and_double_nothing_while_they_are_sent_to_other_files() {
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
            play(seed, rules);
        }
    }

    @Test
    void strangers_who_write_to_the_same_files_lose_nothing_and_neither_do_we() {
        for (long seed = 0; seed < ROUNDS / 4; seed++) {
            Random random = new Random(seed);
            World.Rules rules = new World.Rules(
                    2, 2, false, random.nextBoolean(), true, false, false, random.nextInt(3) == 0, false, true);
            play(seed, rules);
        }
    }

    @Test
    void files_on_a_real_disk_are_exact_after_many_deaths(@TempDir Path directory) {
        for (long seed = 0; seed < 40; seed++) {
            long round = seed;
            List<Path> paths = IntStream.range(0, 3)
                    .mapToObj(i -> directory.resolve(round + "-" + i))
                    .toList();
            World.Rules rules = rules(new Random(seed));
            play(seed, rules, new World(seed, rules, new DiskStore(), paths));
        }
    }

    @Test
    void a_death_at_each_single_point_of_a_run_leaves_files_exact() {
        for (long seed = 0; seed < 6; seed++) {
            World.Rules rules = rules(new Random(seed));
            long each = seed;
            Lives.oneToEachPoint(() -> new World(each, rules, new MemoryStore(), PATHS), 120);
        }
    }
}
