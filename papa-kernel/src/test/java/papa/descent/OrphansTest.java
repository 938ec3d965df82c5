package papa.descent;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Proxy;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.posix.Proc;

/** Many newcomers at once: real processes, and a list of the adopted that a test writes. */
@Timeout(60)
class OrphansTest {
    private static final int MANY = 300;

    private final Posix machine = new NativePosix();
    private final List<Process> started = new ArrayList<>();
    private final Path list = Files.createTempFile("children", "");
    private final Set<Integer> running = new HashSet<>();
    private final Orphans orphans;

    OrphansTest() throws Exception {
        String children = "/proc/" + machine.pid() + "/task/" + machine.pid() + "/children";
        Posix posix = (Posix) Proxy.newProxyInstance(
                Posix.class.getClassLoader(),
                new Class<?>[] {Posix.class},
                (proxy, method, arguments) -> method.getName().equals("open") && arguments[0].equals(children)
                        ? (Object) machine.open(list.toString(), 0, 0)
                        : method.invoke(machine, arguments));
        Proc proc = new Proc(posix);
        orphans = new Orphans(
                posix,
                proc,
                new Lineage(posix, proc, pid -> null, pid -> null),
                running::contains,
                (owner, stat) -> {});
        for (int i = 0; i < MANY; i++) {
            started.add(new ProcessBuilder("sleep", "1000").start());
        }
        Files.writeString(list, started.stream().map(each -> each.pid() + " ").collect(Collectors.joining()));
    }

    @AfterEach
    void end() throws Exception {
        started.forEach(Process::destroyForcibly);
        Files.delete(list);
    }

    @Test
    void many_newcomers_are_looked_at_a_few_at_a_time() {
        assertThat(orphans.adopt(true)).isFalse();
        assertThat(orphans.adopt(true)).isTrue();
        assertThat(orphans.strangers()).hasSize(MANY);
        assertThat(orphans.strangers().iterator().next().name()).isEqualTo("sleep");
    }

    @Test
    void who_may_belong_to_a_launch_under_way_waits_for_it_and_holds_up_nobody() {
        assertThat(orphans.adopt(false)).isFalse();
        assertThat(orphans.adopt(false)).isTrue();
        assertThat(orphans.strangers()).isEmpty();
        assertThat(orphans.knows((int) started.get(0).pid())).isTrue();
        orphans.launched();
        assertThat(orphans.adopt(true)).isFalse();
        assertThat(orphans.adopt(true)).isTrue();
        assertThat(orphans.strangers()).hasSize(MANY);
    }

    @Test
    void who_is_not_in_the_list_any_more_is_not_known() throws Exception {
        orphans.adopt(false);
        orphans.adopt(false);
        Files.writeString(list, "");
        assertThat(orphans.adopt(false)).isTrue();
        assertThat(orphans.knows((int) started.get(0).pid())).isFalse();
    }

    /** After an exec, whatever was started before is a child of the first thread. */
    @Test
    void a_process_that_the_kernel_started_is_not_taken_for_an_adopted_one() throws Exception {
        started.forEach(each -> running.add((int) each.pid()));
        assertThat(orphans.adopt(true)).isTrue();
        assertThat(orphans.strangers()).isEmpty();
        int ended = (int) started.get(3).pid();
        running.remove(ended); // it was reaped: who has its number now is another
        assertThat(orphans.adopt(true)).isTrue();
        assertThat(orphans.strangers()).hasSize(1);
        assertThat(orphans.knows(ended)).isTrue();
    }
}
