package papa.launch;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.posix.Account;
import papa.posix.AccountException;
import papa.posix.Accounts;
import papa.posix.Posix;
import papa.request.Refusal;
import papa.wire.Limit;

/**
 * {@code uid=}, {@code gid=} and {@code groups=} as they were asked for (contract/process-launch.md, section 4). Each is a
 * number or a name that must exist, and none of them need be given.
 *
 * @param user empty for the kernel's own
 * @param group empty for the user's, or the kernel's own
 * @param groups separated by commas; null for those of the user, or the kernel's own
 */
record IdentityWords(String user, String group, @Nullable String groups) {
    static final IdentityWords NONE = new IdentityWords("", "", null);

    private static final int MOST_GROUPS = Limit.GROUPS.most();

    boolean isNone() {
        return user.isEmpty() && group.isEmpty() && groups == null;
    }

    /** Looks them up, which may take for ever: never on the loop's thread. */
    Identity resolve(Posix posix, String process) throws LaunchFailure {
        try {
            Accounts accounts = posix.accounts();
            Optional<Account> account = user.isEmpty() ? Optional.empty() : Optional.of(account(accounts, process));
            int uid = account.map(Account::uid).orElseGet(posix::uid);
            int ownGroup =
                    account.map(Account::gid).orElseGet(() -> posix.attributes().group());
            int gid = group.isEmpty() ? ownGroup : number(accounts, process, group);
            if (groups != null) {
                return new Identity(uid, gid, numbers(accounts, process, groups), false);
            }
            List<Integer> inherent = account.isPresent()
                    ? accounts.groupsOf(account.get(), gid)
                    : Arrays.stream(posix.attributes().groups()).boxed().toList();
            return new Identity(uid, gid, inherent, true);
        } catch (AccountException failed) {
            throw new LaunchFailure(process, LaunchFailure.Stage.LOOK_UP, failed.errno(), "");
        }
    }

    /** Papa's rule: what is a number is taken for one. */
    private Account account(Accounts accounts, String process) throws LaunchFailure, AccountException {
        Integer uid = Accounts.number(user);
        Optional<Account> found = uid == null ? accounts.user(user) : accounts.user(uid);
        return found.orElseThrow(() -> new LaunchFailure(
                process,
                "looking up the user " + user + ": there is none",
                "'" + user + "' is not a valid user " + (uid == null ? "name" : "id")));
    }

    private static int number(Accounts accounts, String process, String word) throws LaunchFailure, AccountException {
        Integer gid = Accounts.number(word);
        Optional<Integer> found =
                gid == null ? accounts.group(word) : accounts.isGroup(gid) ? Optional.of(gid) : Optional.empty();
        return found.orElseThrow(() -> new LaunchFailure(
                process, "looking up the group " + word + ": there is none", "No such group: '" + word + "'"));
    }

    private static List<Integer> numbers(Accounts accounts, String process, String words)
            throws LaunchFailure, AccountException {
        List<Integer> found = new ArrayList<>();
        for (String word : words.isEmpty() ? new String[0] : words.split(",", -1)) {
            found.add(number(accounts, process, word));
        }
        return found;
    }

    /** Refuses what is too much. */
    void check() throws Refusal {
        if (groups != null && groups.chars().filter(each -> each == ',').count() >= MOST_GROUPS) {
            throw new Refusal("cannot set more than " + MOST_GROUPS + " supplementary groups");
        }
    }

    /** What papa tells of it in a process's line: each with a blank before it. */
    String describe(Identity identity) {
        boolean showUser = !user.isEmpty() && identity.uid() != 0;
        boolean showGroup = !(user.isEmpty() && group.isEmpty()) && identity.gid() != 0;
        return (showUser ? " uid=" + Integer.toUnsignedString(identity.uid()) : "")
                + (showGroup ? " gid=" + Integer.toUnsignedString(identity.gid()) : "");
    }
}
