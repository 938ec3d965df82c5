package circus.manager.config;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The {@code [env]} and {@code [env:PATTERNS]} sections, and the environment that each watcher gets from them. Used by one thread.
 */
final class Environments {
    private static final String FOR_ALL = "env";
    private static final String FOR_SOME = "env:";

    private final Map<String, String> processEnvironment;
    private final Problems problems;
    private final List<Variable> forAll;
    private final List<Part> forSome = new ArrayList<>();

    /** One variable: as written, and as a process sees it. */
    private record Variable(String name, String text, String value) {}

    /** One section for some watchers, in the order of the file. */
    private record Part(IniSection section, List<String> patterns, List<Variable> variables, Set<String> appliedTo) {}

    /**
     * What a watcher has.
     *
     * @param child the environment of its processes
     * @param lookup what {@code $(circus.env.X)} finds in its options
     * @param declared the variables of the sections as written
     */
    record Environment(Map<String, String> child, Map<String, String> lookup, Map<String, String> declared) {}

    Environments(IniDocument document, Map<String, String> processEnvironment, Problems problems) {
        this.processEnvironment =
                new TreeMap<>(processEnvironment); // in an order, so that the reply of `options` does not change
        this.problems = problems;
        IniSection all = document.section(FOR_ALL);
        this.forAll = all == null ? List.of() : variables(all);
        for (IniSection section : document.sections()) {
            if (section.name().startsWith(FOR_SOME)) {
                forSome.add(part(section));
            }
        }
    }

    /** What {@code $(circus.env.X)} finds outside of watchers, and where an option must be known before the watcher's own environment is. */
    Map<String, String> common() {
        Map<String, String> common = new LinkedHashMap<>(processEnvironment);
        put(forAll, common);
        return common;
    }

    Environment of(String watcher, boolean copy) {
        List<List<Variable>> applied = new ArrayList<>();
        applied.add(forAll);
        for (Part part : forSome) {
            if (part.patterns().stream().anyMatch(pattern -> Glob.matches(pattern, watcher))) {
                applied.add(part.variables());
                part.appliedTo().add(watcher);
            }
        }
        Map<String, String> child = new LinkedHashMap<>(copy ? processEnvironment : Map.of());
        Map<String, String> lookup = new LinkedHashMap<>(processEnvironment);
        Map<String, String> declared = new LinkedHashMap<>();
        for (List<Variable> variables : applied) {
            put(variables, child);
            put(variables, lookup);
            for (Variable variable : variables) {
                declared.put(variable.name(), variable.text());
            }
        }
        return new Environment(child, lookup, declared);
    }

    /** To be called when all watchers were asked for. */
    void warnOfUnused() {
        for (Part part : forSome) {
            if (part.appliedTo().isEmpty()) {
                problems.warn(
                        part.section().place(), part.section() + " has no effect, since no watcher is called that");
            }
        }
    }

    private Part part(IniSection section) {
        List<String> patterns = List.of(
                        section.name().substring(FOR_SOME.length()).split(",", -1))
                .stream()
                .map(LogicalLines::strip)
                .toList();
        return new Part(section, patterns, variables(section), new LinkedHashSet<>());
    }

    /** Only {@code [env]} knows {@code $(circus.env.X)}, and only circusd's own variables; both kinds know {@code $NAME}. */
    private List<Variable> variables(IniSection section) {
        boolean expands = section.name().equals(FOR_ALL);
        List<Variable> variables = new ArrayList<>();
        for (IniEntry entry : section.entries()) {
            String text = entry.value();
            if (expands) {
                text = Variables.expand(text, Variables.environment(processEnvironment));
            }
            Set<String> left = Variables.environmentNames(text);
            if (!left.isEmpty()) {
                problems.warn(
                        entry.place(),
                        "$(circus.env." + left.iterator().next() + ") in " + section + " stays as it is: "
                                + (expands
                                        ? "circusd has no such variable in its own environment"
                                        : "only [env] can use the notation; write $NAME"));
            }
            if (!section.isOwn(entry)) {
                problems.warn(
                        entry.place(),
                        entry.key() + " in [DEFAULT] is also a variable of " + section
                                + ", since the options of [DEFAULT] count in every section");
            }
            variables.add(new Variable(entry.key(), entry.value(), Variables.expandDollars(text, processEnvironment)));
        }
        return variables;
    }

    private static void put(List<Variable> variables, Map<String, String> environment) {
        for (Variable variable : variables) {
            environment.put(variable.name(), variable.value());
        }
    }
}
