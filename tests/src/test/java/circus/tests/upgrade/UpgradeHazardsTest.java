package circus.tests.upgrade;

import static circus.tests.upgrade.UpgradedKernel.fake;
import static circus.tests.upgrade.UpgradedKernel.mustHaveChangedNothing;
import static circus.tests.upgrade.UpgradedKernel.mustHaveReplaced;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.ExtendWith;

/** What careless hands do to an installation, and what programs do that are to take over: a kernel outlives all of it. */
@ExtendWith(HomeExtension.class)
@Timeout(300)
class UpgradeHazardsTest {
    private static final Duration LIMIT = Duration.ofSeconds(30);

    private final Home home;

    UpgradeHazardsTest(Home home) {
        this.home = home;
    }

    private static String startSleeper(PapaSession session) {
        session.ask("hello");
        return session.ask("make process sleeper -- /bin/sleep 1000").replaceFirst("(?s).*pid=(\\d+).*", "$1");
    }

    /** A home whose files may be spoilt; what is large and not needed is not there. */
    private Path copyOfHome() throws IOException {
        Path copy = home.path("copy");
        for (String folder : List.of("bin", "lib/papa")) {
            Files.createDirectories(copy.resolve(folder));
            try (Stream<Path> files = Files.list(Installation.built().resolve(folder))) {
                for (Path each : (Iterable<Path>) files::iterator) {
                    Files.copy(each, copy.resolve(folder).resolve(each.getFileName() + ""));
                }
            }
        }
        Files.createSymbolicLink(
                copy.resolve("lib/native"), Installation.built().resolve("lib/native"));
        return copy;
    }

    private static void awaitLoaded(Kernel kernel) {
        Path threads = Path.of("/proc", kernel.daemon().pid() + "", "task");
        await("it has loaded its classes").atMost(LIMIT).until(() -> {
            try (Stream<Path> all = Files.list(threads)) {
                return all.noneMatch(each -> {
                    Path name = each.resolve("comm");
                    return Files.exists(name) && Home.read(name).contains("papa-classes");
                });
            }
        });
    }

    @Test
    void jars_that_another_version_was_copied_over_while_it_runs() throws IOException {
        Path copy = copyOfHome();
        Kernel kernel = home.kernelOf(copy);
        try (PapaSession session = kernel.session()) {
            String pid = startSleeper(session);
            awaitLoaded(kernel);
            try (Stream<Path> jars = Files.list(copy.resolve("lib/papa"))) {
                for (Path each : (Iterable<Path>) jars::iterator) {
                    Files.writeString(each, "of another version"); // the same file: what is open is spoilt, too
                }
            }
            Commands.Result same = UpgradedKernel.run(home, kernel, "--to", copy.toString());
            mustHaveChangedNothing(same, "it ended with exit code 1");

            mustHaveReplaced(UpgradedKernel.run(
                    home, kernel, "--to", Installation.built().toString()));
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
        }
    }

    @Test
    void a_java_that_was_updated_while_it_runs_is_the_way_back() throws IOException {
        Path jdk = home.path("jdk");
        Files.createDirectories(jdk.resolve("bin"));
        Path real = Path.of(System.getProperty("java.home"));
        Path java = jdk.resolve("bin/java");
        Files.copy(real.resolve("bin/java"), java, StandardCopyOption.COPY_ATTRIBUTES);
        for (String each : List.of("lib", "conf", "release")) {
            Files.createSymbolicLink(jdk.resolve(each), real.resolve(each));
        }
        Kernel kernel = home.kernelBelow("env", "JAVA_HOME=" + jdk);
        try (PapaSession session = kernel.session()) {
            String pid = startSleeper(session);
            Files.delete(java);
            Files.copy(real.resolve("bin/java"), java, StandardCopyOption.COPY_ATTRIBUTES);
            Path lying = fake(home, "lying", "$PAPA \"$@\" | sed 's| arg=--unix-socket | arg=--no-such-option |'");

            Commands.Result result =
                    UpgradedKernel.run(home, kernel, "--java", real.toString(), "--to", lying.toString());

            mustHaveChangedNothing(result, "the new program gave the process back");
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
        }
    }

    @Test
    void a_working_directory_that_was_removed_while_it_runs() throws IOException {
        Path gone = Files.createDirectory(home.path("gone"));
        Kernel kernel = home.kernelBelow("env", "-C", gone.toString());
        Files.delete(gone);
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            String made = "make process one working_dir=/ -- /bin/sleep 1000";
            String pid = session.ask(made).replaceFirst("(?s).*pid=(\\d+).*", "$1");

            mustHaveReplaced(UpgradedKernel.run(home, kernel));

            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
            assertThat(session.ask("make process two -- /bin/sleep 1000")).contains("changing directory to " + gone);
        }
    }

    @Test
    void a_java_that_does_not_start_is_told_with_its_words() {
        Kernel kernel = home.kernel();
        Path large = fake(home, "large", "export PAPA_JAVA_OPTS='-Xms900000g -Xmx900000g'; exec $PAPA \"$@\"");
        mustHaveChangedNothing(UpgradedKernel.run(home, kernel, "--to", large.toString()), "; its last words: ");
    }

    /** The first line of its log, too: a JVM opens files for that. */
    @Test
    void a_kernel_that_may_open_no_more_files_refuses_and_goes_on() {
        Kernel kernel = home.kernelBelow("sh", "-c", "ulimit -n 80; exec \"$@\"", "sh");
        List<PapaSession> sessions = new ArrayList<>();
        try (PapaSession session = kernel.session()) {
            String pid = startSleeper(session);
            awaitLoaded(kernel);
            while (UpgradedKernel.descriptors(kernel).size() < 80) {
                PapaSession other = kernel.session();
                other.ask("hello");
                sessions.add(other);
            }
            for (int i = 0; i < 2; i++) {
                session.send("upgrade\n");
                assertThat(session.readUntil(text -> text.endsWith("\n> "), LIMIT))
                        .contains("Error: cannot upgrade")
                        .contains("Too many open files");
            }
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
            sessions.forEach(PapaSession::close);
            mustHaveReplaced(UpgradedKernel.run(home, kernel));
        }
    }

    @Test
    void a_successor_that_complains_at_length_gives_back_all_the_same() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            String pid = startSleeper(session);
            String longer = "print(sys.stdin.read().replace(' arg=--unix-socket ', ' arg=--' + 'x' * 131050 + ' '))";
            Path lying = fake(home, "wordy", "$PAPA \"$@\" | python3 -c \"import sys; " + longer + "\"");

            Commands.Result result = UpgradedKernel.run(home, kernel, "--to", lying.toString());

            mustHaveChangedNothing(result, "the new program gave the process back");
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
        }
    }

    @Test
    void what_a_program_leaves_behind_that_could_not_take_over_is_ended() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            Path leaving = fake(home, "leaving", "sleep 4321 & exit 1");
            mustHaveChangedNothing(UpgradedKernel.run(home, kernel, "--to", leaving.toString()), "exit code 1");
            await("it holds nothing open that the kernel has")
                    .atMost(LIMIT)
                    .until(() -> home.processes().size() == 1);
        }
    }

    @Test
    void a_kernel_that_ends_ends_who_is_to_show_that_it_could_take_over() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.send("upgrade to=" + fake(home, "hanging", "sleep 4321") + "\n");
            await("it is under way")
                    .atMost(LIMIT)
                    .until(() -> home.processes().stream().anyMatch(each -> each.contains("sleep 4321")));
            kernel.daemon().signal("TERM");
            assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
            home.mustBeEmpty();
        }
    }

    @Test
    void a_kernel_that_has_no_memory_to_write_its_state_goes_on_and_may_be_asked_again() {
        Kernel kernel = home.kernelBelow("env", "PAPA_JAVA_OPTS=-Xmx9m");
        try (PapaSession session = kernel.session()) {
            String pid = startSleeper(session);
            String word = " " + "\u0001".repeat(120_000); // each byte takes four in a state
            session.ask("make process large -- /bin/sh -c \"exec sleep 1000\"" + word.repeat(7));
            for (int i = 0; i < 3; i++) {
                mustHaveChangedNothing(UpgradedKernel.run(home, kernel), "no memory: ");
            }
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ", "large incarnation=");
        }
    }

    private static Path jarOf(Path copy) throws IOException {
        try (Stream<Path> jars = Files.list(copy.resolve("lib/papa"))) {
            return jars.filter(each -> each.toString().contains("papa-kernel"))
                    .findFirst()
                    .orElseThrow();
        }
    }

    private static void startHanging(PapaSession starting, LeasedProgram program, PapaSession session) {
        starting.ask("hello");
        starting.send("make process hanging -- " + program.path + "\n");
        await("it is being started")
                .atMost(LIMIT)
                .until(() -> session.ask("stats").contains(" launching=1 "));
    }

    @Test
    void a_start_that_hangs_keeps_it_from_that_and_everything_goes_on() throws IOException {
        Kernel kernel = home.kernelBelow("env", "PAPA_JAVA_OPTS=-Dpapa.upgrade.quiet-millis=500");
        try (LeasedProgram program = LeasedProgram.of(home);
                PapaSession session = kernel.session();
                PapaSession starting = kernel.session()) {
            String pid = startSleeper(session);
            startHanging(starting, program, session);

            Commands.Result result = UpgradedKernel.run(home, kernel);

            mustHaveChangedNothing(result, "something did not come to its end within 500 ms");
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ");
            program.giveBack();
            assertThat(starting.readUntil(text -> text.endsWith("\n> "), LIMIT)).contains("hanging incarnation=");
            mustHaveReplaced(UpgradedKernel.run(home, kernel));
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ", "hanging incarnation=");
        }
    }

    @Test
    void a_home_that_is_removed_after_it_has_shown_that_it_can() throws IOException {
        Path copy = copyOfHome();
        Kernel kernel = home.kernel();
        try (LeasedProgram program = LeasedProgram.of(home);
                PapaSession session = kernel.session();
                PapaSession starting = kernel.session()) {
            String pid = startSleeper(session);
            startHanging(starting, program, session);
            session.send("upgrade to=" + copy + "\n");
            session.readUntil(text -> text.contains("quiet: "), LIMIT);
            Files.delete(jarOf(copy));
            program.giveBack();

            assertThat(session.readUntil(text -> text.endsWith("\n> "), LIMIT))
                    .contains(
                            "Error: cannot upgrade to " + copy + ": ", "has been removed since it showed that it can");
            assertThat(session.ask("list processes")).contains("pid=" + pid + " ", "hanging incarnation=");
        }
    }

    @Test
    void a_stranger_stays_one_and_goes_with_papa() {
        Kernel kernel = home.kernel();
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            Path script = home.script(
                    "leaving", "setsid sh -c 'setsid sleep 4321 & sleep 0.1' >/dev/null 2>&1 &\nexec sleep 0.5\n");
            session.ask("make process leaving -- " + script);
            session.ask("make process other -- /bin/sleep 1000");
            await("it is adopted")
                    .atMost(LIMIT)
                    .until(() -> session.ask("stats").contains(" strangers=1 "));
            for (int i = 0; i < 2; i++) {
                mustHaveReplaced(UpgradedKernel.run(home, kernel));
                assertThat(session.ask("stats")).contains(" strangers=1 ", " running=1 ");
            }
        }
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        home.mustBeEmpty();
    }
}
