package circus.manager.arbiter;

import circus.manager.python.NameCheck.Question;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/** Looks at names that no Java class has, off circus-loop: the module of one may take its time. Called on circus-loop only. */
@FunctionalInterface
public interface ForeignNames {
    /** Refuses none. */
    ForeignNames TRUSTED = (path, questions, then) -> then.accept(Map.of());

    /**
     * Looks at them once more, also at those that are known: what they name is read again.
     *
     * @param path where modules are looked for
     * @param then told on circus-loop, now or later, which cannot be used, and why
     */
    void look(List<String> path, List<Question> questions, Consumer<Map<Question, String>> then);
}
