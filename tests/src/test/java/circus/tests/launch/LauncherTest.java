package circus.tests.launch;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The launchers: found from anywhere, honest about what is missing, gone once the JVM runs. */
@ExtendWith(HomeExtension.class)
class LauncherTest {
    private static final Duration LIMIT = Duration.ofMinutes(2);

    private final Home home;

    LauncherTest(Home home) {
        this.home = home;
    }

    @Test
    void an_unpacked_release_runs_through_links_from_any_directory() throws IOException {
        Path release = home.release();
        Files.createSymbolicLink(home.path("latest"), release);
        Files.createDirectories(home.path("else where"));
        Files.createSymbolicLink(home.path("else where/ctl"), home.path("latest/bin/circusctl"));

        for (String way : List.of("circus-0.2.0/bin/circusctl", "latest/bin/circusctl", "else where/ctl")) {
            Commands.Result result = run(Map.of(), home.path(way).toString(), "--version");
            assertThat(result.exit()).as(way).isZero();
            assertThat(result.output()).as(way).startsWith("circusctl ");
        }
        Commands.Result byPath = run(
                Map.of("PATH", release.resolve("bin") + ":" + System.getenv("PATH")),
                "sh",
                "-c",
                "circusctl --version");
        assertThat(byPath.exit()).isZero();
    }

    @Test
    void a_release_is_one_folder_with_what_belongs_to_it() throws IOException {
        Path release = home.release();

        try (Stream<Path> parts = Files.list(release)) {
            assertThat(parts.map(part -> part.getFileName().toString()))
                    .containsExactlyInAnyOrder(
                            "bin", "lib", "examples", "docs", "share", "README.md", "LICENSE", "CHANGELOG.md");
        }
        for (String program : List.of("papa", "circusd", "circusctl", "circus-top", "circusd-stats", "circus-plugin")) {
            assertThat(release.resolve("bin/" + program)).isExecutable();
            assertThat(release.resolve("share/man/man1/" + program + ".1")).exists();
        }
        assertThat(release.resolve("examples/web/worker")).isExecutable();
        assertThat(release.resolve("bin/build.sh")).doesNotExist();
    }

    @Test
    void the_pid_is_the_daemons_and_no_shell_is_left() throws IOException {
        Kernel kernel = home.kernel();
        int pid = kernel.daemon().pid();
        try (PapaSession session = kernel.session()) {
            assertThat(session.ask("hello")).contains(" pid=" + pid + " ");
        }
        assertThat(Files.readString(Path.of("/proc", "" + pid, "cmdline"))).startsWith("papa\0");
        assertThat(home.processes()).hasSize(1);
    }

    @Test
    void daemons_and_tool_write_nothing_to_stderr_that_is_not_theirs() {
        Kernel kernel = home.kernel();
        Commands.Result help = run(Map.of(), Installation.launcher("circusctl").toString(), "--help");

        assertThat(kernel.daemon().errors()).isEmpty();
        assertThat(help.errors()).isEmpty();
    }

    @Test
    void a_java_home_without_java_is_named() {
        Commands.Result result = run(
                Map.of("JAVA_HOME", "/no/such/jdk"),
                Installation.launcher("papa").toString(),
                "--help");

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors())
                .isEqualTo(
                        "papa: cannot find java: JAVA_HOME is /no/such/jdk, but /no/such/jdk/bin/java is no program\n");
    }

    @Test
    void a_machine_without_java_is_told_what_to_install() {
        Commands.Result result = run(
                Map.of("JAVA_HOME", "", "PATH", tools()),
                Installation.launcher("circusd").toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors())
                .contains("cannot find java")
                .contains("JDK 17")
                .contains("JAVA_HOME");
    }

    @Test
    void an_old_java_is_refused_with_its_version() {
        home.script("jdk11/bin/java", "exit 0\n");
        home.write("jdk11/release", "IMPLEMENTOR=\"x\"\nJAVA_VERSION=\"11.0.2\"\n");
        home.script("jdk8/bin/java", "exit 0\n");
        home.write("jdk8/release", "JAVA_VERSION=\"1.8.0_292\"\n");

        for (String version : List.of("11", "8")) {
            Commands.Result result = run(
                    Map.of("JAVA_HOME", home.path("jdk" + version).toString()),
                    Installation.launcher("circusctl").toString(),
                    "list");
            assertThat(result.exit()).isEqualTo(1);
            assertThat(result.errors()).contains("Java " + version + ",").contains("17 or newer");
        }
    }

    @Test
    void a_checkout_without_maven_says_so() {
        Path checkout = emptyCheckout();

        Commands.Result result = run(
                Map.of("PATH", tools(), "CIRCUS_BUILD", "", "JAVA_HOME", System.getProperty("java.home")),
                checkout.resolve("bin/circusctl").toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("no mvn").contains("install Maven");
    }

    @Test
    void two_launchers_at_once_build_a_checkout_once_and_are_never_silent() {
        Path checkout = emptyCheckout();
        // A maven that takes its time, and makes what the real one would: a program that answers.
        home.script(
                "tools/mvn",
                "echo built >> '" + home.path("builds") + "'\n"
                        + "for step in 1 2 3 4 5 6; do echo \"[INFO] Building step $step 0.1.0 [$step/6]\"; sleep 1; done\n"
                        + "cp -r '" + Installation.built() + "' dist/target/circus\n"
                        + "touch dist/target/circus/lib/built\n");
        String launcher = checkout.resolve("bin/circusctl").toString();

        Commands.Result both = run(
                Map.of("PATH", home.path("tools") + ":" + System.getenv("PATH"), "CIRCUS_BUILD", ""),
                "sh",
                "-c",
                launcher + " --version & " + launcher + " --version; wait");

        assertThat(Home.read(home.path("builds"))).isEqualTo("built\n");
        assertThat(both.output().lines()).hasSize(2).allMatch(line -> line.startsWith("circusctl "));
        assertThat(both.errors())
                .contains("first use of this checkout")
                .contains("waiting for another build")
                .containsPattern("building … \\d+ s [2-6]/6 step");
        assertThat(both.errors()
                        .lines()
                        .filter(line -> line.contains("building … "))
                        .count())
                .isGreaterThanOrEqualTo(2);

        Commands.Result again = run(Map.of("CIRCUS_BUILD", ""), launcher, "--version");
        assertThat(again.errors()).as("nothing to build").isEmpty();
    }

    @Test
    void a_build_that_fails_is_told_with_its_errors() {
        Path checkout = emptyCheckout();
        home.script("tools/mvn", "echo '[ERROR] no such symbol'\nexit 1\n");

        Commands.Result result = run(
                Map.of("PATH", home.path("tools") + ":" + System.getenv("PATH"), "CIRCUS_BUILD", ""),
                checkout.resolve("bin/papa").toString());

        assertThat(result.exit()).isEqualTo(1);
        assertThat(result.errors()).contains("no such symbol").contains("build.log");
    }

    @Test
    void archives_are_made_where_the_release_lies_and_those_that_do_not_fit_are_ignored() throws IOException {
        Path release = home.release();
        Path archives = release.resolve("lib/archives");
        for (String when : List.of("once", "once more")) {
            Commands.Result made =
                    run(Map.of(), release.resolve("bin/make-archives").toString());
            assertThat(made.errors()).as(when).isEmpty();
            assertThat(made.exit()).as(when).isZero();
        }
        try (Stream<Path> made = Files.list(archives)) {
            assertThat(made.map(archive -> archive.getFileName().toString().replaceFirst("-\\d+\\.jsa$", "")))
                    .containsExactlyInAnyOrder("papa", "circusd", "circusctl");
        }
        whatCommandsLoadComesFromTheArchive(release.resolve("bin/circusctl"));

        Path moved = Files.move(release, home.path("moved"));
        String tool = moved.resolve("bin/circusctl").toString();
        assertThat(run(Map.of(), tool, "--version").errors())
                .as("made for another place")
                .isEmpty();
        try (Stream<Path> made = Files.list(moved.resolve("lib/archives"))) {
            for (Path archive : (Iterable<Path>) made::iterator) {
                Files.delete(archive);
                Files.writeString(archive, "no archive at all");
            }
        }
        Commands.Result result = run(Map.of(), tool, "--version");
        assertThat(result.exit()).isZero();
        assertThat(result.errors()).isEmpty();
        home.mustBeEmpty();
    }

    /** A class from a jar costs a short command a tenth of a millisecond and more, the first lambda several. */
    private void whatCommandsLoadComesFromTheArchive(Path circusctl) {
        Path classes = home.path("classes");
        String nobody = "ipc://" + home.path("nobody");
        Commands.Result result = run(
                Map.of("CIRCUS_JAVA_OPTS", "-Xlog:class+load:file=" + classes),
                circusctl.toString(),
                "--endpoint",
                nobody,
                "--timeout",
                "0",
                "status");
        assertThat(result.exit()).isEqualTo(1);
        List<String> ours = Home.read(classes)
                .lines()
                .filter(line -> line.contains("circus."))
                .toList();
        assertThat(ours).anyMatch(line -> line.contains("circus.client.CircusClient"));
        assertThat(ours).allMatch(line -> line.contains("source: shared objects file"));
        assertThat(ours).noneMatch(line -> line.contains("Lambda"));
        delete(classes);
    }

    private static void delete(Path file) {
        try {
            Files.delete(file);
        } catch (IOException failure) {
            throw new AssertionError(failure);
        }
    }

    /** A checkout with launchers and a pom, and nothing built. */
    private Path emptyCheckout() {
        Path checkout = home.path("checkout");
        home.write("checkout/pom.xml", "<project/>");
        Commands.run(LIMIT, "cp", "-r", Installation.checkout().resolve("bin").toString(), checkout + "/bin")
                .mustSucceed();
        return checkout;
    }

    /** A directory for PATH with what the launchers need, but neither java nor mvn. */
    private String tools() {
        for (String tool :
                List.of("bash", "env", "readlink", "find", "sed", "mkdir", "tail", "sleep", "flock", "grep")) {
            Path real = Path.of(Commands.run(LIMIT, "sh", "-c", "command -v " + tool)
                    .mustSucceed()
                    .text());
            try {
                Files.createDirectories(home.path("few"));
                Files.createSymbolicLink(home.path("few").resolve(tool), real);
            } catch (IOException failure) {
                throw new AssertionError(failure);
            }
        }
        return home.path("few").toString();
    }

    private Commands.Result run(Map<String, String> environment, String... command) {
        ProcessBuilder builder =
                new ProcessBuilder(command).directory(home.directory().toFile());
        builder.environment().put("CIRCUS_BUILD", "never");
        builder.environment().put("CIRCUS_STATE", home.path("state").toString());
        builder.environment().put(Installation.MARK, home.directory().toString());
        environment.forEach((name, value) -> {
            if (value.isEmpty()) {
                builder.environment().remove(name);
            } else {
                builder.environment().put(name, value);
            }
        });
        return Commands.run(LIMIT, builder);
    }
}
