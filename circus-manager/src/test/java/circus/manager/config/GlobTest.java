package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class GlobTest {
    @ParameterizedTest
    @CsvSource({
        "a,a,true",
        "a,A,false",
        "*,'',true",
        "*,a/b,true",
        "a*c,abbc,true",
        "a*c,ab,false",
        "?,x,true",
        "?,'',false",
        "[wW]orker2,Worker2,true",
        "[!a-c]x,dx,true",
        "[!a-c]x,bx,false",
        "[a-c]x,bx,true",
        "[a-,[a-,true",
        "[]]x,]x,true",
        "[!]]x,ax,true",
        "[-a]x,-x,true",
        "a.b,axb,false",
        "'',a,false",
        "w[1-3],w2,true",
        "*.i[n]i,a.ini,true",
        "\\*,\\x,true"
    })
    void patterns_match_as_in_python(String pattern, String text, boolean matches) {
        assertThat(Glob.matches(pattern, text)).isEqualTo(matches);
    }

    @Test
    void files_come_sorted_by_name_without_hidden_ones(@TempDir Path home) throws IOException {
        create(home, "d2/b.ini", "d2/a.ini", "d1/z.ini", "d1/.h.ini", "d1/x.conf", ".d0/a.ini", "top.ini");
        assertThat(found(home, "*/*.ini")).containsExactly("d1/z.ini", "d2/a.ini", "d2/b.ini");
        assertThat(found(home, "**/a.ini")).containsExactly("d2/a.ini");
        assertThat(found(home, "d1/.*")).containsExactly("d1/.h.ini");
        assertThat(found(home, "d1//x.conf")).containsExactly("d1/x.conf");
        assertThat(found(home, "d1/../top.ini")).containsExactly("d1/../top.ini");
        assertThat(found(home, "nope/*.ini")).isEmpty();
        assertThat(found(home, "top.ini/*")).isEmpty();
        assertThat(found(home, "nope.ini")).isEmpty();
    }

    private static List<String> found(Path home, String pattern) {
        return Glob.files(home + "/" + pattern).stream()
                .map(file -> file.toString().substring(home.toString().length() + 1))
                .toList();
    }

    private static void create(Path home, String... names) throws IOException {
        for (String name : names) {
            Path file = home.resolve(name);
            Files.createDirectories(Objects.requireNonNull(file.getParent()));
            Files.createFile(file);
        }
    }
}
