package circus.manager.control;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SocketFileTest {
    @TempDir
    private Path home = Path.of("");

    private Path path = home;
    private Access access = new Access(Set.of(), Optional.empty(), false, Optional.empty());

    @BeforeEach
    void prepare() throws CannotListenException {
        path = home.resolve("c.sock");
        access = Access.of(Optional.empty(), false, Optional.empty());
    }

    private static int mode(Path file) throws IOException {
        return (Integer) Files.getAttribute(file, "unix:mode") & 0777;
    }

    private Stream<String> files() throws IOException {
        try (Stream<Path> all = Files.list(home)) {
            return all.map(file -> file.getFileName().toString()).toList().stream();
        }
    }

    private static boolean answers(Path socket) {
        try (SocketChannel caller = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            return caller.isConnected();
        } catch (IOException refused) {
            return false;
        }
    }

    @Test
    void it_is_for_its_user_alone_and_gone_when_it_is_closed() throws Exception {
        try (SocketFile file = SocketFile.listen(path, access)) {
            assertThat(mode(path)).isEqualTo(0600);
            assertThat(answers(path)).isTrue();
            assertThat(files()).as("what it was made in").containsExactly("c.sock");
            assertThat(file.path()).isEqualTo(path);
        }
        assertThat(files()).isEmpty();
    }

    @Test
    void where_endpoints_are_open_everybody_can_connect_who_reaches_it() throws Exception {
        Access open = new Access(access.uids(), Optional.empty(), true, Optional.empty());
        try (SocketFile file = SocketFile.listen(path, open)) {
            assertThat(mode(file.path())).isEqualTo(0666);
        }
    }

    @Test
    void it_belongs_to_the_owner_of_the_endpoints() throws Exception {
        assumeTrue(access.uids().equals(Set.of(0)), "only root can give files away");
        Access owned = Access.of(Optional.of("nobody"), false, Optional.empty());
        try (SocketFile file = SocketFile.listen(path, owned)) {
            assertThat(Files.getOwner(file.path()).getName()).isEqualTo("nobody");
            assertThat(mode(path)).isEqualTo(0600);
        }
    }

    @Test
    void what_a_dead_daemon_has_left_gives_way() throws Exception {
        try (ServerSocketChannel dead = ServerSocketChannel.open(StandardProtocolFamily.UNIX)) {
            dead.bind(UnixDomainSocketAddress.of(path));
        }
        assertThat(path).exists();
        try (SocketFile file = SocketFile.listen(path, access)) {
            assertThat(answers(file.path())).isTrue();
            assertThat(files()).containsExactly("c.sock");
        }
    }

    @Test
    void one_that_is_served_stays() throws Exception {
        try (SocketFile first = SocketFile.listen(path, access)) {
            assertThatThrownBy(() -> SocketFile.listen(path, access))
                    .isInstanceOf(SocketFile.Unusable.class)
                    .hasMessageStartingWith("the socket is in use");
            assertThat(answers(first.path())).isTrue();
            assertThat(files()).containsExactly("c.sock");
        }
    }

    @Test
    void a_file_that_is_no_socket_stays() throws Exception {
        Files.writeString(path, "precious");
        assertThatThrownBy(() -> SocketFile.listen(path, access))
                .hasMessage("a file that is no socket is there; remove it, or choose another path");
        assertThat(path).hasContent("precious");
        assertThat(files()).containsExactly("c.sock");
    }

    @Test
    void a_link_is_not_followed() throws Exception {
        Files.createSymbolicLink(path, home.resolve("elsewhere"));
        assertThatThrownBy(() -> SocketFile.listen(path, access)).hasMessageStartingWith("a file that is no socket");
        assertThat(Files.isSymbolicLink(path)).isTrue();
    }

    @Test
    void one_that_took_its_place_is_not_removed() throws Exception {
        SocketFile first = SocketFile.listen(path, access);
        Files.delete(path);
        try (SocketFile second = SocketFile.listen(path, access)) {
            first.close();
            assertThat(answers(second.path())).isTrue();
        }
    }

    @Test
    void a_directory_must_be_there_and_ours() throws Exception {
        Path missing = home.resolve("missing");
        assertThatThrownBy(() -> SocketFile.listen(missing.resolve("c.sock"), access))
                .hasMessage("there is no directory " + missing + "; make it, or choose another path");
        assumeTrue(access.uids().equals(Set.of(0)), "only root can give files away");
        Files.setAttribute(home, "unix:uid", 4242);
        assertThatThrownBy(() -> SocketFile.listen(path, access))
                .hasMessage("directory " + home
                        + " belongs to uid 4242, who could put a socket of his own there; choose another path");
    }

    @Test
    void the_folder_in_which_it_is_made_must_fit_too() {
        Path deep = home.resolve("x".repeat(103 - home.toString().length()));
        deep.toFile().mkdir();
        assertThatThrownBy(() -> SocketFile.listen(deep.resolve("s"), access))
                .hasMessageMatching("the path of its directory is too long by \\d+ bytes; choose a shorter one");
        assertThat(deep).isEmptyDirectory();
    }
}
