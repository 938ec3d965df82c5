package circus.manager.home;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The folder with {@code bin} and {@code lib} from which other programs of ours are started. The launchers say which it is, by a system
 * property; a program that embeds a manager has no launcher of ours. Reads the disk; any thread.
 */
public final class Home {
    /** What is told where {@link #find} finds none: why, and what to do. */
    public static final String UNKNOWN = "neither the system property circus.home nor the variable CIRCUS_HOME"
            + " says where Circus is installed, and circus-manager's jar lies in no installation";

    private static final String PROPERTY = "circus.home";
    private static final String VARIABLE = "CIRCUS_HOME";

    private Home() {}

    /** What the system property says, or else the variable of this process; or else the one in whose {@code lib/circus} this class's jar lies. */
    public static Optional<Path> find() {
        return find(System.getProperty(PROPERTY), System.getenv(VARIABLE), jar());
    }

    /** Absolute. What is told is taken as it is; what is guessed has to be one. */
    static Optional<Path> find(@Nullable String property, @Nullable String variable, Optional<Path> jar) {
        return Stream.of(Optional.ofNullable(property), Optional.ofNullable(variable))
                .flatMap(Optional::stream)
                .filter(told -> !told.isEmpty())
                .findFirst()
                .map(told -> Path.of(told).toAbsolutePath())
                .or(() -> jar.flatMap(Home::around));
    }

    private static Optional<Path> jar() {
        try {
            return Optional.of(Path.of(Home.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI()));
        } catch (URISyntaxException | RuntimeException nowhere) {
            return Optional.empty();
        }
    }

    private static Optional<Path> around(Path jar) {
        try {
            Path home = jar.toRealPath().resolve("../../..").normalize();
            return Files.isExecutable(home.resolve("bin/papa")) ? Optional.of(home) : Optional.empty();
        } catch (IOException gone) {
            return Optional.empty();
        }
    }
}
