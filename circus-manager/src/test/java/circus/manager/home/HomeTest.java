package circus.manager.home;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class HomeTest {
    @TempDir
    private Path temp;

    private Path jar(String home) throws IOException {
        Path lib = Files.createDirectories(temp.resolve(home).resolve("lib/circus"));
        return Files.createFile(lib.resolve("circus-manager.jar"));
    }

    @Test
    void what_is_told_counts_before_what_is_guessed() throws Exception {
        Optional<Path> jar = Optional.of(jar("guessed"));
        assertThat(Home.find("/told", "/variable", jar)).contains(Path.of("/told"));
        assertThat(Home.find(null, "/variable", jar)).contains(Path.of("/variable"));
        assertThat(Home.find("", "here", jar)).contains(Path.of("here").toAbsolutePath());
    }

    @Test
    void a_jar_tells_where_it_lies_if_that_is_an_installation() throws Exception {
        Path jar = jar("release");
        Path link = Files.createSymbolicLink(temp.resolve("link.jar"), jar);
        assertThat(Home.find(null, "", Optional.of(jar))).isEmpty();
        Path launcher = Files.createDirectories(temp.resolve("release/bin")).resolve("papa");
        Files.createFile(launcher, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
        Path home = temp.resolve("release").toRealPath();
        assertThat(Home.find(null, null, Optional.of(jar))).contains(home);
        assertThat(Home.find(null, null, Optional.of(link))).contains(home);
        assertThat(Home.find(null, null, Optional.of(temp.resolve("gone.jar")))).isEmpty();
        assertThat(Home.find(null, null, Optional.empty())).isEmpty();
    }
}
