package circus.manager.command;

import circus.command.CommandSpec;
import circus.manager.arbiter.Arbiter;
import circus.manager.config.Identities;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.options.OptionValues;
import circus.options.Reach;
import circus.options.SetKey;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What a caller may do who was let in; who is let in is decided where connections arrive. By default that is everything: only circusd's own
 * user and root are let in, who could do it all without circusd. With {@code endpoint_owner} another user is let in too, who is to start
 * and stop what is there, and to run programs of his own, but not to become circusd's user, which may be root:
 *
 * <pre>
 *                                      | root, circusd's user   | anybody else
 *  ------------------------------------+------------------------+-----------------------------------------------
 *  what reads                          | yes                    | yes
 *  start, stop, incr, signal, rm, quit | yes                    | yes
 *  reloadconfig                        | yes                    | yes: what the file says its author has said
 *  upgrade                             | yes                    | no: it runs a program as circusd's user
 *  add                                 | ipc: if it runs as     | if it runs as endpoint_owner, in a group of his,
 *                                      | endpoint_owner; tcp:   | and without options that reach circusd
 *                                      | yes (both as Circus)   |
 *  set of what reaches nobody          | yes                    | yes
 *  set of what reaches the process     | yes                    | if it runs as endpoint_owner, in a group of his,
 *  (cmd, env, uid, …)                  |                        | before and after
 *  set of what reaches circusd (hooks, | yes                    | no
 *  files of streams, limits)           |                        |
 * </pre>
 *
 * <p>Which option reaches whom is declared with it ({@link Reach}). Who is not known (from another machine) is anybody else. Circus itself
 * guards {@code add} alone, compares texts, and cannot tell callers apart (python-quirks.md, Q23). Runs on circus-loop only.
 */
public final class Rights {
    /** Circus's words, which scripts compare. */
    static final String MISMATCH = "uid does not match endpoint_owner";

    private static final int ROOT = 0;

    private final Optional<String> owner;
    private final boolean ipc;
    private final int ownUid;

    /**
     * @param owner {@code endpoint_owner}, by name or number; without one nobody is restricted
     * @param ipc whether commands arrive at an {@code ipc://} endpoint
     * @param ownUid of circusd
     */
    public Rights(Optional<String> owner, boolean ipc, int ownUid) {
        this.owner = owner;
        this.ipc = ipc;
        this.ownUid = ownUid;
    }

    /** The user as whom circusd runs. */
    int ownUid() {
        return ownUid;
    }

    /** Whether this caller has no more rights than his own, and must not get others by circusd. */
    boolean isRestricted(Caller caller) {
        OptionalInt uid = caller.uid();
        return owner.isPresent() && (uid.isEmpty() || (uid.getAsInt() != ROOT && uid.getAsInt() != ownUid));
    }

    /** Refuses what this caller may not do. */
    void demand(Call call, Arbiter arbiter) throws CommandException {
        if (owner.isEmpty()) {
            return;
        }
        if (call.spec() == CommandSpec.UPGRADE
                && isRestricted(call.caller())
                && !call.properties().isTrue("look")) {
            throw CommandException.invalid(
                    MISMATCH + ": an upgrade runs a program as circusd's user, so only he and root begin one");
        }
        if (call.spec() == CommandSpec.ADD) {
            demandAdd(call.caller(), call.properties().object("options"));
        } else if (call.spec() == CommandSpec.SET && isRestricted(call.caller())) {
            demandSet(
                    call,
                    arbiter.find(call.properties().mandatoryText("name")),
                    call.properties().object("options"));
        }
    }

    private void demandAdd(Caller caller, Map<String, @Nullable Object> options) throws CommandException {
        boolean restricted = isRestricted(caller);
        if (!restricted && !ipc) {
            return;
        }
        if (!isOwner(text(options.get(WatcherOptions.UID.key())))) {
            throw CommandException.invalid(MISMATCH);
        }
        if (restricted) {
            demandOwnGroup(text(options.get(WatcherOptions.GID.key())));
            demandNothingOfCircusd(options);
        }
    }

    private void demandSet(Call call, Watcher watcher, Map<String, @Nullable Object> options) throws CommandException {
        demandNothingOfCircusd(options);
        Optional<String> reaching = options.entrySet().stream()
                .filter(option -> reach(option) == Reach.PROCESS)
                .map(Map.Entry::getKey)
                .findFirst();
        if (reaching.isEmpty()) {
            return;
        }
        OptionValues now = watcher.config().options();
        Optional<String> uid = now.get(WatcherOptions.UID);
        Optional<String> gid = now.get(WatcherOptions.GID);
        demandOwn(watcher, reaching.get(), uid, gid);
        demandOwn(
                watcher,
                reaching.get(),
                after(options, WatcherOptions.UID.key(), uid),
                after(options, WatcherOptions.GID.key(), gid));
        // Another command, or another file, could make it run as somebody else meanwhile.
        call.demandAtOnce();
    }

    /** Before and after: what is another's gives sockets and files to who may make it his own. */
    private void demandOwn(Watcher watcher, String option, Optional<String> uid, Optional<String> gid)
            throws CommandException {
        if (!isOwner(uid)) {
            throw CommandException.invalid(MISMATCH + ": " + option + " of " + watcher.name() + ", which runs as "
                    + uid.orElse("circusd does") + ", is not for you to set");
        }
        demandOwnGroup(gid);
    }

    private void demandOwnGroup(Optional<String> group) throws CommandException {
        if (group.isPresent() && !Identities.isInGroup(owner.orElseThrow(), group.get())) {
            throw CommandException.invalid(MISMATCH + ": " + owner.orElseThrow() + " is not in group " + group.get());
        }
    }

    private static void demandNothingOfCircusd(Map<String, @Nullable Object> options) throws CommandException {
        for (Map.Entry<String, @Nullable Object> option : options.entrySet()) {
            if (reach(option) == Reach.CIRCUSD) {
                throw CommandException.invalid(MISMATCH + ": " + option.getKey()
                        + " acts with the rights of circusd, so only its own user and root set it");
            }
        }
    }

    /** What is no option at all is refused elsewhere, in Circus's words. */
    private static Reach reach(Map.Entry<String, @Nullable Object> option) {
        return SetKey.find(option.getKey())
                .map(key -> key.reach(option.getValue()))
                .orElse(Reach.NOTHING);
    }

    private boolean isOwner(Optional<String> user) {
        return user.isPresent() && Identities.isSameUser(user.get(), owner.orElseThrow());
    }

    private static Optional<String> after(Map<String, @Nullable Object> options, String key, Optional<String> now) {
        return options.containsKey(key) ? text(options.get(key)) : now;
    }

    private static Optional<String> text(@Nullable Object json) {
        return json == null ? Optional.empty() : Optional.of(json.toString());
    }
}
