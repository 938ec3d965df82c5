package papa.posix;

import java.util.List;
import java.util.Optional;

/**
 * The users and groups of this machine: getpwnam(3), getgrnam(3), getgrouplist(3). They may be kept on another machine, so
 * that every look-up may take for ever. Names are byte strings. From any thread.
 */
public interface Accounts {
    Optional<Account> user(String name) throws AccountException;

    Optional<Account> user(int uid) throws AccountException;

    /** The number of a group. */
    Optional<Integer> group(String name) throws AccountException;

    /** Whether a group of that number exists. */
    boolean isGroup(int gid) throws AccountException;

    /** The groups that a user is in, with {@code gid} among them. */
    List<Integer> groupsOf(Account user, int gid) throws AccountException;
}
