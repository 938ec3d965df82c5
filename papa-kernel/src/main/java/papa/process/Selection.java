package papa.process;

import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.wire.Words;

/**
 * Which processes the words of a request mean: names, beginnings of names with a star, and numbers of incarnations. A name
 * means all its lives that are held. Loop thread only.
 */
public final class Selection {
    private static final int MOST_BEGINNINGS = 64;

    private final String doing;
    private final Set<String> names = new LinkedHashSet<>();
    private final List<String> beginnings = new ArrayList<>();

    /** @param doing the verb, for what is refused */
    public Selection(String doing) {
        this.doing = doing;
    }

    public void add(String word) throws Refusal {
        if (!Patterns.isWildcard(word)) {
            names.add(word);
        } else if (beginnings.size() < MOST_BEGINNINGS) {
            beginnings.add(word);
        } else {
            throw new Refusal("cannot " + doing + " so much: " + MOST_BEGINNINGS + " words with a * are the most");
        }
    }

    /** What is meant, in the order in which it was started; something at least. */
    public Set<Incarnation> of(Iterable<Incarnation> processes) throws Refusal {
        Set<String> unmatched = new LinkedHashSet<>(names);
        Set<Incarnation> found = new LinkedHashSet<>();
        for (Incarnation process : processes) {
            String name = process.spec.name();
            String number = Long.toString(process.number);
            boolean named = names.contains(number) || names.contains(name);
            if (!process.forgotten && (named || beginnings.stream().anyMatch(each -> Patterns.matches(each, name)))) {
                found.add(process);
                unmatched.remove(number);
                unmatched.remove(name);
            }
        }
        for (String name : unmatched) {
            throw new Refusal("cannot " + doing + " " + Words.quote(name)
                    + ": no process of this name or incarnation is held (list processes)");
        }
        if (found.isEmpty()) {
            String why =
                    beginnings.isEmpty() ? "name a process, an incarnation, or a beginning with *" : "nothing matches";
            throw new Refusal("cannot " + doing + ": " + why);
        }
        return found;
    }
}
