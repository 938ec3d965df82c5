package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckReportTest {
    @TempDir
    Path directory;

    @Test
    void a_file_without_a_mistake_is_summed_up_in_one_line() throws IOException {
        Path file = write("web.ini", "[watcher:a]\ncmd = x\n[watcher:b]\ncmd = x\n[socket:s]\nport = 0\n");

        CheckReport report = check(file);

        assertThat(report.text()).isEqualTo(file + ": nothing wrong; 2 watchers, 1 socket");
        assertThat(report.isUsable()).isTrue();
    }

    @Test
    void what_would_be_dropped_is_told_and_hinders_nothing() throws IOException {
        Path file = write("a.ini", "[watcher:a]\ncmd = x\ncmd = y\n[wather:b]\ncmd = z\n");

        CheckReport report = check(file);

        assertThat(report.text().lines())
                .satisfiesExactly(
                        line -> assertThat(line).startsWith(file + ":3: warning  cmd in [watcher:a] is ignored"),
                        line -> assertThat(line).startsWith(file + ":4: warning  [wather:b] is ignored"),
                        line -> assertThat(line).isEqualTo(file + ": 2 warnings; 1 watcher, 0 sockets"));
        assertThat(report.isUsable()).isTrue();
    }

    @Test
    void mistakes_and_warnings_stand_in_columns_in_the_order_of_files_and_lines() throws IOException {
        Path file = write(
                "main.ini",
                "[circus]\ninclude = d/more.ini\n[circus]\nbogus = 1\n\n\n\n\n\n[watcher:a]\nnumprocesses = two\ncmd = \"\n a\n");
        write("d/more.ini", "junk\n");

        CheckReport report = check(file);

        String more = directory.resolve("d/more.ini").toString();
        int width = (more + ":1:").length();
        assertThat(report.text().lines())
                .satisfiesExactly(
                        line -> assertThat(line)
                                .startsWith(padded(file + ":4:", width) + " warning  bogus in [circus] is not"),
                        line -> assertThat(line)
                                .startsWith(padded(file + ":11:", width) + " error    cannot use numprocesses = two"),
                        line -> assertThat(line).contains(file + ":12:", "No closing quotation in: \" a"),
                        line -> assertThat(line).startsWith(more + ":1: error    cannot place 'junk'"),
                        line -> assertThat(line).isEqualTo(file + ": 3 errors, 1 warning"));
        assertThat(report.isUsable()).isFalse();
    }

    @Test
    void files_are_called_as_the_user_calls_them() {
        CheckReport report = check(Path.of("no/such.ini"));

        assertThat(report.text())
                .isEqualTo("no/such.ini: error    cannot read the configuration: there is no such file\n"
                        + "no/such.ini: 1 error");
    }

    private static CheckReport check(Path file) {
        return CheckReport.of(file, Map.of());
    }

    private static String padded(String text, int width) {
        return String.format("%-" + width + "s", text);
    }

    private Path write(String name, String text) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.resolveSibling("x").getParent());
        return Files.writeString(file, text);
    }
}
