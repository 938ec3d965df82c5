package papa.upgrade;

import java.util.ArrayList;
import java.util.List;

/**
 * What the kernel that is to be replaced hands to its successor behind the words that it was started with itself. These
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
 * @param failed why the successor gave the process back; empty if it did not. A byte string
 * @param rest the other words
 */
public record Handed(int state, boolean proves, String failed, List<String> rest) {
    private static final String PROVE = "--prove";
    private static final String RESUME = "--resume";
    private static final String FAILED = "--failed";

    public static Handed of(List<String> words) {
        int state = -1;
        boolean proves = false;
        String failed = "";
        List<String> rest = new ArrayList<>();
        for (int i = 0; i < words.size(); i++) {
            String word = words.get(i);
            String next = i + 1 < words.size() ? words.get(i + 1) : "";
            boolean number = next.matches("[0-9]{1,9}");
            if ((word.equals(PROVE) || word.equals(RESUME)) && number) {
                state = Integer.parseInt(next);
                proves = word.equals(PROVE);
                i++;
            } else if (word.equals(FAILED)) {
                failed = next;
                i++;
            } else {
                rest.add(word);
            }
        }
        return new Handed(state, proves, failed, List.copyOf(rest));
    }

    public boolean isNothing() {
        return state < 0;
    }

    /** For a program that is to show that it can. */
    static List<String> prove(List<String> words, int state) {
        return more(words, PROVE, Integer.toString(state));
    }

    /** For one that takes over. */
    static List<String> resume(List<String> words, int state) {
        return more(of(words).rest, RESUME, Integer.toString(state));
    }

    /** For one that goes on. */
    static List<String> goOn(List<String> words, int state, String why) {
        return more(of(words).rest, RESUME, Integer.toString(state), FAILED, why);
    }

    private static List<String> more(List<String> words, String... further) {
        List<String> all = new ArrayList<>(words);
        all.addAll(List.of(further));
        return List.copyOf(all);
    }
}
