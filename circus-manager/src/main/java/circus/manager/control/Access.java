package circus.manager.control;

import circus.manager.file.OwnFile;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;

/**
 * Who may use the endpoints: on this machine the users that are named here, and everybody where they are open. From other machines comes
 * only who needs a key, and everybody where they are open. A value; any thread.
 *
 * @param uids who may: the user of this circusd, root, and the owner of the endpoints
 * @param owner the user that {@code endpoint_owner} names: the files of Unix sockets are his
 * @param open whether {@code endpoint_open} lets everybody in who can reach an endpoint
 * @param keys that everybody must have, whoever and wherever he is
 */
public record Access(Set<Integer> uids, Optional<String> owner, boolean open, Optional<Keys> keys) {
    public Access {
        uids = Set.copyOf(uids);
    }

    /**
     * Of what the configuration says.
     *
     * @param owner by name or number; one whom the system does not know has no part in it
     */
    public static Access of(Optional<String> owner, boolean open, Optional<Keys> keys) throws CannotListenException {
        Set<Integer> uids = new TreeSet<>(List.of(0, ownUid()));
        Optional<String> known =
                owner.filter(user -> PeerCredentials.uidOf(user).isPresent());
        known.ifPresent(user -> PeerCredentials.uidOf(user).ifPresent(uids::add));
        return new Access(uids, known, open, keys);
    }

    private static int ownUid() throws CannotListenException {
        try {
            return OwnFile.user();
        } catch (IOException unreadable) {
            throw new CannotListenException("cannot find out which user this is: " + unreadable);
        }
    }

    /**
     * Why somebody is not let in; empty for who is.
     *
     * @param local whether he is on this machine
     * @param uid empty where it is not known
     */
    Optional<String> refusal(boolean local, OptionalInt uid) {
        if (open || (uid.isPresent() && uids.contains(uid.getAsInt())) || (!local && keys.isPresent())) {
            return Optional.empty();
        }
        if (!local) {
            return Optional.of(
                    "it comes from another machine; give keys (curve_server_key, curve_clients), or set endpoint_open = true");
        }
        return Optional.of(
                uid.isPresent()
                        ? "that user may not use this circusd; set endpoint_owner, or endpoint_open = true"
                        : "whose it is cannot be found out");
    }
}
