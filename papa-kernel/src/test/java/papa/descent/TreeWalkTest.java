package papa.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.loop.Chores;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.Proc;

@Timeout(60)
class TreeWalkTest {
    private final Posix posix = new NativePosix();
    private final List<Process> started = new ArrayList<>();

    @AfterEach
    void end() {
        for (Process each : started) {
            each.descendants().forEach(ProcessHandle::destroyForcibly);
            each.destroyForcibly();
        }
    }

    /** Starts a program and waits until it says something. */
    private int start(String... words) throws Exception {
        Process process = new ProcessBuilder(words).redirectErrorStream(true).start();
        started.add(process);
        assertThat(process.getInputStream().read()).isPositive();
        return (int) process.pid();
    }

    private List<Proc.Stat> tree(Proc proc, int pid) {
        TreeWalk walk = new TreeWalk(proc, posix.pid(), List.of(pid), stat -> true, stat -> true, stat -> {});
        while (!walk.goOn(new Chores.Budget(3))) {
            assertThat(walk.isFull()).isFalse();
        }
        return walk.found();
    }

    @Test
    void descendants_are_found_parents_first() throws Exception {
        int pid = start("sh", "-c", "(sleep 100 & setsid sleep 100 & wait) & echo ready; wait");
        Proc proc = new Proc(posix);
        List<Proc.Stat> tree = tree(proc, pid);
        for (int tries = 0; tries < 1000 && tree.size() < 4; tries++) {
            tree = tree(proc, pid);
        }
        assertThat(tree).hasSize(4);
        assertThat(tree.get(0).pid()).isEqualTo(pid);
        assertThat(tree.get(1).parent()).isEqualTo(pid);
        assertThat(tree.get(2).parent()).isEqualTo(tree.get(1).pid());
        assertThat(tree.get(3).parent()).isEqualTo(tree.get(1).pid());
    }

    @Test
    void descendants_are_found_also_while_no_more_files_may_be_open() throws Exception {
        int pid = start("sh", "-c", "sleep 100 & echo ready; wait");
        long[] limit = new long[2];
        posix.fileLimit(limit);
        try {
            Proc proc = new Proc(posix);
            assertThat(tree(proc, pid)).hasSize(2);
            int lowestFree = posix.open("/dev/null", Posix.O_RDONLY, 0);
            posix.close(lowestFree);
            posix.setFileLimit(lowestFree, limit[1]);
            int opened = posix.open("/dev/null", Posix.O_RDONLY, 0);
            int found = tree(proc, pid).size();
            int pidfd = proc.pidfdOpen(pid);
            if (pidfd >= 0) {
                proc.close(pidfd);
            }
            int again = tree(proc, pid).size();
            posix.setFileLimit(limit[0], limit[1]);
            assertThat(opened).isEqualTo(Errno.EMFILE.negated());
            assertThat(found).isEqualTo(2);
            assertThat(pidfd).isPositive();
            assertThat(again).isEqualTo(2);
        } finally {
            posix.setFileLimit(limit[0], limit[1]);
        }
    }

    /** They are children of a thread that is not the first: to list the threads takes a file of its own. */
    @Test
    void children_of_other_threads_are_found_while_no_more_files_may_be_open() throws Exception {
        int pid = start("python3", "-uc", """
                import subprocess, threading
                def second():
                    subprocess.Popen(['sleep', '100'])
                    print('ready')
                    threading.Event().wait()
                threading.Thread(target=second).start()
                """);
        long[] limit = new long[2];
        posix.fileLimit(limit);
        try {
            Proc proc = new Proc(posix);
            int lowestFree = posix.open("/dev/null", Posix.O_RDONLY, 0);
            posix.close(lowestFree);
            posix.setFileLimit(lowestFree, limit[1]);
            int found = tree(proc, pid).size();
            int again = tree(proc, pid).size();
            posix.setFileLimit(limit[0], limit[1]);
            assertThat(List.of(found, again)).containsExactly(2, 2);
        } finally {
            posix.setFileLimit(limit[0], limit[1]);
        }
    }

    @Test
    void a_process_lives_on_whose_first_thread_has_ended() throws Exception {
        int pid = start("python3", "-uc", """
                import ctypes, subprocess, threading
                libc = ctypes.CDLL(None)
                def last():
                    subprocess.Popen(['sleep', '100'])
                    print('ready')
                    threading.Event().wait()
                threading.Thread(target=last).start()
                libc.pthread_exit(None)
                """);
        Proc proc = new Proc(posix);
        for (int tries = 0; tries < 100_000 && proc.stat(pid).orElseThrow().state() != 'Z'; tries++) {
            Thread.onSpinWait();
        }
        assertThat(proc.stat(pid).orElseThrow().state()).isEqualTo('Z');
        assertThat(tree(proc, pid)).hasSize(2);
    }

    @Test
    void who_has_ended_and_is_not_reaped_is_nobody() throws Exception {
        int pid = start("python3", "-uc", """
                import os, time
                if os.fork() == 0:
                    os._exit(0)
                os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOWAIT)
                print('ready')
                time.sleep(100)
                """);
        Proc proc = new Proc(posix);
        assertThat(proc.children(proc.stat(pid).orElseThrow())).hasSize(1);
        assertThat(tree(proc, pid)).hasSize(1);
    }

    @Test
    void names_may_hold_anything() throws Exception {
        int pid = start("python3", "-uc", """
                import ctypes, time
                ctypes.CDLL(None).prctl(15, b') Z 1 (', 0, 0, 0)
                print('ready')
                time.sleep(100)
                """);
        Proc.Stat stat = new Proc(posix).stat(pid).orElseThrow();
        assertThat(stat.name()).isEqualTo(") Z 1 (");
        assertThat(stat.parent()).isEqualTo(posix.pid());
        assertThat(stat.startTicks()).isPositive();
    }
}
