package circus.manager.kernel;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * What one turn of the loop wants committed: exit records taken and values changed. Five hundred exits in one turn make
 * one request, and of several changes of one value the last counts.
 */
final class Commits {
    /** A request line grows no longer than by one operation beyond this. */
    private static final int LINE_CHARS = 32 * 1024;

    private final Set<Long> exits = new LinkedHashSet<>();
    private final Map<String, Optional<String>> values = new LinkedHashMap<>();

    void exit(long incarnation) {
        exits.add(incarnation);
    }

    void set(String name, String value) {
        values.put(name, Optional.of(value));
    }

    void unset(String name) {
        values.put(name, Optional.empty());
    }

    /** The values that are changed and not drained yet; empty for one that is removed. */
    Map<String, Optional<String>> values() {
        return new LinkedHashMap<>(values);
    }

    /** The requests that commit all this; afterwards nothing is pending. */
    List<List<String>> drain() {
        List<List<String>> operations = new ArrayList<>();
        exits.forEach(incarnation -> operations.add(List.of("exit", Long.toString(incarnation))));
        values.forEach((name, value) ->
                operations.add(value.isPresent() ? List.of("set", name, value.get()) : List.of("unset", name)));
        exits.clear();
        values.clear();

        List<List<String>> requests = new ArrayList<>();
        List<String> request = new ArrayList<>();
        int chars = 0;
        for (List<String> operation : operations) {
            if (request.isEmpty() || chars > LINE_CHARS) {
                request = new ArrayList<>(List.of("commit"));
                requests.add(request);
                chars = 0;
            }
            request.addAll(operation);
            chars += operation.stream().mapToInt(String::length).sum();
        }
        return requests;
    }
}
