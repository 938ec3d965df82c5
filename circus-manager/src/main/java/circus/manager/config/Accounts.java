package circus.manager.config;

/** The users and groups of this machine. Implementations may be called from any thread. */
public interface Accounts {
    /** Whether there is such a user: a name, or a number in decimal. */
    boolean hasUser(String user);

    /** Whether there is such a group: a name, or a number in decimal. */
    boolean hasGroup(String group);
}
