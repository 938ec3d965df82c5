package papa.upgrade;

import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.jar.JarEntry;
import java.util.jar.JarFile;
import org.jspecify.annotations.Nullable;
import papa.loop.Log;

/**
 * All classes of papa, loaded while its jar is what it was when papa began. A JVM loads a class when it is needed for the
 * first time, so those of an upgrade are asked for when a careless hand may have copied the jars of the next version over
 * ours: what they are asked for by then is garbage.
 *
 * <p>The log is made ready likewise. A thread does it, which then ends; until then a class that is needed is loaded as ever.
 */
public final class OwnClasses {
    private static final String THREAD = "papa-classes";
    private static final String END = ".class";

    private OwnClasses() {}

    /** Begins. Nothing is done for a program that lies in a folder, where each class is a file of its own. */
    public static void load() {
        try {
            Thread thread = new Thread(OwnClasses::run, THREAD);
            thread.setDaemon(true);
            thread.start();
        } catch (OutOfMemoryError noThread) {
            Log.debug("cannot load all classes ahead: " + noThread.getMessage());
        }
    }

    private static void run() {
        try {
            Log.prepare();
            Path jar = jar();
            if (jar != null) {
                for (String each : names(jar)) {
                    Class.forName(each, false, OwnClasses.class.getClassLoader());
                }
            }
        } catch (IOException | URISyntaxException | ClassNotFoundException | LinkageError | OutOfMemoryError failed) {
            Log.debug("cannot load all classes ahead: " + failed);
        }
    }

    private static @Nullable Path jar() throws URISyntaxException {
        CodeSource source = OwnClasses.class.getProtectionDomain().getCodeSource();
        URI location = source == null ? null : source.getLocation().toURI();
        Path path = location == null ? null : Path.of(location);
        return path == null || !Files.isRegularFile(path) ? null : path;
    }

    private static List<String> names(Path path) throws IOException {
        try (JarFile jar = new JarFile(path.toFile(), false)) {
            return jar.stream()
                    .map(JarEntry::getName)
                    .filter(each -> each.endsWith(END) && !each.contains("-")) // package-info
                    .map(each -> each.substring(0, each.length() - END.length()).replace('/', '.'))
                    .toList();
        }
    }
}
