package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;
import papa.wire.Frame;

/** Each stage of a launch that fails has its name and its cause, and leaves nothing behind. */
@Timeout(120)
class LaunchFailureTest {
    private static final long TOO_MANY_FILES = 4_000_000_000L; // above any fs.nr_open

    @Test
    void a_limit_that_is_refused_is_named_and_nothing_has_run() throws Exception {
        Path trace = Files.createTempDirectory("papa-launch").resolve("ran");
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            client.call("follow", "events", "*");
            client.start("first", "sleep 100", "rlimit.core=0");
            long files = countOfFiles();
            for (int i = 0; i < 20; i++) {
                assertThatThrownBy(() ->
                                client.start("w", "touch " + trace, "rlimit.core=0", "rlimit.nofile=" + TOO_MANY_FILES))
                        .hasMessageStartingWith("cannot start w: setting its limit nofile to " + TOO_MANY_FILES
                                + ": Operation not permitted (EPERM); only a kernel with CAP_SYS_RESOURCE may go"
                                + " beyond its own hard limit of ");
            }
            long good = client.start("w", "exit 7", "rlimit.core=0");
            client.until(() -> client.has(Frame.Exit.class, good));
            assertThat(client.frames.stream()
                            .filter(Frame.Exit.class::isInstance)
                            .map(each -> ((Frame.Exit) each).code()))
                    .containsExactly(7);
            assertThat(trace).doesNotExist();
            client.until(() -> ProcessHandle.current().children().noneMatch(LaunchFailureTest::isOurs));
            client.until(() -> countOfFiles() <= files + 2); // the pipes of "w"
        } finally {
            Files.deleteIfExists(trace.getParent());
        }
    }

    /** A child that has not executed anything is one more Java. */
    private static boolean isOurs(ProcessHandle child) {
        return child.info().command().equals(ProcessHandle.current().info().command());
    }

    private static long countOfFiles() {
        try (Stream<Path> files = Files.list(Path.of("/proc/self/fd"))) {
            return files.count();
        } catch (java.io.IOException failed) {
            throw new AssertionError(failed);
        }
    }

    @Test
    void users_and_groups_must_exist() throws Exception {
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            assertThatThrownBy(() -> client.start("w", "true", "uid=nosuch"))
                    .hasMessage("cannot start w: looking up the user nosuch: there is none");
            assertThatThrownBy(() -> client.start("w", "true", "uid=99999"))
                    .hasMessage("cannot start w: looking up the user 99999: there is none");
            assertThatThrownBy(() -> client.start("w", "true", "gid=nosuch"))
                    .hasMessage("cannot start w: looking up the group nosuch: there is none");
            assertThatThrownBy(() -> client.start("w", "true", "groups=daemon,nosuch"))
                    .hasMessage("cannot start w: looking up the group nosuch: there is none");
        }
    }

    @Test
    void a_program_is_executed_as_the_user_that_it_is_for() throws Exception {
        Path folder = Files.createTempDirectory("papa-launch"); // mode 0700, root's
        Path program = Files.copy(Path.of("/bin/true"), folder.resolve("program"));
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            assertThatThrownBy(() -> client.call("make", "process", "w", "uid=nobody", "--", program.toString()))
                    .hasMessage("cannot start w: executing " + program + " as uid 65534: Permission denied (EACCES)");
            // The directory is entered before; who runs there need not be allowed to enter it.
            assertThat(client.call("make", "process", "w", "uid=nobody", "working_dir=" + folder, "--", "/bin/true"))
                    .contains("pid=");
        } finally {
            Files.delete(program);
            Files.delete(folder);
        }
    }

    @Test
    void words_that_are_too_long_for_the_machine_are_told() throws Exception {
        try (RunningKernel kernel = new RunningKernel()) {
            RunningKernel.Client client = kernel.connect();
            assertThatThrownBy(() -> client.call("make", "process", "w", "--", "/bin/true", "x".repeat(200_000)))
                    .hasMessage(
                            "cannot start w: executing /bin/true: Argument list too long (E2BIG); a word or a variable,"
                                    + " or all of them together, are longer than this machine allows");
        }
    }

    @Test
    void a_kernel_without_privileges_says_what_it_may_not_do() throws Exception {
        Path folder = Files.createTempDirectory("papa-launch");
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxrwxrwx"));
        CompletableFuture<Void> result = new CompletableFuture<>();
        Thread thread = new Thread(() -> {
            try {
                launchAsNobody(folder);
                result.complete(null);
            } catch (Throwable failed) {
                result.completeExceptionally(failed);
            }
            while (true) {
                LockSupport.park(); // what launches must not end
            }
        });
        thread.setDaemon(true);
        thread.start();
        result.get(60, TimeUnit.SECONDS);
        Files.delete(folder);
    }

    /** On a thread that has become nobody for good: its credentials are those of a kernel that nobody has started. */
    private static void launchAsNobody(Path folder) throws PosixException, LaunchFailure {
        Posix posix = new NativePosix();
        posix.attributes().setGroups(new int[] {65534});
        posix.attributes().setGroup(65534, 65534, 65534);
        posix.attributes().setUser(65534, 65534, 65534);
        long[] limit = new long[2];
        posix.fileLimit(limit);
        LaunchSettings settings = new LaunchSettings(limit[0], "/", 022, folder.toString());
        Launcher launcher = new Launcher(posix, settings, new FileLimitTurn(posix, limit[0]));
        IdentityWords daemon = new IdentityWords("daemon", "", null);
        assertThatThrownBy(() -> launcher.launch(order(with(daemon, null, List.of()))))
                .hasMessage("cannot start w: setting its supplementary groups: Operation not permitted (EPERM);"
                        + " papa runs as uid 65534 and may not change that");
        assertThatThrownBy(() -> launcher.launch(order(with(new IdentityWords("", "daemon", null), null, List.of()))))
                .hasMessage("cannot start w: setting its group to gid 1: Operation not permitted (EPERM);"
                        + " papa runs as uid 65534 and may not change that");
        assertThatThrownBy(() -> launcher.launch(order(with(IdentityWords.NONE, -5, List.of()))))
                .hasMessage("cannot start w: setting its niceness to -5: Permission denied (EACCES);"
                        + " only a kernel with CAP_SYS_NICE may go below its own");
        IdentityWords own = new IdentityWords("nobody", "", null);
        ResourceLimit core = new ResourceLimit(ResourceLimit.Kind.CORE, 0, 0);
        Started started = launcher.launch(order(with(own, 3, List.of(core))));
        assertThat(started.pid()).isPositive();
        posix.close(started.pidfd());
        assertThat(launcher.isBroken()).isFalse();
    }

    private static ChildAttributes with(
            IdentityWords identity, @org.jspecify.annotations.Nullable Integer nice, List<ResourceLimit> limits) {
        return new ChildAttributes(identity, nice, limits, "", false, false);
    }

    private static LaunchOrder order(ChildAttributes attributes) {
        ProcessSpec.Target none = ProcessSpec.Target.NULL;
        ProcessSpec spec = new ProcessSpec(
                "w", List.of("/bin/true"), false, Map.of(), "", "", -1, List.of(), none, none, 0, attributes);
        return new LaunchOrder(spec, spec, spec.argv(), new HandedOver(), Map.of(), null);
    }
}
