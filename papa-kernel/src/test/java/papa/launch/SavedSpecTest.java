package papa.launch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import papa.posix.NativePosix;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateReader;
import papa.state.StateWriter;

/** What was asked for a process comes back equal, whatever it was. */
final class SavedSpecTest {
    private static final ProcessSpec PLAIN = new ProcessSpec(
            "p",
            List.of("x"),
            false,
            Map.of(),
            "",
            "",
            -1,
            List.of(),
            ProcessSpec.Target.CAPTURED,
            ProcessSpec.Target.CAPTURED,
            0,
            ChildAttributes.NONE);

    private static final ProcessSpec FULL = new ProcessSpec(
            "a b\u00ff\n",
            List.of("", "arg=1", "x y\"\\", "\u0001"),
            true,
            Map.of("A", "b=c", "EMPTY", "", "", "no name", "L", "1\n2"),
            "/tmp/a b",
            "/bin:/x",
            027,
            List.of(Map.entry("s", ""), Map.entry("t=u", "fd name"), Map.entry("s", "")),
            ProcessSpec.Target.NULL,
            ProcessSpec.Target.MERGED,
            1L << 40,
            new ChildAttributes(
                    new IdentityWords("me", "1000", ""),
                    -20,
                    List.of(
                            new ResourceLimit(ResourceLimit.Kind.NOFILE, 10, ResourceLimit.INFINITY),
                            new ResourceLimit(ResourceLimit.Kind.CORE, ResourceLimit.INFINITY, ResourceLimit.INFINITY)),
                    "s",
                    true,
                    true,
                    true,
                    "/bin/a b"));

    private final Posix posix = new NativePosix();

    private String saved(ProcessSpec spec) throws Exception {
        int file = posix.memoryFile("state-test", 0);
        try (StateWriter writer = new StateWriter(posix, file, "0.1.0")) {
            StateWriter.Line line = writer.line("process");
            SavedSpec.put(line, spec);
            line.end();
            writer.finish();
            return Files.readString(Path.of("/proc/self/fd/" + file), StandardCharsets.ISO_8859_1);
        } finally {
            posix.close(file);
        }
    }

    private ProcessSpec restored(String text) throws Exception {
        int file = posix.memoryFile("state-test", 0);
        List<ProcessSpec> found = new ArrayList<>();
        try {
            Files.writeString(Path.of("/proc/self/fd/" + file), text, StandardCharsets.ISO_8859_1);
            StateReader reader = new StateReader(posix);
            reader.on("process", line -> found.add(SavedSpec.restore(line)));
            reader.read(file);
        } finally {
            posix.close(file);
        }
        return found.get(0);
    }

    @Test
    void it_comes_back_equal() throws Exception {
        for (ProcessSpec spec : List.of(PLAIN, FULL, FULL.withoutEnvironment())) {
            assertThat(restored(saved(spec))).isEqualTo(spec);
            assertThat(restored(saved(spec)).bytes()).isEqualTo(spec.bytes());
        }
        assertThat(restored(saved(PLAIN)).attributes()).isSameAs(ChildAttributes.NONE);
    }

    @Test
    void what_is_wrong_is_told() throws Exception {
        String good = saved(FULL);
        String[][] changes = {
            {" fd-name=\"\"", ""},
            {" env=A=b=c", " env=Ab"},
            {" env=A=b=c", " env=A=b env=A=c"},
            {" rlimit=7:", " rlimit=99:"},
            {" stdout=NULL", " stdout=SOMEWHERE"},
            {" umask=23", " umask=512"},
            {" buffer=\\d+", " buffer=-1"},
            {" arg=\\S+", ""},
        };
        for (String[] change : changes) {
            String wrong = good.replaceAll(change[0], change[1]);
            assertThat(wrong).as(change[0]).isNotEqualTo(good);
            assertThatThrownBy(() ->
                            restored(wrong.replaceAll(" arg=\"[^\"]*\\\\?\"", change[0].contains("arg") ? "" : "$0")))
                    .as(change[0])
                    .isInstanceOf(StateException.class);
        }
    }
}
