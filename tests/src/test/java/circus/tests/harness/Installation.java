package circus.tests.harness;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** The build under test: its launchers, and the environment in which tests run them. */
public final class Installation {
    /** Set for every process of a home, and inherited by daemons that daemons start. */
    public static final String MARK = "CIRCUS_TEST_HOME";

    /** The one folder in the archive. */
    public static final String RELEASE = "circus-0.2.0";

    private Installation() {}

    /** The checkout: where {@code bin} and {@code examples} are. */
    public static Path checkout() {
        String given = System.getProperty("circus.checkout");
        if (given != null && !given.isEmpty()) {
            return Path.of(given);
        }
        for (Path above = Path.of("").toAbsolutePath(); above != null; above = above.getParent()) {
            if (Files.exists(above.resolve("bin/circusd"))) {
                return above;
            }
        }
        throw new IllegalStateException("cannot find the checkout: set -Dcircus.checkout=DIR");
    }

    /** What the launchers of the checkout run. */
    public static Path built() {
        return checkout().resolve("dist/target/circus");
    }

    static Path archive() {
        return checkout().resolve("dist/target/" + RELEASE + ".tar.gz");
    }

    public static Path launcher(String program) {
        return checkout().resolve("bin").resolve(program);
    }

    public static Path java() {
        return Path.of(System.getProperty("java.home"), "bin", "java");
    }

    /** Where the Java machine of a circusd with this pid writes what it has to say. */
    public static Path dumps(long pid) {
        return dumps("circusd", pid);
    }

    /** The same of another program. */
    public static Path dumps(String program, long pid) {
        return runtimeFolder().resolve(program + "-" + pid + ".dumps");
    }

    private static Path runtimeFolder() {
        try {
            int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
            return uid == 0 ? Path.of("/run/circus") : Path.of("/tmp/circus-" + uid);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Removes those of managers that were killed, which the next one would remove; also those in namespaces that are gone. */
    static void removeDumps() {
        if (!Files.isDirectory(runtimeFolder())) {
            return;
        }
        try (DirectoryStream<Path> folders = Files.newDirectoryStream(runtimeFolder(), "circus*.dumps")) {
            for (Path each : folders) {
                String pid = each.getFileName().toString().replaceAll("[^0-9]", "");
                if (!Files.exists(Path.of("/proc", pid)) && !isInUse(each)) {
                    Commands.run(Duration.ofSeconds(10), "rm", "-rf", each.toString())
                            .mustSucceed();
                }
            }
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Whether its pid counts in another namespace, in which somebody lives. */
    private static boolean isInUse(Path dumps) throws IOException {
        Path own = Files.readSymbolicLink(Path.of("/proc/self/ns/pid"));
        return !Files.exists(dumps.resolve(own))
                && ProcessHandle.allProcesses()
                        .map(process -> Path.of("/proc/" + process.pid() + "/ns/pid"))
                        .anyMatch(namespace -> {
                            try {
                                return Files.exists(dumps.resolve(Files.readSymbolicLink(namespace)));
                            } catch (IOException gone) {
                                return false;
                            }
                        });
    }

    /** A process builder that runs a program as a user would, but marked as one of {@code home}'s and never building. */
    static void prepare(ProcessBuilder builder, Path home) {
        Map<String, String> environment = builder.environment();
        environment.keySet().removeIf(name -> name.startsWith("CIRCUS") || name.startsWith("PAPA"));
        environment.put(MARK, home.toString());
        environment.put("CIRCUS_BUILD", "never");
        environment.put("CIRCUS_STATE", home.resolve("state").toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
    }
}
