package circus.manager.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A folder with a release in it: {@code bin} and {@code lib}. Reads the disk; not for circus-loop.
 *
 * @param home absolute
 */
record Installation(Path home) {
    private static final String HOME = "-Dcircus.home=";

    /** The one that this program was started from; empty for a program that no launcher has started. */
    static Optional<Installation> own() {
        return Optional.ofNullable(System.getProperty("circus.home"))
                .map(Path::of)
                .map(Installation::new);
    }

    /** The one that another program of ours was started from. */
    static Optional<Installation> of(long pid) {
        try {
            String words =
                    Files.readString(Path.of("/proc", Long.toString(pid), "cmdline"), StandardCharsets.ISO_8859_1);
            for (String word : words.split("\0")) {
                if (word.startsWith(HOME)) {
                    String utf8 = new String(
                            word.substring(HOME.length()).getBytes(StandardCharsets.ISO_8859_1),
                            StandardCharsets.UTF_8);
                    return Optional.of(new Installation(Path.of(utf8)));
                }
            }
        } catch (IOException gone) {
            return Optional.empty();
        }
        return Optional.empty();
    }

    Path launcher() {
        return home.resolve("bin/circusd");
    }

    /** The version of circusd that is there now. */
    Optional<String> manager() {
        return versionOf("circus", "circus-manager-");
    }

    /** The version of papa that is there now. */
    Optional<String> kernel() {
        return versionOf("papa", "papa-kernel-");
    }

    private Optional<String> versionOf(String folder, String jar) {
        try (DirectoryStream<Path> jars =
                Files.newDirectoryStream(home.resolve("lib").resolve(folder), jar + "*.jar")) {
            for (Path each : jars) {
                String name = each.getFileName().toString();
                return Optional.of(name.substring(jar.length(), name.length() - ".jar".length()));
            }
        } catch (IOException none) {
            return Optional.empty();
        }
        return Optional.empty();
    }
}
