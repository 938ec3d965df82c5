package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** How figures are written, as contract/events-and-stats.md has it. */
class FormatsTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0B",
        "1023, 1023B",
        "1024, 1.00K",
        "3072, 3.00K",
        "1679360, 1.60M",
        "128671744, 122.71M",
        "5497558138880, 5.00T",
        "9223372036854775807, 8.00E",
        "1179648, 1.12M", // 1.125: Python rounds a middle to the even side
        "1187840, 1.13M",
        "1200128, 1.14M", // 1.14453
        "1048575, 1024.00K",
    })
    void sizes(long bytes, String text) {
        assertThat(HumanSize.of(bytes)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({"0, 0:00.00", "1, 0:00.01", "5, 0:00.05", "14, 0:00.14", "6150, 1:01.50", "366107, 61:01.07"})
    void cpu_time_in_true_hundredths_and_whole_minutes(long hundredths, String text) {
        assertThat(ProcessInfo.cpuTime(hundredths)).isEqualTo(text);
    }

    @ParameterizedTest
    @CsvSource({
        "/usr/bin/python3, python3",
        "sleep, sleep",
        "'nginx: worker process', nginx:",
        "'/opt/a/b -x /c', b",
        "-bash, -bash",
        "'', N/A",
        "/, N/A",
        "'  ', N/A"
    })
    void programs(String firstWord, String name) {
        assertThat(ProcessInfo.program(firstWord)).isEqualTo(name);
    }

    @Test
    void a_stat_file_of_an_older_kernel_has_fewer_fields() throws java.io.IOException {
        byte[] text = "7 (x) S 1 1 1 0 -1 0 0 0 0 0 11 22 0 0 20 0 1 0 99 5 6"
                .getBytes(java.nio.charset.StandardCharsets.US_ASCII);
        ProcessStat stat = ProcessStat.parse(7, text, text.length);
        assertThat(stat).isEqualTo(new ProcessStat(7, 'S', 1, 33, 33, 0, 1, 99, 5, 6));
    }
}
