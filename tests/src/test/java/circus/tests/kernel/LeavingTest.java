package circus.tests.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/** Processes that leave their parents, sessions and streams: found by their cgroup, or at least ended with the kernel. */
@ExtendWith(HomeExtension.class)
class LeavingTest {
    private static final Duration LIMIT = Duration.ofSeconds(20);

    /** Leaves its output, its parent and its session, twice over, and writes the pid it ends up with. */
    private static final String DAEMON = """
            import os, sys, time
            def leave():
                if os.fork(): os._exit(0)
                os.setsid()
            if os.fork():
                time.sleep(0.5)
                os._exit(3)
            null = os.open('/dev/null', os.O_RDWR)
            for fd in 0, 1, 2: os.dup2(null, fd)
            leave()
            leave()
            with open(sys.argv[1] + '.new', 'w') as file: file.write(str(os.getpid()))
            os.rename(sys.argv[1] + '.new', sys.argv[1])
            time.sleep(1000)
            """;

    private final Home home;

    LeavingTest(Home home) {
        this.home = home;
    }

    private int startDaemon(PapaSession session, String name, String options) {
        Path script = home.write("daemon.py", DAEMON);
        Path pidFile = home.path(name + ".pid");
        String answer = session.ask(
                "make process " + name + " path=/usr/bin:/bin " + options + " -- python3 " + script + " " + pidFile);
        assertThat(answer).contains("incarnation=");
        await(name + " has left").atMost(LIMIT).until(() -> Files.exists(pidFile));
        return Integer.parseInt(Home.read(pidFile));
    }

    private static boolean runs(int pid) {
        String stat = Home.read(Path.of("/proc/" + pid + "/stat"));
        return !stat.isEmpty() && !stat.matches("(?s).*\\) [ZX] .*");
    }

    /** Where the files of a process's cgroup are, as a kernel sees them. */
    private static Path folder(Kernel kernel, int pid) {
        String path = Home.read(Path.of("/proc/" + pid + "/cgroup"))
                .lines()
                .filter(each -> each.startsWith("0::"))
                .findFirst()
                .orElseThrow()
                .substring(3);
        String mount = Home.read(Path.of("/proc/" + kernel.daemon().pid() + "/mountinfo"))
                .lines()
                .filter(each -> each.contains(" - cgroup2 "))
                .reduce((first, last) -> last)
                .orElseThrow()
                .split(" ", -1)[4];
        return Path.of("/proc/" + kernel.daemon().pid() + "/root" + mount + path);
    }

    /** The same for another kernel. */
    private static Path seenBy(Kernel kernel, Path folder) {
        return Path.of("/proc/" + kernel.daemon().pid()).resolve(folder.subpath(2, folder.getNameCount()));
    }

    /** That of all processes of one kernel. */
    private static Path parent(Path folder) {
        return Objects.requireNonNull(folder.getParent());
    }

    private static List<Path> in(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.filter(Files::isDirectory).toList();
        } catch (IOException gone) {
            return List.of();
        }
    }

    @Test
    void who_left_everything_but_its_cgroup_is_counted_signalled_and_told_when_gone() {
        Kernel kernel = home.kernelWithControlGroups();
        Path all;
        try (PapaSession session = kernel.session()) {
            assertThat(session.ask("hello")).contains(",cgroup");
            int pid = startDaemon(session, "w", "cgroup=1");
            Path folder = folder(kernel, pid);
            all = parent(folder);
            assertThat(folder.getFileName().toString()).endsWith(".1");
            await("its end")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes w").contains("exit=3"));
            assertThat(session.ask("list processes w")).contains("left=1");

            assertThat(session.ask("signal w TERM cgroup")).matches("sent 1 [0-9]+");
            await("it is told gone")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes w").contains("left=0"));
            assertThat(runs(pid)).isFalse();
            await("its cgroup is removed").atMost(LIMIT).until(() -> !Files.exists(folder));
            assertThat(session.ask("signal w TERM cgroup")).isEqualTo("gone");

            int other = startDaemon(session, "killed", "cgroup=1");
            assertThat(session.ask("signal killed KILL cgroup")).startsWith("sent ");
            await("all are gone")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes killed").contains("left=0"));
            assertThat(runs(other)).isFalse();

            int third = startDaemon(session, "tree", "cgroup=1");
            assertThat(session.ask("signal tree KILL tree")).startsWith("sent ");
            await("the tree is gone")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes tree").contains("left=0"));
            assertThat(runs(third)).isFalse();
            await("no cgroup is left").atMost(LIMIT).until(() -> in(all).isEmpty());
        }
        kernel.daemon().signal("TERM");
        kernel.daemon().awaitExit(LIMIT);
    }

    @Test
    void a_cgroup_goes_with_a_launch_that_failed_and_with_the_kernel() {
        Kernel kernel = home.kernelWithControlGroups();
        Path all;
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            session.ask("make process w cgroup=1 -- /bin/sleep 1000");
            int pid = Integer.parseInt(session.ask("list processes w").replaceAll("(?s).* pid=(\\d+) .*", "$1"));
            all = parent(folder(kernel, pid));
            assertThat(session.ask("make process bad cgroup=1 -- /no/such")).contains("finding the program");
            Path script = home.script("bad", "");
            home.write("bad", "#!/no/such/interpreter\n");
            assertThat(session.ask("make process bad cgroup=1 -- " + script)).contains("executing");
            await("one cgroup is left").atMost(LIMIT).until(() -> in(all).size() == 1);
        }
        String mount = all.toString().replaceAll("^/proc/\\d+/root", "");
        kernel.daemon().signal("TERM");
        kernel.daemon().awaitExit(LIMIT);
        assertThat(Path.of(mount)).doesNotExist();
    }

    @Test
    void the_cgroups_of_a_kernel_that_was_killed_go_with_the_start_of_the_next() {
        Kernel killed = home.kernelWithControlGroups();
        int first;
        int second;
        try (PapaSession session = killed.session()) {
            session.ask("hello");
            first = startDaemon(session, "first", "cgroup=1");
            second = startDaemon(session, "second", "cgroup=1");
            await("both have ended")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes").split("exit=3", -1).length == 3);
        }
        assertThat(first).isNotEqualTo(second);
        killed.daemon().kill9();
        kill(first);
        Kernel next = home.kernelWithControlGroups();
        Path all = parent(folder(next, second));
        assertThat(in(all)).hasSize(1);
        assertThat(next.daemon().errors())
                .contains("left processes in the cgroup")
                .contains("cgroup.kill");
        kill(second);
        next.daemon().kill9();
        Kernel last = home.kernelWithControlGroups();
        assertThat(seenBy(last, parent(all))).exists();
        assertThat(seenBy(last, all)).doesNotExist();
        assertThat(last.daemon().errors()).doesNotContain("cgroup.kill");
    }

    private static void kill(int pid) {
        ProcessHandle.of(pid).ifPresent(ProcessHandle::destroyForcibly);
        await(pid + " has gone").atMost(LIMIT).until(() -> !runs(pid));
    }

    @Test
    void who_left_everything_is_told_and_ended_with_the_kernel() {
        Kernel kernel = home.kernel();
        int pid;
        try (PapaSession session = kernel.session()) {
            session.ask("hello");
            pid = startDaemon(session, "w", "");
            await("its end")
                    .atMost(LIMIT)
                    .until(() -> session.ask("list processes w").contains("exit=3"));
            assertThat(session.ask("list processes w")).contains("left=0");
        }
        await("it is told")
                .atMost(LIMIT)
                .until(() -> kernel.daemon().errors().contains("adopted pid " + pid + " (python3)"));
        kernel.daemon().signal("TERM");
        kernel.daemon().awaitExit(LIMIT);
        assertThat(runs(pid)).isFalse();
    }
}
