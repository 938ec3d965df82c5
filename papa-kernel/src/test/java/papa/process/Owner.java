package papa.process;

import java.util.List;
import java.util.Map;
import papa.launch.ChildAttributes;
import papa.launch.ProcessSpec;
import papa.launch.Started;

/** A process that tests have on paper: its output is captured, and it was never started. */
public final class Owner {
    private Owner() {}

    public static Incarnation of(int pid) {
        ProcessSpec.Target captured = ProcessSpec.Target.CAPTURED;
        ProcessSpec spec = new ProcessSpec(
                "p",
                List.of("x"),
                false,
                Map.of(),
                "",
                "",
                -1,
                List.of(),
                captured,
                captured,
                1024 * 1024,
                ChildAttributes.NONE);
        return new Incarnation(1, spec, new Started(pid, -1, 0, 0, -1, -1, ""), Map.of());
    }
}
