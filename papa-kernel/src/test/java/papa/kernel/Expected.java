package papa.kernel;

import java.util.List;

/**
 * What a model says that a kernel has to answer.
 *
 * @param ok whether it does what was asked for
 * @param parts the answer, or, of a refusal, what must stand in it: what cannot be done, of which thing, and why
 */
record Expected(boolean ok, List<String> parts) {
    /** What came. */
    /** Without what an ended process has used, which no model knows. */
    record Answer(boolean ok, String text) {
        Answer {
            text = text.replaceAll(" user=\\d+ system=\\d+ maxrss(below)?=\\d+", "");
        }

        @Override
        public String toString() {
            return (ok ? "ok " : "error ") + text;
        }
    }

    static Expected ok(String text) {
        return new Expected(true, List.of(text));
    }

    static Expected refused(String... parts) {
        return new Expected(false, List.of(parts));
    }

    /** Fails if the answer is another one. A line feed at the end does not count: not every connection tells it. */
    void demand(Answer answer) {
        boolean same = ok == answer.ok
                && (ok
                        ? withoutLast(parts.get(0)).equals(withoutLast(answer.text))
                        : parts.stream().allMatch(answer.text::contains));
        if (!same) {
            throw new Disagreement("the model says " + this + ", the kernel: " + answer);
        }
    }

    private static String withoutLast(String text) {
        return text.endsWith("\n") ? text.substring(0, text.length() - 1) : text;
    }

    @Override
    public String toString() {
        return (ok ? "ok " : "error ") + String.join(" … ", parts);
    }

    /** A model and a kernel are not of one mind. */
    static final class Disagreement extends AssertionError {
        private static final long serialVersionUID = 1;

        Disagreement(String text) {
            super(text);
        }
    }
}
