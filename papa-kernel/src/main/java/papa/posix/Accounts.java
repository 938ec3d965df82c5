package papa.posix;

import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * The users and groups of this machine: getpwnam(3), getgrnam(3), getgrouplist(3). They may be kept on another machine, so
 * that every look-up may take for ever. Names are byte strings. From any thread.
 */
public interface Accounts {
    /** What system calls take for "leave it as it is": no user and no group has it. */
    int NOBODY = -1;

    /** The number of a user or group that a word is, unsigned; null if it is none. */
    static @Nullable Integer number(String word) {
        try {
            int number = Integer.parseUnsignedInt(word);
            return number == NOBODY ? null : (Integer) number;
        } catch (NumberFormatException name) {
            return null;
        }
    }

    Optional<Account> user(String name) throws AccountException;

    Optional<Account> user(int uid) throws AccountException;

    /** The number of a group. */
    Optional<Integer> group(String name) throws AccountException;

    /** Whether a group of that number exists. */
    boolean isGroup(int gid) throws AccountException;

    /** The groups that a user is in, with {@code gid} among them. */
    List<Integer> groupsOf(Account user, int gid) throws AccountException;
}
