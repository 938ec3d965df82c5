package papa.door;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import papa.posix.AccountException;
import papa.posix.Accounts;
import papa.request.Refusal;
import papa.wire.Words;

/** The users that --allow-uid names, by number or name. Read once, before the kernel serves. */
public final class AllowedUsers {
    private AllowedUsers() {}

    public static Set<Integer> read(List<String> words, Accounts accounts) throws Refusal {
        Set<Integer> uids = new TreeSet<>();
        for (String word : words) {
            Integer number = Accounts.number(word);
            uids.add(number == null ? named(word, accounts) : number);
        }
        return uids;
    }

    private static int named(String name, Accounts accounts) throws Refusal {
        try {
            return accounts.user(name)
                    .orElseThrow(() -> new Refusal("cannot allow user " + Words.text(name) + ": there is no such user"))
                    .uid();
        } catch (AccountException failed) {
            throw new Refusal("cannot allow user " + Words.text(name) + ": " + failed.getMessage() + "; give a number");
        }
    }
}
