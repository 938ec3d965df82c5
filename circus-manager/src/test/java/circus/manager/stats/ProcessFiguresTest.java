package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures from files that look like /proc. */
class ProcessFiguresTest {
    @TempDir
    private Path root;

    private long nanos;

    private final Clock clock = new Clock() {
        @Override
        public long nanos() {
            return nanos;
        }

        @Override
        public Instant now() {
            return Instant.ofEpochSecond(1_000_100);
        }
    };

    @BeforeEach
    void machine() throws IOException {
        Files.writeString(root.resolve("stat"), "cpu 1 2 3\nbtime 1000000\n");
        Files.writeString(root.resolve("meminfo"), "MemTotal:       16384000 kB\n");
        Files.writeString(root.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:1::/:/bin/false\n");
    }

    private void process(int pid, String name, int uid, int ticks, String cmdline, String children) throws IOException {
        Path folder = Files.createDirectories(root.resolve(Integer.toString(pid)));
        Files.writeString(
                folder.resolve("stat"),
                pid + " (" + name + ") S 1 1 1 0 -1 4194304 100 0 0 0 " + ticks + " 5 0 0 20 10 1 0 5050 2500000 410 "
                        + "1 1 1 1 1 0 0 0 0 0 0 0 0 17 0 0 0 7 0 0\n");
        Files.writeString(folder.resolve("statm"), "610 410 300 1 0 50 0\n");
        Files.writeString(folder.resolve("status"), "Name:\t" + name + "\nUid:\t" + uid + "\t0\t0\t0\n");
        Files.writeString(folder.resolve("cmdline"), cmdline);
        Path thread = Files.createDirectories(folder.resolve("task").resolve(Integer.toString(pid)));
        Files.writeString(thread.resolve("children"), children);
    }

    private ProcessFigures figures() throws IOException {
        return new ProcessFigures(new ProcFiles(root, root.resolve("passwd")), clock);
    }

    @Test
    void has_the_keys_of_circus_in_their_order() throws IOException {
        process(8414, "a ) b", 0, 100, "/bin/sh -c\0x\0", "8415 8416 ");
        process(8415, "sleep", 65534, 0, "sleep\0001000\0", "");
        Map<String, ?> info = figures().of(new ProcessView(8414, 3, Instant.ofEpochSecond(1_000_060)));
        assertThat(info.keySet())
                .containsExactly(
                        "mem_info1",
                        "mem_info2",
                        "cpu",
                        "mem",
                        "ctime",
                        "pid",
                        "username",
                        "nice",
                        "create_time",
                        "age",
                        "cmdline",
                        "children",
                        "started",
                        "wid");
        assertThat(info.get("mem_info1")).isEqualTo("1.60M");
        assertThat(info.get("mem_info2")).isEqualTo("2.38M");
        assertThat(info.get("mem")).isEqualTo(0.01);
        assertThat(info.get("ctime")).isEqualTo("0:01.12");
        assertThat(info.get("username")).isEqualTo("root");
        assertThat(info.get("nice")).isEqualTo(10);
        assertThat(info.get("create_time")).isEqualTo(1_000_050.5);
        assertThat(info.get("age")).isEqualTo(40.0);
        assertThat(info.get("cmdline")).isEqualTo("sh");
        assertThat(info.get("wid")).isEqualTo(3);
        assertThat((List<?>) info.get("children")).hasSize(1).allSatisfy(child -> {
            Map<?, ?> one = (Map<?, ?>) child;
            assertThat(one.get("pid")).isEqualTo(8415);
            assertThat(one.get("username")).isEqualTo("nobody");
            assertThat(one.get("age")).isEqualTo(49.5);
            assertThat(one.containsKey("wid")).isFalse();
        });
    }

    @Test
    void the_cpu_share_is_that_since_the_former_look() throws IOException {
        ProcessFigures figures = figures();
        ProcessView process = new ProcessView(7, 1, Instant.ofEpochSecond(1_000_060));
        process(7, "x", 0, 100, "", "");
        assertThat(figures.of(process).get("cpu")).isEqualTo(0.0);
        process(7, "x", 0, 125, "", "");
        nanos += 500_000_000;
        Map<String, ?> info = figures.of(process);
        assertThat(info.get("cpu")).isEqualTo(50.0);
        assertThat(info.get("cmdline")).as("a process without arguments").isEqualTo("N/A");
    }

    @Test
    void a_process_that_has_gone_is_an_error() throws IOException {
        ProcessFigures figures = figures();
        assertThatThrownBy(() -> figures.of(new ProcessView(99, 1, Instant.EPOCH)))
                .isInstanceOf(IOException.class);
    }

    @Test
    void cpu_time_is_written_in_true_hundredths_and_whole_minutes() {
        assertThat(ProcessFigures.cpuTime(0)).isEqualTo("0:00.00");
        assertThat(ProcessFigures.cpuTime(5)).isEqualTo("0:00.05");
        assertThat(ProcessFigures.cpuTime(6150)).isEqualTo("1:01.50");
        assertThat(ProcessFigures.cpuTime(366_107)).isEqualTo("61:01.07");
    }

    @Test
    void sizes_are_written_as_circus_does() {
        assertThat(HumanSize.of(1023)).isEqualTo("1023B");
        assertThat(HumanSize.of(3072)).isEqualTo("3.00K");
        assertThat(HumanSize.of(128_671_744)).isEqualTo("122.71M");
        assertThat(HumanSize.of(5L << 40)).isEqualTo("5.00T");
    }

    @Test
    void knows_this_very_process() throws IOException {
        int pid = (int) ProcessHandle.current().pid();
        Map<String, ?> info = new ProcessFigures(
                        new ProcFiles(Path.of("/proc"), Path.of("/etc/passwd")), Clock.system())
                .of(new ProcessView(pid, 1, Instant.now()));
        assertThat(info.get("cmdline")).isEqualTo("java");
        assertThat((Double) info.get("age")).isBetween(0.0, 60.0);
    }
}
