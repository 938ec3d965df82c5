package circus.manager.stats;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.watcher.Clock;
import circus.manager.watcher.ProcessView;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Figures from files that look like /proc. */
class ProcessFiguresTest {
    private static final Machine MACHINE = new Machine(16_384_000L * 1024, 4096, 100, 1_000_000);
    private static final Instant STARTED = Instant.ofEpochSecond(1_000_060);
    private static final String KEYS =
            "mem_info1 mem_info2 cpu mem ctime pid username nice create_time age cmdline children";

    @TempDir
    private Path root;

    private long nanos = 100_000_000_000L;

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

    private ProcessFigures figures;

    @BeforeEach
    void machine() throws IOException {
        Files.writeString(root.resolve("uptime"), "70.50 139.00\n");
        Files.writeString(root.resolve("passwd"), "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:1::/:/bin/false\n");
        figures =
                new ProcessFigures(MACHINE, new ProcFiles(root.toFile()), new UserNames(root.resolve("passwd")), clock);
    }

    /** One of them, started 50.5 s after the machine, 49.5 s ago; ticks are hundredths of a second. */
    private final class Fake {
        private final int pid;
        private String name = "sleep";
        private char state = 'S';
        private int parent = 1;
        private int user;
        private int ticks;
        private int threads = 1;
        private String cmdline = "sleep\0001000\0";

        Fake(int pid) {
            this.pid = pid;
        }

        Fake named(String given, String words) {
            name = given;
            cmdline = words;
            return this;
        }

        Fake busy(int spent) {
            ticks = spent;
            return this;
        }

        Fake of(int uid) {
            user = uid;
            return this;
        }

        Fake below(int mother, int motherThreads) {
            parent = mother;
            threads = motherThreads;
            return this;
        }

        Fake zombie() {
            state = 'Z';
            cmdline = "";
            return this;
        }

        /** @param children of each of its threads; none for a kernel that does not list them */
        void write(int... children) throws IOException {
            Path folder = Files.createDirectories(root.resolve(Integer.toString(pid)));
            Files.writeString(
                    folder.resolve("stat"),
                    pid + " (" + name + ") " + state + " " + parent + " 1 1 0 -1 4194304 100 0 0 0 " + ticks
                            + " 5 3 4 20 -10 " + threads + " 0 5050 2500000 410 "
                            + "1 1 1 1 1 0 0 0 0 0 0 0 0 17 0 0 0 7 0 0\n");
            Files.writeString(folder.resolve("status"), "Name:\t" + name + "\nUid:\t" + user + "\t0\t0\t0\nGid:\t1\n");
            Files.writeString(folder.resolve("cmdline"), cmdline);
            for (int thread = 0; thread < threads; thread++) {
                Path task = Files.createDirectories(folder.resolve("task/" + (pid + thread)));
                Files.writeString(
                        task.resolve("children"),
                        thread > 0
                                ? ""
                                : Arrays.stream(children)
                                        .mapToObj(child -> child + " ")
                                        .collect(Collectors.joining()));
            }
        }
    }

    private static ProcessView view(int pid) {
        return new ProcessView(pid, 3, STARTED);
    }

    private Map<?, ?> info(int pid) {
        return (Map<?, ?>) Objects.requireNonNull(figures.of(List.of(view(pid))).get(pid));
    }

    private static List<?> children(Map<?, ?> info) {
        return (List<?>) Objects.requireNonNull(info.get("children"));
    }

    @Test
    void has_the_keys_of_circus_in_their_order() throws IOException {
        new Fake(8414).named("a ) b", "/bin/sh -c\0x\0").busy(100).write(8415, 8416);
        new Fake(8415).of(65534).write();
        Map<?, ?> info = info(8414);
        assertThat(info.keySet().stream().map(String::valueOf)).containsExactly((KEYS + " started wid").split(" "));
        assertThat(info.get("mem_info1")).isEqualTo("1.60M");
        assertThat(info.get("mem_info2")).isEqualTo("2.38M");
        assertThat(info.get("mem")).isEqualTo(0.01);
        assertThat(info.get("ctime"))
                .as("with its dead children's and its wait for disks")
                .isEqualTo("0:01.19");
        assertThat(info.get("username")).isEqualTo("root");
        assertThat(info.get("nice")).isEqualTo(-10);
        assertThat(info.get("create_time")).isEqualTo(1_000_050.5);
        assertThat(info.get("age")).isEqualTo(40.0);
        assertThat(info.get("cmdline")).isEqualTo("sh");
        assertThat(info.get("started")).isEqualTo(1_000_060.0);
        assertThat(info.get("wid")).isEqualTo(3);
        assertThat(children(info)).as("8416 has ended since").hasSize(1).allSatisfy(child -> {
            Map<?, ?> one = (Map<?, ?>) child;
            assertThat(one.keySet().stream().map(String::valueOf)).containsExactly(KEYS.split(" "));
            assertThat(one.get("pid")).isEqualTo(8415);
            assertThat(one.get("username")).isEqualTo("nobody");
            assertThat(one.get("age")).isEqualTo(49.5);
        });
    }

    @Test
    void the_shares_of_a_process_and_its_child_are_those_since_the_sample() throws IOException {
        new Fake(7).busy(95).write(8);
        new Fake(8).busy(20).write();
        figures.sample(List.of(7));
        nanos += 2_000_000_000;
        new Fake(7).busy(145).write(8);
        new Fake(8).busy(320).write();
        Map<?, ?> info = info(7);
        assertThat(info.get("cpu")).isEqualTo(25.0);
        assertThat(children(info))
                .allSatisfy(child -> assertThat(((Map<?, ?>) child).get("cpu")).isEqualTo(150.0));
    }

    @Test
    void at_the_first_look_the_share_is_the_mean_over_its_life_on_the_clock_that_counts_its_start() throws IOException {
        new Fake(7).busy(495).write();
        assertThat(info(7).get("cpu")).as("5 of 20 s").isEqualTo(25.0);
        Files.delete(root.resolve("uptime"));
        new Fake(8).busy(490).write();
        assertThat(info(8).get("cpu")).as("4.95 of 49.5 s").isEqualTo(10.0);
    }

    @Test
    void a_sample_forgets_who_is_not_there_any_more() throws IOException {
        new Fake(7).write(8);
        new Fake(8).write();
        new Fake(9).write();
        figures.sample(List.of(7, 9));
        assertThat(figures.known()).isEqualTo(3);
        nanos++;
        new Fake(7).write();
        figures.sample(List.of(7, 99));
        assertThat(figures.known()).isEqualTo(1);
    }

    @Test
    void a_process_that_has_gone_is_told_in_the_words_of_circus() throws IOException {
        new Fake(5).zombie().write();
        new Fake(6).write();
        assertThat(figures.of(List.of(view(4), view(5), view(6))))
                .containsEntry(4, "No such process (stopped?)")
                .containsEntry(5, "No such process (stopped?)")
                .hasEntrySatisfying(6, info -> assertThat(info).isInstanceOf(Map.class));
    }

    @Test
    void a_zombie_child_is_told_as_one() throws IOException {
        new Fake(7).write(8);
        new Fake(8).zombie().write();
        assertThat(children(info(7))).hasSize(1).allSatisfy(child -> {
            assertThat(((Map<?, ?>) child).get("nice")).isEqualTo("Zombie");
            assertThat(((Map<?, ?>) child).get("cmdline")).isEqualTo("N/A");
        });
    }

    @Test
    void who_a_process_is_is_looked_up_again_after_an_exec_or_five_seconds() throws IOException {
        new Fake(7).named("sh", "sh\0").write();
        assertThat(info(7).get("cmdline")).isEqualTo("sh");
        new Fake(7).named("sh", "another\0").of(65534).write();
        nanos += Identities.LONGEST.toNanos() - 1;
        assertThat(info(7).get("username")).isEqualTo("root");
        nanos += 1;
        assertThat(info(7).get("username")).isEqualTo("nobody");
        assertThat(info(7).get("cmdline")).isEqualTo("another");
        new Fake(7).named("sleep", "sleep\0").write();
        assertThat(info(7).get("cmdline")).as("at once, after an exec").isEqualTo("sleep");
    }

    @Test
    void a_child_that_ends_loses_its_command_line_at_once() throws IOException {
        new Fake(7).write(8);
        new Fake(8).write();
        assertThat(((Map<?, ?>) children(info(7)).get(0)).get("cmdline")).isEqualTo("sleep");
        new Fake(8).zombie().write();
        assertThat(((Map<?, ?>) children(info(7)).get(0)).get("cmdline")).isEqualTo("N/A");
    }

    @Test
    void a_number_stands_for_a_user_without_a_name_until_there_is_one() throws Exception {
        new Fake(7).of(12345).write();
        assertThat(info(7).get("username")).isEqualTo("12345");
        Path passwd = root.resolve("passwd");
        Files.writeString(passwd, "somebody:x:12345:1::/:/bin/false\n");
        Files.setLastModifiedTime(passwd, java.nio.file.attribute.FileTime.from(Instant.ofEpochSecond(7)));
        assertThat(info(7).get("username")).isEqualTo("somebody");
    }

    @Test
    void what_may_not_be_looked_at_is_not_available() throws IOException {
        Files.createDirectories(root.resolve("7"));
        Map<?, ?> info = info(7);
        assertThat(info.keySet().stream().map(String::valueOf)).containsExactly((KEYS + " started wid").split(" "));
        for (String key : "mem_info1 mem_info2 cpu mem ctime username nice create_time cmdline".split(" ")) {
            assertThat(info.get(key)).as(key).isEqualTo("N/A");
        }
        assertThat(info.get("pid")).isEqualTo(7);
        assertThat(info.get("age")).as("since circusd started it").isEqualTo(40.0);
    }

    @Test
    void children_are_found_by_their_parent_where_that_takes_fewer_reads() throws IOException {
        new Fake(7).below(1, 40).write();
        new Fake(8).below(7, 1).write();
        new Fake(9).below(8, 1).write();
        assertThat(children(info(7)))
                .singleElement()
                .satisfies(child -> assertThat(((Map<?, ?>) child).get("pid")).isEqualTo(8));
    }

    @Test
    void children_are_found_by_their_parent_where_the_kernel_does_not_list_them() throws IOException {
        new Fake(7).write();
        new Fake(8).below(7, 1).write();
        Files.delete(root.resolve("7/task/7/children"));
        assertThat(children(info(7)))
                .singleElement()
                .satisfies(child -> assertThat(((Map<?, ?>) child).get("pid")).isEqualTo(8));
    }

    @Test
    void the_daemon_is_told_without_children() throws IOException {
        new Fake(7).write(8);
        new Fake(8).write();
        Map<?, ?> info = (Map<?, ?>) figures.ofDaemon(7);
        assertThat(info.keySet().stream().map(String::valueOf)).containsExactly(KEYS.split(" "));
        assertThat(children(info)).isEmpty();
        assertThat(info.get("age")).isEqualTo(49.5);
        assertThat(figures.ofDaemon(99)).isEqualTo("No such process (stopped?)");
    }

    @Test
    void knows_this_very_process_by_what_oshi_says_of_the_machine() {
        int pid = (int) ProcessHandle.current().pid();
        Clock real = Clock.system();
        ProcessFigures actual = new ProcessFigures(
                Machine.look(), new ProcFiles(new java.io.File("/proc")), new UserNames(Path.of("/etc/passwd")), real);
        Map<?, ?> info = (Map<?, ?>) actual.ofDaemon(pid);
        assertThat(info.get("cmdline")).isEqualTo("java");
        assertThat((Double) info.get("age")).isBetween(0.0, 600.0);
        assertThat((Double) info.get("mem")).isBetween(0.001, 50.0);
        Instant created = ProcessHandle.current().info().startInstant().orElseThrow();
        assertThat((Double) info.get("create_time"))
                .isBetween(created.getEpochSecond() - 2.0, created.getEpochSecond() + 3.0);
    }
}
