package papa.upgrade;

import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel that is to be replaced hands to its successor, before the words that it was started with itself. These
 * words are for kernels only, and stand in no help.
 *
 * <pre>
 *   --prove FD                show that you can restore the state in this file, and end
 *   --resume FD               take over; you are that process
 *   --resume FD --failed WHY  go on as before: who was to take over could not
 * </pre>
 *
 * @param state the descriptor of a memory file; -1 where nothing was handed over
 * @param proves whether it is only to be shown
 * @param failed why the successor gave the process back; empty if it did not
 * @param rest the other words
 */
public record Handed(int state, boolean proves, String failed, List<String> rest) {
    private static final String PROVE = "--prove";
    private static final String RESUME = "--resume";
    private static final String FAILED = "--failed";

    /** Of the reason why. A word of 128 KiB can be given to no program (execve(2)), and the reason may quote the state. */
    private static final int MOST_TOLD = 4000;

    /** Of the words behind a program's name. */
    public static Handed of(List<String> words) {
        int length = length(words);
        if (length == 0) {
            return new Handed(-1, false, "", List.copyOf(words));
        }
        return new Handed(
                Integer.parseInt(words.get(1)),
                words.get(0).equals(PROVE),
                length == 2 ? "" : words.get(3),
                List.copyOf(words.subList(length, words.size())));
    }

    /** How many words at the beginning were handed over. */
    private static int length(List<String> words) {
        boolean handed = words.size() >= 2
                && (words.get(0).equals(PROVE) || words.get(0).equals(RESUME))
                && words.get(1).matches("[0-9]{1,9}");
        return !handed ? 0 : words.size() >= 4 && words.get(2).equals(FAILED) ? 4 : 2;
    }

    public boolean isNothing() {
        return state < 0;
    }

    /** For a program that is to show that it can. */
    static List<String> prove(String program, List<String> words, int state) {
        return replaced(List.of(program), words, PROVE, Integer.toString(state));
    }

    /** The same program again: the words of its java, and the last {@code count} of them, which are its own. */
    static List<String> again(List<String> argv, int count) {
        int own = argv.size() - count;
        return replaced(argv.subList(0, own), argv.subList(own, argv.size()), RESUME, "0");
    }

    /** For one that takes over, of the words with which it has shown that it can. */
    static List<String> resume(List<String> argv, int state) {
        return replacedWithin(argv, RESUME, Integer.toString(state));
    }

    /** For one that goes on, of {@link #again}. */
    static List<String> goOn(List<String> argv, int state, String why) {
        String told = why.substring(0, Math.min(why.length(), MOST_TOLD)).replace('\0', ' ');
        return replacedWithin(argv, RESUME, Integer.toString(state), FAILED, told);
    }

    /** The first such words are those: a java has none like them, and all others stand behind. */
    private static List<String> replacedWithin(List<String> argv, String... further) {
        int at = 0;
        while (at < argv.size() && length(argv.subList(at, argv.size())) == 0) {
            at++;
        }
        return replaced(argv.subList(0, at), argv.subList(at, argv.size()), further);
    }

    private static List<String> replaced(List<String> before, List<String> words, String... further) {
        List<String> all = new ArrayList<>(before);
        all.addAll(List.of(further));
        all.addAll(of(words).rest);
        return List.copyOf(all);
    }
}
