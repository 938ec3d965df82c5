package circus.tests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javax.tools.JavaCompiler;
import javax.tools.ToolProvider;

/** Java classes as users bring them along: compiled against circus-protocol alone, in a jar. */
public final class SourceJar {
    private static final String SERVICES = "META-INF/services/";

    private SourceJar() {}

    /**
     * Makes {@code NAME} in the home.
     *
     * @param sources by the names of their classes
     */
    public static Path make(Home home, String name, Map<String, String> sources) {
        return make(home, name, sources, Map.of());
    }

    /** @param services the names of providers, by the interface */
    public static Path make(Home home, String name, Map<String, String> sources, Map<String, String> services) {
        try {
            Path classes = Files.createDirectories(home.path(name + ".classes"));
            List<String> command = new ArrayList<>(List.of("-cp", library(), "-d", classes.toString()));
            sources.forEach((type, source) ->
                    command.add(home.write(name + ".source/" + type.replace('.', '/') + ".java", source)
                            .toString()));
            JavaCompiler compiler = Objects.requireNonNull(ToolProvider.getSystemJavaCompiler(), "a compiler");
            assertThat(compiler.run(null, null, null, command.toArray(String[]::new)))
                    .as("compiled")
                    .isZero();
            services.forEach((type, provider) -> home.write(name + ".classes/" + SERVICES + type, provider + "\n"));
            return pack(classes, home.path(name));
        } catch (IOException cannot) {
            throw new UncheckedIOException(cannot);
        }
    }

    private static String library() throws IOException {
        try (Stream<Path> jars = Files.list(Installation.built().resolve("lib/circus"))) {
            return jars.filter(jar -> jar.getFileName().toString().startsWith("circus-protocol"))
                    .findFirst()
                    .orElseThrow()
                    .toString();
        }
    }

    private static Path pack(Path classes, Path into) throws IOException {
        try (OutputStream out = Files.newOutputStream(into);
                JarOutputStream jar = new JarOutputStream(out);
                Stream<Path> files = Files.walk(classes)) {
            for (Path each : (Iterable<Path>) files.filter(Files::isRegularFile)::iterator) {
                jar.putNextEntry(new JarEntry(classes.relativize(each).toString()));
                jar.write(Files.readAllBytes(each));
                jar.closeEntry();
            }
        }
        return into;
    }
}
