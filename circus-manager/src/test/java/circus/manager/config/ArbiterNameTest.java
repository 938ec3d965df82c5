package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArbiterNameTest {
    @Test
    void it_is_the_name_of_the_file_and_a_hash_of_its_path(@TempDir Path home) throws IOException {
        Path file = Files.createFile(home.resolve("My Site.v2.ini"));
        String name = ArbiterName.of(file);
        assertThat(name).matches("my-site-v2-[0-9a-f]{8}");
        assertThat(ArbiterName.isValid(name)).isTrue();
        assertThat(ArbiterName.of(file)).isEqualTo(name);
    }

    @Test
    void the_hash_is_the_beginning_of_sha_256(@TempDir Path home) throws Exception {
        Path file = Files.createFile(home.resolve("web.ini"));
        Process sum = new ProcessBuilder("sha256sum").start();
        sum.getOutputStream().write(file.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
        sum.getOutputStream().close();
        String digits = new String(sum.getInputStream().readNBytes(8), StandardCharsets.US_ASCII);
        assertThat(sum.waitFor()).isZero();
        assertThat(ArbiterName.of(file)).isEqualTo("web-" + digits);
    }

    @Test
    void a_link_leads_to_the_same_hash(@TempDir Path home) throws IOException {
        Path file = Files.createFile(home.resolve("web.ini"));
        Path link = Files.createSymbolicLink(home.resolve("link.ini"), file);
        assertThat(ArbiterName.of(link).replace("link", "web")).isEqualTo(ArbiterName.of(file));
    }

    @Test
    void files_of_one_name_in_two_directories_have_two_names(@TempDir Path home) throws IOException {
        Path one = Files.createFile(Files.createDirectory(home.resolve("a")).resolve("web.ini"));
        Path other = Files.createFile(Files.createDirectory(home.resolve("b")).resolve("web.ini"));
        assertThat(ArbiterName.of(one)).isNotEqualTo(ArbiterName.of(other));
    }

    @Test
    void a_long_name_is_cut_so_that_the_socket_path_fits(@TempDir Path home) throws IOException {
        Path file = Files.createFile(home.resolve("x".repeat(200) + ".ini"));
        assertThat(ArbiterName.of(file)).hasSizeLessThanOrEqualTo(48);
        assertThat(ArbiterName.isValid(ArbiterName.of(file))).isTrue();
    }

    @Test
    void a_given_name_has_no_dot_no_blank_and_an_end() {
        assertThat(ArbiterName.isValid("Main_2-x")).isTrue();
        for (String bad : new String[] {"", "a.b", "a b", "a/b", "é", "x".repeat(49)}) {
            assertThat(ArbiterName.isValid(bad)).as(bad).isFalse();
        }
    }
}
