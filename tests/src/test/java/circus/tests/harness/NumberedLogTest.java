package circus.tests.harness;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** The judge of the logs sees what it is to see. */
@ExtendWith(HomeExtension.class)
class NumberedLogTest {
    private final Path file;
    private final Home home;

    NumberedLogTest(Home home) {
        this.home = home;
        file = home.path("a.log");
    }

    @Test
    void a_whole_log_has_no_faults() {
        home.write("a.log", "a 7 1\nb 8 1\na 7 2\nb 8 total 1\na 7 3\na 7 total 3\n");

        assertThat(NumberedLog.read(file).faults()).isEmpty();
        assertThat(NumberedLog.read(file).workers()).containsExactly("a 7", "b 8");
        assertThat(NumberedLog.read(file).lines()).isEqualTo(4);
    }

    @Test
    void a_lost_a_doubled_a_swapped_and_a_cut_line_are_faults() {
        assertThat(faults("a 7 1\na 7 3\na 7 total 3\n")).isEqualTo("line 2: a 7 3 after 1");
        assertThat(faults("a 7 1\na 7 1\na 7 total 1\n")).isEqualTo("line 2: a 7 1 after 1");
        assertThat(faults("a 7 2\na 7 1\na 7 2\na 7 total 2\n")).startsWith("line 1: a 7 2 after 0");
        assertThat(faults("a 7 1\na 7\na 7 2\na 7 total 2\n")).isEqualTo("line 2 is no line of a worker: a 7");
        assertThat(faults("a 7 1\na 7 total 1")).isEqualTo("the file ends within a line");
    }

    @Test
    void lines_that_are_missing_at_the_end_are_faults() {
        assertThat(faults("a 7 1\na 7 total 2\n")).isEqualTo("a 7: printed 2 lines, the last one logged is 1");
        assertThat(faults("a 7 1\n")).isEqualTo("a 7: its last line (the total) is missing");
    }

    private String faults(String log) {
        home.write("a.log", log);
        return String.join("\n", NumberedLog.read(file).faults());
    }
}
