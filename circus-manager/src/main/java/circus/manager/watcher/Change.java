package circus.manager.watcher;

import java.util.List;

/** The processes of a watcher before and after an operation: what a waiting start or restart replies. */
public record Change(List<Integer> before, List<Integer> after) {
    /** Of what has no processes to tell of. */
    public static final Change NONE = new Change(List.of(), List.of());

    public Change {
        before = List.copyOf(before);
        after = List.copyOf(after);
    }

    public List<Integer> stopped() {
        return before.stream().filter(pid -> !after.contains(pid)).sorted().toList();
    }

    public List<Integer> started() {
        return after.stream().filter(pid -> !before.contains(pid)).sorted().toList();
    }

    public List<Integer> kept() {
        return before.stream().filter(after::contains).sorted().toList();
    }
}
