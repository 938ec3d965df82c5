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
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;

/**
 * A papa of an earlier commit, in the layout of a release: built from this repository's own history, without Maven, which would take a
 * minute. Its libraries are today's, of the same versions. What was built is kept in {@code target/releases/COMMIT}.
 */
public final class EarlierRelease {
    private static final Duration LIMIT = Duration.ofSeconds(60);
    private static final Pattern JNR = Pattern.compile("<jnr-ffi\\.version>(.*)</jnr-ffi\\.version>");

    private EarlierRelease() {}

    /** @param commit as git names it */
    public static Path of(String commit) {
        String id = resolve(commit);
        Path kept = Path.of("target", "releases", id).toAbsolutePath();
        try {
            if (!Files.exists(kept.resolve("built"))) {
                Commands.run(LIMIT, "rm", "-rf", kept.toString()).mustSucceed();
                build(id, Files.createDirectories(kept));
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

    private static void build(String id, Path home) throws IOException {
        Path archive = home.resolve("sources.tar");
        git("archive", "-o", archive.toString(), id, "pom.xml", "bin", "papa-kernel/src/main")
                .mustSucceed();
        Commands.run(LIMIT, "tar", "-xf", archive.toString(), "-C", home.toString())
                .mustSucceed();
        Files.delete(archive);
        sameLibraries(id, home);
        Path libraries = Files.createDirectories(home.resolve("lib/papa"));
        Path today = Installation.built().resolve("lib");
        for (Path library : list(today.resolve("papa"))) {
            if (!library.getFileName().toString().startsWith("papa-kernel")) {
                Files.copy(library, libraries.resolve(library.getFileName()), StandardCopyOption.COPY_ATTRIBUTES);
            }
        }
        Commands.run(LIMIT, "cp", "-r", today.resolve("native").toString(), home.resolve("lib") + "/")
                .mustSucceed();
        compile(home, libraries);
    }

    private static void sameLibraries(String id, Path home) throws IOException {
        String then = jnr(home.resolve("pom.xml"));
        String now = jnr(Installation.checkout().resolve("pom.xml"));
        if (!then.equals(now)) {
            throw new AssertionError("cannot build the release of commit " + id + ": it has jnr-ffi " + then
                    + ", and today's is " + now + "; pin a later commit");
        }
    }

    private static String jnr(Path pom) throws IOException {
        Matcher matcher = JNR.matcher(Files.readString(pom));
        return matcher.find() ? matcher.group(1) : "none";
    }

    private static void compile(Path home, Path libraries) throws IOException {
        Path classes = home.resolve("classes");
        List<String> words =
                new ArrayList<>(List.of("-proc:none", "-nowarn", "-XDstringConcat=inline", "--release", "17"));
        String path = list(libraries).stream().map(Path::toString).collect(Collectors.joining(":"));
        words.addAll(List.of("-d", classes.toString(), "-cp", path + ":" + annotations()));
        try (Stream<Path> sources = Files.walk(home.resolve("papa-kernel/src/main/java"))) {
            sources.filter(each -> each.toString().endsWith(".java")).forEach(each -> words.add(each.toString()));
        }
        tool("javac", words);
        tool(
                "jar",
                List.of(
                        "--create",
                        "--file",
                        libraries.resolve("papa-kernel-earlier.jar").toString(),
                        "-C",
                        classes.toString(),
                        "."));
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
        return release.resolve("lib/papa/papa-kernel-earlier.jar");
    }
}
