package circus.manager.output;

import java.io.IOException;
import java.util.Random;
import java.util.function.Supplier;

/** What may become of the managers of a {@link World}. Looks at its files in the end; what is wrong with them tells which world it was. */
final class Lives {
    private interface Course {
        void run() throws IOException;
    }

    private Lives() {}

    /**
     * One manager after the other dies at some point.
     *
     * @param steps how many are taken, but for the first fifty, less than this
     * @param life the most things that one does
     */
    static void many(World world, long seed, int steps, int life) {
        Random lives = new Random(seed);
        told(world, "", () -> {
            world.dieAfter(1 + lives.nextInt(life));
            world.run(50 + lives.nextInt(steps), () -> 1 + lives.nextInt(life));
            world.finish();
            world.check();
        });
    }

    /** One manager dies at the first point of a world, at the second of another such world, and so on; the next one lives for ever. */
    static void oneToEachPoint(Supplier<World> worlds, int steps) {
        boolean died = true;
        for (long point = 1; died; point++) {
            World world = worlds.get();
            world.dieAfter(point);
            told(world, ", death " + point, () -> {
                world.run(steps, () -> Long.MAX_VALUE / 2);
                world.finish();
                world.check();
            });
            died = world.deaths() > 0;
        }
    }

    private static void told(World world, String where, Course course) {
        try {
            course.run();
        } catch (AssertionError | RuntimeException | IOException e) {
            throw new AssertionError(world + where + ": " + e.getMessage(), e);
        }
    }
}
