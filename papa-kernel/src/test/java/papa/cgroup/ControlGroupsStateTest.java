package papa.cgroup;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import papa.loop.EventLoop;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;

/** Cgroups that a former program made. An ordinary folder stands in for one: a machine may have none. */
@Timeout(60)
final class ControlGroupsStateTest {
    private static final String HEAD = "papa-state version=1 readable-by=1\n";

    private final Posix posix = new NativePosix();
    private final EventLoop loop = new EventLoop(posix);
    private final ControlGroups<String> groups = ControlGroups.toRestore(posix, loop);

    @TempDir
    Path folder;

    ControlGroupsStateTest() throws Exception {}

    private void restore(String lines) throws Exception {
        int file = posix.memoryFile("state-test", 0);
        String text = HEAD + lines + "end lines=" + (lines.lines().count() + 1) + "\n";
        Files.writeString(Path.of("/proc/self/fd/" + file), text, StandardCharsets.ISO_8859_1);
        StateReader reader = new StateReader(posix);
        groups.restoreFrom(reader, number -> Map.of(7L, "seven", 8L, "eight").get(number));
        try {
            reader.read(file);
        } finally {
            posix.close(file);
        }
    }

    private String saved() throws Exception {
        int file = posix.memoryFile("state-test", 0);
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            groups.save(writer);
            writer.finish();
            List<String> lines = Files.readAllLines(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1);
            return String.join("\n", lines.subList(1, lines.size() - 1)) + "\n";
        } finally {
            posix.close(file);
        }
    }

    private String lines() {
        return "cgroups instance=abcd why=\"\" path=/papa-1 folder=" + folder + "\n"
                + "cgroup number=7 owned=1\ncgroup number=8 owned=1\ncgroup number=9\n";
    }

    @Test
    void they_are_the_same_afterwards() throws Exception {
        restore(lines());
        assertThat(saved()).isEqualTo(lines());
        assertThat(groups.canBeMade()).isTrue();
        assertThat(groups.of(7)).extracting(each -> each.folder).isEqualTo(folder + "/abcd.7");
        assertThat(groups.owners()).containsExactlyInAnyOrder("seven", "eight");
    }

    @Test
    void none_can_be_made_where_none_could() throws Exception {
        String none = "cgroups instance=abcd why=\"no place\"\n";
        restore(none);
        assertThat(saved()).isEqualTo(none);
        assertThatThrownBy(() -> groups.forNew("w", 1)).hasMessageContaining("no place");
    }

    @Test
    void what_cannot_be_is_told() {
        assertThatThrownBy(() -> restore("cgroup number=7\n")).isInstanceOf(StateException.class);
        assertThatThrownBy(() -> restoreAnew(lines() + "cgroup number=9\n")).isInstanceOf(StateException.class);
        assertThatThrownBy(() -> restoreAnew(lines() + "cgroup number=10 owned=1\n"))
                .hasMessageContaining("there is no process of number=10");
    }

    private void restoreAnew(String lines) throws Exception {
        ControlGroupsStateTest other = new ControlGroupsStateTest();
        other.folder = folder;
        other.restore(lines);
    }

    @Test
    void that_of_a_start_that_failed_is_removed_and_that_of_an_ended_process_when_nobody_is_in_there()
            throws Exception {
        for (int number = 7; number <= 9; number++) {
            Files.createDirectory(folder.resolve("abcd." + number));
        }
        Path events = folder.resolve("abcd.7").resolve("cgroup.events");
        Files.writeString(events, "populated 1\nfrozen 0\n");
        restore(lines());
        List<String> told = new ArrayList<>();
        groups.resume();
        groups.resumeEnded(7, groups.of(7), new ControlGroups.Use() {
            @Override
            public void populated(boolean somebody) {
                told.add("populated " + somebody);
            }

            @Override
            public void emptied() {
                told.add("emptied");
                loop.stop();
            }
        });
        assertThat(folder.resolve("abcd.9")).doesNotExist();
        assertThat(folder.resolve("abcd.8")).exists();
        assertThat(told).isEmpty();
        Files.delete(events);
        loop.run();
        assertThat(told).containsExactly("populated false", "emptied");
        assertThat(folder.resolve("abcd.7")).doesNotExist();
        assertThat(saved()).contains("number=8").doesNotContain("number=7", "number=9");
    }
}
