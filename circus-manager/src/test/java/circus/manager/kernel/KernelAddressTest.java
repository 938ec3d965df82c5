package circus.manager.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import papa.client.PapaException;

/** Where the kernel listens, and where it must not. */
class KernelAddressTest {
    @TempDir
    private Path temp;

    @Test
    void the_default_depends_on_the_user_and_the_arbiter_alone() throws Exception {
        int uid = (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
        KernelAddress address = KernelAddress.of("web-1234", Optional.empty(), Map.of());
        assertThat(address.socket())
                .isEqualTo(KernelAddress.defaultDirectory(uid).resolve("web-1234.sock"));
        assertThat(address.isDefault()).isTrue();
        assertThat(address.log()).hasToString(address.socket() + ".log");
        assertThat(KernelAddress.defaultDirectory(0)).hasToString("/run/circus");
        assertThat(KernelAddress.defaultDirectory(1000)).hasToString("/tmp/circus-1000");
    }

    @Test
    void an_endpoint_names_another_path() throws Exception {
        assertThat(KernelAddress.of("web", Optional.of("ipc:///srv/x/papa.sock"), Map.of()))
                .isEqualTo(new KernelAddress(Path.of("/srv/x/papa.sock"), false));
        assertThat(KernelAddress.of("web", Optional.of("ipc://papa.sock"), Map.of())
                        .socket())
                .isEqualTo(Path.of("papa.sock").toAbsolutePath());
    }

    @Test
    void the_environment_names_another_where_no_endpoint_does() throws Exception {
        Map<String, String> environment = Map.of("PAPA_SOCKET", "/run/p.sock");
        assertThat(KernelAddress.of("web", Optional.empty(), environment))
                .isEqualTo(new KernelAddress(Path.of("/run/p.sock"), false));
        assertThat(KernelAddress.of("web", Optional.of("ipc:///x.sock"), environment)
                        .socket())
                .hasToString("/x.sock");
        assertThat(KernelAddress.of("web", Optional.empty(), Map.of("PAPA_SOCKET", ""))
                        .isDefault())
                .isTrue();
        assertThatThrownBy(() ->
                        KernelAddress.of("web", Optional.empty(), Map.of("PAPA_SOCKET", "/" + "x".repeat(107))))
                .isInstanceOf(PapaException.class)
                .hasMessageContaining("the path has 108 bytes");
    }

    @Test
    void an_endpoint_of_another_kind_is_refused() {
        assertRefused("tcp://127.0.0.1:20202", "this version speaks with its kernel over a Unix socket only");
        assertRefused("ipc://", "expected ipc://PATH");
        assertRefused("/run/x.sock", "expected ipc://PATH");
        assertRefused("ipc:///" + "x".repeat(107), "the path has 108 bytes, at most 107 are possible");
    }

    private static void assertRefused(String endpoint, String why) {
        assertThatThrownBy(() -> KernelAddress.of("web", Optional.of(endpoint), Map.of()))
                .isInstanceOf(PapaException.class)
                .hasMessageStartingWith("cannot use ")
                .hasMessageContaining(why);
    }

    @Test
    void a_missing_directory_is_created_for_us_alone() throws Exception {
        Path directory = temp.resolve("a/b");
        new KernelAddress(directory.resolve("k.sock"), true).prepareDirectory();
        assertMode(directory, "rwx------");
        new KernelAddress(directory.resolve("k.sock"), true).prepareDirectory();
    }

    @Test
    void a_default_directory_that_others_may_enter_is_closed_to_them() throws Exception {
        Path directory = Files.createDirectory(temp.resolve("open"));
        Files.setPosixFilePermissions(directory, PosixFilePermissions.fromString("rwxrwxrwx"));
        new KernelAddress(directory.resolve("k.sock"), false).prepareDirectory();
        assertMode(directory, "rwxrwxrwx");
        new KernelAddress(directory.resolve("k.sock"), true).prepareDirectory();
        assertMode(directory, "rwx------");
    }

    private static void assertMode(Path directory, String mode) throws IOException {
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(directory)))
                .isEqualTo(mode);
    }

    @Test
    void a_default_directory_that_is_a_link_is_refused() throws Exception {
        Path link = Files.createSymbolicLink(temp.resolve("link"), Files.createDirectory(temp.resolve("real")));
        assertThatThrownBy(() -> new KernelAddress(link.resolve("k.sock"), true).prepareDirectory())
                .isInstanceOf(PapaException.class)
                .hasMessage("cannot use " + link + " for the kernel's socket: it is no directory");
    }

    @Test
    void a_directory_of_somebody_else_is_refused_but_roots_will_do_where_it_was_named() throws Exception {
        int owner = (Integer) Files.getAttribute(temp, "unix:uid");
        assertThatThrownBy(() -> new KernelAddress(temp.resolve("k.sock"), true).checkOwner(temp, owner + 1))
                .isInstanceOf(PapaException.class)
                .hasMessageContaining("it belongs to uid " + owner + ", we are uid " + (owner + 1));

        KernelAddress named = new KernelAddress(Path.of("/k.sock"), false);
        named.checkOwner(Path.of("/"), 1000);
        KernelAddress ours = new KernelAddress(Path.of("/k.sock"), true);
        assertThatThrownBy(() -> ours.checkOwner(Path.of("/"), 1000)).isInstanceOf(PapaException.class);
    }
}
