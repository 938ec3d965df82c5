package papa.launch;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.PosixException;

/** A launcher by itself, on a thread with the credentials that the test is about. Needs root, as CI has. */
@Timeout(120)
class LauncherTest {
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
        return new ChildAttributes(identity, nice, limits, "", false, false, false, "");
    }

    private static LaunchOrder order(ChildAttributes attributes) {
        ProcessSpec.Target none = ProcessSpec.Target.NULL;
        ProcessSpec spec = new ProcessSpec(
                "w", List.of("/bin/true"), false, Map.of(), "", "", -1, List.of(), none, none, 0, attributes);
        return new LaunchOrder(spec, spec, spec.argv(), new HandedOver(), Map.of(), null);
    }
}
