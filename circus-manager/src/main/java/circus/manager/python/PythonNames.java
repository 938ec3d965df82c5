package circus.manager.python;

import java.util.function.Consumer;
import java.util.regex.Pattern;

/** Whether Python knows a name that is no Java class. Each implementation says on which threads it may be asked. */
public interface PythonNames {
    /** What a name is to be. */
    enum Kind {
        HOOK("hook"),
        STREAM("stream"),
        PLUGIN("plugin");

        private final String word;

        Kind(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    /** For names that were looked at before, or are when they are used: none is refused. */
    PythonNames TRUSTED = (kind, name, refused) -> {};

    /** {@code package.module.thing} or {@code package.module:thing}. */
    Pattern SHAPE = Pattern.compile("[\\p{L}_][\\p{L}\\p{N}_]*([.:][\\p{L}_][\\p{L}\\p{N}_]*)+");

    /** Whether it could be one: a module alone is neither a function nor a class. */
    static boolean canBe(String name) {
        return SHAPE.matcher(name).matches();
    }

    /** @param refused told why it cannot be used, now or later, as the rest of a sentence: {@code and python3 cannot import it: …} */
    void ask(Kind kind, String name, Consumer<String> refused);
}
