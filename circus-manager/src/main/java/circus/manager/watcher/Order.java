package circus.manager.watcher;

import java.time.Instant;

/**
 * What stands around something that was asked for, whatever it is: how it is told of, whether it waits for its turn, and who hears how it
 * went. A value; circus-loop.
 *
 * @param number by which it can be cancelled while it waits; 0 for what nobody has asked for
 * @param words what it is, as a person would write it: {@code restart web}
 * @param by who asked, for people: {@code uid 1000, pid 4711}
 * @param since when it was asked
 * @param lock the name under which Circus's conflict message knows it, for example {@code watcher_restart}
 * @param patient waits for its turn where another would be refused
 * @param yields gives way: never a cause of refusal, and cut short by a stop
 */
public record Order(
        long number,
        String words,
        String by,
        Instant since,
        String lock,
        boolean patient,
        boolean yields,
        Outcome outcome) {
    private static final String OURSELVES = "circusd";

    /** Asked for by nobody: the daemon's own start of its watchers, a stop because nothing can be spawned. */
    public static Order ofOwnAccord(String words, Instant since, String lock, Outcome outcome) {
        return new Order(0, words, OURSELVES, since, lock, true, true, outcome);
    }

    /** Asked for by a person, but not with a command: a signal to circusd, an edit of its file. */
    public static Order ofSignal(String words, Instant since, String lock) {
        return new Order(0, words, OURSELVES, since, lock, true, false, Outcome.UNHEARD);
    }
}
