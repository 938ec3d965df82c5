package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import papa.posix.Errno;
import papa.posix.NativePosix;
import papa.posix.Posix;

class OrphansTest {
    private final Posix posix = new NativePosix();

    @Test
    void descendants_are_found_also_while_no_more_files_may_be_open() throws Exception {
        Process parent = new ProcessBuilder("sh", "-c", "sleep 100 & echo ready; wait").start();
        long[] limit = new long[2];
        posix.fileLimit(limit);
        try {
            assertThat(parent.getInputStream().read()).isEqualTo('r');
            Orphans orphans = new Orphans(posix, pid -> null);
            ProcessSpec.Target none = ProcessSpec.Target.NULL;
            ProcessSpec spec = new ProcessSpec(
                    "p", List.of("x"), false, Map.of(), "", "", -1, List.of(), none, none, 0, ChildAttributes.NONE);
            Incarnation owner = new Incarnation(1, spec, new Started(1, -1, 0, 0, -1, -1, ""), Map.of());
            owner.leftovers.add((int) parent.pid());
            assertThat(orphans.tree(owner)).hasSize(2);

            int lowestFree = posix.open("/dev/null", Posix.O_RDONLY, 0);
            posix.close(lowestFree);
            posix.setFileLimit(lowestFree, limit[1]);
            int opened = posix.open("/dev/null", Posix.O_RDONLY, 0);
            int found = orphans.tree(owner).size();
            int again = orphans.tree(owner).size();
            posix.setFileLimit(limit[0], limit[1]);
            assertThat(opened).isEqualTo(Errno.EMFILE.negated());
            assertThat(found).isEqualTo(2);
            assertThat(again).isEqualTo(2);
        } finally {
            posix.setFileLimit(limit[0], limit[1]);
            parent.descendants().forEach(ProcessHandle::destroy);
            parent.destroy();
        }
    }
}
