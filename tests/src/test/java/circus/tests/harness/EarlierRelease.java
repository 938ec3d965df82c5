package circus.tests.harness;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.spi.ToolProvider;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * A papa of an earlier commit, and its circusd where that is wanted, in the layout of a release: built from this repository's own history,
 * without Maven, which would take a minute. Its libraries are today's, of the same versions. What was built is kept in {@code
 * target/releases}.
 */
public final class EarlierRelease {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final String OWN = "-earlier.jar";

    /** What runs; tools of builds and tests may be others. */
    private enum Part {
        PAPA("papa", List.of("papa-kernel"), List.of("jnr-ffi")),
        CIRCUS(
                "circus",
                List.of("circus-protocol", "circus-manager"),
                List.of("jackson", "jeromq", "jnacl", "ini4j", "oshi"));

        /** Of {@code lib}. */
        final String folder;

        /** The last one gives our jar its name. */
        final List<String> modules;

        /** As the properties of the top pom.xml name them. */
        final List<String> libraries;

        Part(String folder, List<String> modules, List<String> libraries) {
            this.folder = folder;
            this.modules = modules;
            this.libraries = libraries;
        }

        String jar() {
            return modules.get(modules.size() - 1) + OWN;
        }
    }

    private EarlierRelease() {}

    /**
     * papa alone.
     *
     * @param commit as git names it
     */
    public static Path of(String commit) {
        return of(commit, "", List.of(Part.PAPA));
    }

    /**
     * With circusd, and without circusctl.
     *
     * @param commit as git names it
     */
    public static Path withManager(String commit) {
        return of(commit, "-with-manager", List.of(Part.PAPA, Part.CIRCUS));
    }

    private static Path of(String commit, String suffix, List<Part> parts) {
        String id = resolve(commit);
        Path kept = Path.of("target", "releases", id + suffix).toAbsolutePath();
        try {
            if (!Files.exists(kept.resolve("built"))) {
                Commands.run(LIMIT, "rm", "-rf", kept.toString()).mustSucceed();
                build(id, Files.createDirectories(kept), parts);
                Files.createFile(kept.resolve("built"));
            }
            return kept;
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static String resolve(String commit) {
        Commands.Result result = git("rev-parse", "--verify", "--quiet", commit + "^{commit}");
        if (result.exit() != 0) {
            throw new AssertionError("cannot build the release of commit " + commit + ", with which today's is tried: "
                    + Installation.checkout() + " has no such commit. The test needs the history of the repository"
                    + " (git fetch --unshallow) and git.\n" + result);
        }
        return result.text();
    }

    private static Commands.Result git(String... words) {
        String checkout = Installation.checkout().toString();
        List<String> command = new ArrayList<>(List.of("git", "-c", "safe.directory=" + checkout, "-C", checkout));
        command.addAll(List.of(words));
        return Commands.run(LIMIT, command.toArray(String[]::new));
    }

    private static void build(String id, Path home, List<Part> parts) throws IOException {
        Path archive = home.resolve("sources.tar");
        List<String> words = new ArrayList<>(List.of("archive", "-o", archive.toString(), id, "pom.xml", "bin"));
        parts.forEach(part -> part.modules.forEach(module -> words.add(module + "/src/main")));
        git(words.toArray(String[]::new)).mustSucceed();
        Commands.run(LIMIT, "tar", "-xf", archive.toString(), "-C", home.toString())
                .mustSucceed();
        Files.delete(archive);
        Path today = Installation.built().resolve("lib");
        Commands.run(LIMIT, "mkdir", home.resolve("lib").toString()).mustSucceed();
        Commands.run(LIMIT, "cp", "-r", today.resolve("native").toString(), home.resolve("lib") + "/")
                .mustSucceed();
        for (Part part : parts) {
            sameLibraries(id, home, part);
            Path libraries = Files.createDirectories(home.resolve("lib").resolve(part.folder));
            for (Path library : list(today.resolve(part.folder))) {
                if (!isOurs(library)) {
                    Files.copy(library, libraries.resolve(library.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
                }
            }
            compile(home, part);
        }
    }

    private static boolean isOurs(Path library) {
        String name = library.getFileName().toString();
        return name.startsWith("papa-") || name.startsWith("circus-");
    }

    private static void sameLibraries(String id, Path home, Part part) throws IOException {
        for (String library : part.libraries) {
            String then = version(library, home.resolve("pom.xml"));
            String now = version(library, Installation.checkout().resolve("pom.xml"));
            if (!then.equals(now)) {
                throw new AssertionError("cannot build the release of commit " + id + ": it has " + library + " " + then
                        + ", and today's is " + now + "; pin a later commit");
            }
        }
    }

    private static String version(String library, Path pom) throws IOException {
        String key = Pattern.quote(library + ".version");
        Matcher matcher = Pattern.compile("<" + key + ">(.*)</" + key + ">").matcher(Files.readString(pom));
        return matcher.find() ? matcher.group(1) : "none";
    }

    /** With what is there by now: a part may use those before it. */
    private static void compile(Path home, Part part) throws IOException {
        Path classes = home.resolve("classes").resolve(part.folder);
        List<String> words =
                new ArrayList<>(List.of("-proc:none", "-nowarn", "-XDstringConcat=inline", "--release", "17"));
        List<String> path = new ArrayList<>(List.of(annotations().toString()));
        for (Path folder : list(home.resolve("lib"))) {
            list(folder).stream()
                    .map(Path::toString)
                    .filter(each -> each.endsWith(".jar"))
                    .forEach(path::add);
        }
        words.addAll(List.of("-d", classes.toString(), "-cp", String.join(":", path)));
        List<String> jar = new ArrayList<>(List.of(
                "--create",
                "--file",
                home.resolve("lib").resolve(part.folder).resolve(part.jar()).toString(),
                "-C",
                classes.toString(),
                "."));
        for (String module : part.modules) {
            Path sources = home.resolve(module).resolve("src/main");
            try (Stream<Path> all = Files.walk(sources.resolve("java"))) {
                all.filter(each -> each.toString().endsWith(".java")).forEach(each -> words.add(each.toString()));
            }
            if (Files.isDirectory(sources.resolve("resources"))) {
                jar.addAll(List.of("-C", sources.resolve("resources").toString(), "."));
            }
        }
        tool("javac", words);
        tool("jar", jar);
    }

    private static Path annotations() {
        try {
            return Path.of(NullMarked.class
                    .getProtectionDomain()
                    .getCodeSource()
                    .getLocation()
                    .toURI());
        } catch (URISyntaxException impossible) {
            throw new IllegalStateException(impossible);
        }
    }

    private static void tool(String name, List<String> words) {
        StringWriter said = new StringWriter();
        PrintWriter out = new PrintWriter(said);
        ToolProvider tool = ToolProvider.findFirst(name).orElseThrow();
        if (tool.run(out, out, words.toArray(String[]::new)) != 0) {
            throw new AssertionError(name + " cannot build an earlier release:\n" + said);
        }
    }

    private static List<Path> list(Path folder) throws IOException {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.sorted().toList();
        }
    }

    /** The jar with its {@code KernelChannel}. */
    public static Path client(Path release) {
        return release.resolve("lib/papa").resolve(Part.PAPA.jar());
    }
}
