package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import papa.wire.Frame;
import papa.wire.Usage;

/** What a process has used in its life, told with its end. */
@Timeout(120)
class UsageTest extends HandedOverKernel {
    private static final int SIGXCPU = 24;

    UsageTest() throws Exception {}

    private static Usage used(RunningKernel.Client client, long process) throws Exception {
        client.until(() -> client.has(Frame.Exit.class, process));
        return client.frames.stream()
                .filter(each -> each instanceof Frame.Exit && each.incarnation() == process)
                .map(each -> ((Frame.Exit) each).usage())
                .findFirst()
                .orElseThrow();
    }

    /** A second of processor time, after which Linux ends it. It has had less memory than we have here. */
    @Test
    void a_worker_that_burns_and_dies() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "usage");
        client.call("follow", "events", "w");
        long process = client.start("w", "ulimit -St 1; while :; do :; done");
        Usage used = used(client, process);
        assertThat(used.userMicros() + used.systemMicros()).isBetween(900_000L, 30_000_000L);
        assertThat(used.mostKib()).isPositive();
        assertThat(used.isExact()).isFalse();
        assertThat(client.call("list", "processes", "w"))
                .contains(" exit=-" + SIGXCPU + " ")
                .contains(" " + used.words() + " ");
        assertThat(client.call("stats", "w")).contains(" " + used.words() + " ");
    }

    /** Some of them end before their start is told. */
    @Test
    void one_that_ends_at_once_has_used_something_too() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "usage");
        client.call("follow", "events", "w*");
        for (int i = 0; i < 20; i++) {
            assertThat(used(client, client.start("w" + i, "exit 1")).mostKib()).isPositive();
        }
    }

    @Test
    void who_has_not_asked_for_it_gets_the_frame_as_it_was() throws Exception {
        RunningKernel.Client older = kernel.connect();
        older.call("follow", "events", "w");
        RunningKernel.Client newer = kernel.connect();
        newer.call("follow", "usage");
        newer.call("follow", "output", "w");
        long process = older.start("w", "exit 1");
        older.until(() -> older.has(Frame.Exit.class, process));
        assertThat(older.frames)
                .filteredOn(Frame.Exit.class::isInstance)
                .extracting(each -> ((Frame.Exit) each).usage())
                .containsOnlyNulls();
        assertThat(used(newer, process)).isNotNull();
        assertThatThrownBy(() -> newer.call("follow", "usage", "w"))
                .hasMessage("cannot follow usage of w: it is told of all, no name is wanted");
    }

    @Test
    void it_stays_known_over_an_upgrade_and_so_does_the_wish_to_hear_of_it() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("follow", "usage");
        long first = client.start("w", "exit 1");
        client.until(() -> client.callUnchecked("list", "processes").contains(" exit=1 "));
        assertThat(kernel.stateOfAnother()).contains(" tells-usage=1").containsPattern(" usage=\\d+:\\d+:\\d+:0");
        String before = client.call("list", "processes");
        handOver();
        assertThat(client.call("list", "processes")).isEqualTo(before).contains(" maxrssbelow=");
        client.call("follow", "events", "*");
        assertThat(before).contains(used(client, first).words());
        handOver();
        assertThat(used(client, client.start("later", "exit 2"))).isNotNull();
    }

    /** As an earlier version of papa has saved it. */
    @Test
    void a_state_that_does_not_tell_it_is_restored_without() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.start("w", "exit 1");
        client.until(() -> client.callUnchecked("list", "processes").contains(" exit=1 "));
        assertThat(kernel.complaintAbout(text -> text.replaceAll(" usage=\\S+", "")))
                .isEmpty();
        for (String wrong : List.of("1:2:3", "1:2:3:x", "1:2:-3:0")) {
            assertThat(kernel.complaintAbout(text -> text.replaceAll(" usage=\\S+", " usage=" + wrong)))
                    .contains("usage=" + wrong);
        }
    }
}
