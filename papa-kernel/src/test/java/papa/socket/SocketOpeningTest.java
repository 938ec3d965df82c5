package papa.socket;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

/** A socket is opened step by step, and a step that fails leaves nothing behind. Needs root, as CI has. */
class SocketOpeningTest {
    private static String mode(Path path) throws IOException {
        return PosixFilePermissions.toString(Files.getPosixFilePermissions(path));
    }

    private static Posix failing(Posix real, String call, Errno errno) {
        return (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (proxy, method, arguments) ->
                        method.getName().equals(call) ? errno.negated() : method.invoke(real, arguments));
    }

    @Test
    void a_path_whose_owner_cannot_be_changed_is_removed_again(@TempDir Path folder) {
        Path path = folder.resolve("s");
        Posix real = new NativePosix();
        SocketSpec spec = new SocketSpec(
                "s",
                false,
                "unix",
                "stream",
                0,
                5,
                path.toString(),
                -1,
                "0",
                "",
                -1,
                "",
                0,
                "",
                -1,
                false,
                false,
                false,
                true);
        Posix strict = failing(real, "changeOwner", Errno.EPERM);
        assertThatThrownBy(() -> SocketOpening.open(strict, spec))
                .hasMessageContaining("setting owner, group and mode of " + path + ": Operation not permitted (EPERM)");
        assertThat(path).doesNotExist();
    }

    @Test
    void nobody_can_connect_before_owner_and_mode_are_set(@TempDir Path folder) throws Exception {
        Path path = folder.resolve("s");
        Posix real = new NativePosix();
        List<String> modes = new ArrayList<>();
        Posix watching = (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(), new Class<?>[] {Posix.class}, (proxy, method, arguments) -> {
                    Object result = method.invoke(real, arguments);
                    if (List.of("bind", "changeOwner", "changeMode", "listen").contains(method.getName())) {
                        modes.add(method.getName() + " " + mode(path));
                    }
                    return result;
                });
        SocketSpec spec = new SocketSpec(
                "s",
                false,
                "unix",
                "stream",
                0,
                5,
                path.toString(),
                0,
                "0",
                "",
                0660,
                "",
                0,
                "",
                -1,
                false,
                false,
                false,
                true);
        SocketOpening.open(watching, spec).close(real);
        assertThat(modes)
                .containsExactly("bind ---------", "changeOwner ---------", "changeMode rw-rw----", "listen rw-rw----");
        assertThat(path).doesNotExist();
    }

    @Test
    void a_socket_that_cannot_be_held_leaves_no_file(@TempDir Path folder) {
        Path path = folder.resolve("s.sock");
        for (String step : new String[] {"listen", "duplicate", "setNonBlocking"}) {
            Posix full = failing(new NativePosix(), step, Errno.EMFILE);
            SocketSpec spec = new SocketSpec(
                    "s",
                    true,
                    "unix",
                    "stream",
                    0,
                    5,
                    path.toString(),
                    -1,
                    "",
                    "",
                    -1,
                    "",
                    0,
                    "",
                    -1,
                    false,
                    false,
                    false,
                    true);
            assertThatThrownBy(() -> SocketOpening.open(full, spec)).hasMessage("[Errno 24] Too many open files");
            assertThat(Files.exists(path)).isFalse();
        }
    }
}
