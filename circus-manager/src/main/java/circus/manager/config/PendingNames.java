package circus.manager.config;

import circus.manager.python.NameCheck;
import circus.manager.python.NameCheck.Question;
import circus.manager.python.PythonNames;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Gathers the names that no Java class has, so that Python is asked once for all of them, and only if there are any. Used by one thread. */
final class PendingNames implements PythonNames {
    private final Map<Question, List<Consumer<String>>> pending = new LinkedHashMap<>();

    @Override
    public void ask(Kind kind, String name, Consumer<String> refused) {
        boolean unused = pending.computeIfAbsent(new Question(kind, name), added -> new ArrayList<>())
                .add(refused);
    }

    /** Asks. Blocks until there is an answer, or it is too late for one. */
    void settle(NameCheck check, List<String> path) {
        if (!pending.isEmpty()) {
            check.refusals(path, List.copyOf(pending.keySet()))
                    .forEach((question, text) ->
                            pending.getOrDefault(question, List.of()).forEach(each -> each.accept(text)));
        }
    }
}
