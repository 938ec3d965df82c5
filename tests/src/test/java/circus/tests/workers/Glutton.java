package circus.tests.workers;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.locks.LockSupport;
import java.util.jar.Attributes;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.jar.Manifest;
import org.jspecify.annotations.Nullable;

/**
 * Takes all of the heap of a JVM that it is put into, by {@code -javaagent:JAR=FILE}, as soon as FILE says that somebody is "waiting for
 * commands"; and keeps it.
 */
public final class Glutton {
    private static final String SIGN = "waiting for commands";
    private static final long PAUSE_NANOS = 1_000_000;
    private static final int MOST = 1 << 20;
    private static final int LEAST = 16;

    /** What was taken last, with what was taken before it. */
    private static volatile Object @Nullable [] kept;

    private Glutton() {}

    /** What a JVM calls that has it for an agent. */
    public static void premain(String file) {
        Thread thread = new Thread(() -> eat(Path.of(file)), "glutton");
        thread.setDaemon(true);
        thread.start();
    }

    private static void eat(Path file) {
        while (!saysSo(file)) {
            LockSupport.parkNanos(20 * PAUSE_NANOS);
        }
        int size = MOST;
        while (true) {
            try {
                kept = new Object[] {kept, new byte[size]};
            } catch (OutOfMemoryError full) {
                // What others let go is taken, too.
                size = size <= LEAST ? MOST : size / 2;
                LockSupport.parkNanos(PAUSE_NANOS);
            }
        }
    }

    private static boolean saysSo(Path file) {
        try {
            return Files.exists(file) && Files.readString(file).contains(SIGN);
        } catch (IOException notYet) {
            return false;
        }
    }

    /** Makes the JAR. */
    public static void pack(Path jar) throws IOException {
        Manifest manifest = new Manifest();
        manifest.getMainAttributes().put(Attributes.Name.MANIFEST_VERSION, "1.0");
        manifest.getMainAttributes().putValue("Premain-Class", Glutton.class.getName());
        String entry = Glutton.class.getName().replace('.', '/') + ".class";
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream packed = new JarOutputStream(out, manifest)) {
            packed.putNextEntry(new JarEntry(entry));
            Files.copy(Path.of("target", "test-classes").resolve(entry), packed);
            packed.closeEntry();
        }
    }
}
