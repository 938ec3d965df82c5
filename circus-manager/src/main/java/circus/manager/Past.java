package circus.manager;

import circus.manager.arbiter.EndWish;
import circus.manager.control.Incoming;
import circus.manager.kernel.PapaKernel;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a {@link Daemon} comes after, in the same process. Immutable.
 *
 * @param isFirst whether it is the first: later ones go on with what was done at run time, whatever the command line says
 * @param rest requests that were received already, and are to be carried out if that makes no difference
 * @param failure why another circusd, which had this one's place, has it no more; else empty
 * @param unconfirmed values that a kernel which has gone may not have had, as {@link PapaKernel#unconfirmed} tells them
 * @param appliesFile whether what the file says by now is to be applied, where it has changed: who comes after another one goes on with
 *     what was applied last
 * @param end an end that had begun
 */
record Past(
        boolean isFirst,
        List<Incoming> rest,
        String failure,
        Map<String, Optional<String>> unconfirmed,
        boolean appliesFile,
        Optional<EndWish> end) {
    static final Past NONE = new Past(true, List.of(), "", Map.of(), true, Optional.empty());

    Past {
        rest = List.copyOf(rest);
        unconfirmed = Map.copyOf(unconfirmed);
    }

    /** Another circusd had this one's place, and is to have it no more. */
    static Past takenBack(List<Incoming> rest, String failure, Map<String, Optional<String>> unconfirmed) {
        return new Past(false, rest, failure, unconfirmed, false, Optional.empty());
    }

    /** The kernel has gone. */
    static Past kernelLost(List<Incoming> rest, Map<String, Optional<String>> unconfirmed, Optional<EndWish> end) {
        return new Past(false, rest, "", unconfirmed, false, end);
    }

    /** The kernel has gone before anything came of this. */
    Past again(Map<String, Optional<String>> unconfirmedNow) {
        return new Past(false, rest, failure, unconfirmedNow, appliesFile, end);
    }
}
