package circus.manager.upgrade;

import java.io.IOException;
import java.lang.System.Logger.Level;
import java.net.URISyntaxException;
import java.nio.file.Path;
import java.security.CodeSource;
import java.util.List;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;

/** Has the JVM load what a manager needs while nobody waits for it: the classes of circusd's own jar. */
public final class Warmup {
    private static final System.Logger LOG = System.getLogger(Warmup.class.getName());
    private static final String CLASS = ".class";

    private Warmup() {}

    /** Takes some tenths of a second. What cannot be loaded will be missed when it is needed, as ever. */
    public static void run() {
        CodeSource source = Warmup.class.getProtectionDomain().getCodeSource();
        if (source == null || !source.getLocation().getPath().endsWith(".jar")) {
            return;
        }
        try (ZipFile jar = new ZipFile(Path.of(source.getLocation().toURI()).toFile())) {
            List<String> names = jar.stream()
                    .map(ZipEntry::getName)
                    .filter(name ->
                            name.startsWith("circus/") && name.endsWith(CLASS) && !name.contains("package-info"))
                    .map(name ->
                            name.substring(0, name.length() - CLASS.length()).replace('/', '.'))
                    .toList();
            names.forEach(Warmup::load);
        } catch (IOException | URISyntaxException unreadable) {
            LOG.log(Level.DEBUG, "cannot look into the jar of circusd: {0}", unreadable.toString());
        }
    }

    private static void load(String name) {
        try {
            Class<?> unused = Class.forName(name, true, Warmup.class.getClassLoader());
        } catch (ClassNotFoundException | LinkageError missing) {
            LOG.log(Level.DEBUG, "{0} is not loaded: {1}", name, missing.toString());
        }
    }
}
