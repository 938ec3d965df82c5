package papa.kernel;

import java.util.ArrayList;
import java.util.List;

/** What a step of a random round may be, and how often. */
enum RandomVerb {
    SET(8, (round, dice, who) -> ValueSteps.set(round, dice, round.speaker(who))),
    GET(2, (round, dice, who) -> ValueSteps.get(round, dice, round.speaker(who))),
    REMOVE_VALUES(2, (round, dice, who) -> ValueSteps.remove(round, dice, round.speaker(who))),
    LIST_VALUES(2, (round, dice, who) -> ValueSteps.list(round, dice, round.speaker(who))),
    HASTY(2, (round, dice, who) -> ValueSteps.hasty(round, dice, round.speaker(who), who)),
    MAKE_SOCKET(6, (round, dice, who) -> SocketSteps.make(round, dice, round.speaker(who))),
    REMOVE_SOCKETS(2, (round, dice, who) -> SocketSteps.remove(round, dice, round.speaker(who))),
    LIST_SOCKETS(2, (round, dice, who) -> SocketSteps.list(round, dice, round.speaker(who))),
    KNOCK(4, (round, dice, who) -> SocketSteps.knock(round, dice, round.speaker(who))),
    MAKE_PROCESS(16, (round, dice, who) -> ProcessSteps.make(round, dice, round.speaker(who))),
    WRITE(34, (round, dice, who) -> ProcessSteps.write(round, dice)),
    END(4, (round, dice, who) -> ProcessSteps.end(round, dice)),
    SIGNAL(5, (round, dice, who) -> SignalSteps.signal(round, dice, round.speaker(who))),
    ANNOTATE(4, (round, dice, who) -> ProcessSteps.annotate(round, dice, round.speaker(who))),
    REMOVE_PROCESSES(3, (round, dice, who) -> ProcessSteps.remove(round, dice, round.speaker(who))),
    LIST_PROCESSES(3, (round, dice, who) -> ProcessSteps.list(round, dice, round.speaker(who))),
    STATS(3, (round, dice, who) -> ProcessSteps.stats(round, dice, round.speaker(who))),
    COMMIT(14, (round, dice, who) -> CommitSteps.commit(round, dice, round.speaker(who))),
    FOLLOW(9, (round, dice, who) -> FollowSteps.follow(round, dice, round.speaker(who))),
    PAUSE(6, (round, dice, who) -> FollowSteps.pause(round, dice, round.speaker(who))),
    RESUME(6, (round, dice, who) -> FollowSteps.resume(round, dice, round.speaker(who))),
    TAIL(5, (round, dice, who) -> TailSteps.tail(round, dice, round.speaker(who))),
    TAIL_FOLLOW(4, (round, dice, who) -> TailSteps.follow(round, dice, round.speaker(who))),
    WATCH(5, (round, dice, who) -> WatchSteps.watch(round, dice, round.speaker(who), who)),
    LEASE_TAKE(4, (round, dice, who) -> LeaseSteps.take(round, dice, round.speaker(who))),
    LEASE_JOIN(3, (round, dice, who) -> LeaseSteps.join(round, dice, round.speaker(who))),
    LEASE_DROP(2, (round, dice, who) -> LeaseSteps.drop(round, dice, round.speaker(who))),
    LEASE_FORCE(2, (round, dice, who) -> LeaseSteps.force(round, dice, round.speaker(who))),
    LEASE_SHOW(1, (round, dice, who) -> LeaseSteps.show(round, dice, round.speaker(who))),
    LEASE_STRANGE(1, (round, dice, who) -> LeaseSteps.strange(round, dice)),
    LEASE_STRANGER_ENDS(2, (round, dice, who) -> LeaseSteps.strangerEnds(round)),
    DROP_CONNECTION(4, (round, dice, who) -> round.drop(who)),
    NONSENSE(3, (round, dice, who) -> NonsenseSteps.any(round, dice, round.speaker(who))),
    HAND_OVER(7, (round, dice, who) -> round.handOver()),
    COMPARE_ALL(3, (round, dice, who) -> round.compareAll());

    /** Does it. */
    interface Doing {
        void run(RandomRound round, Dice dice, int who) throws Exception;
    }

    private static final List<RandomVerb> BY_WEIGHT = byWeight();
    private final int weight;
    private final Doing doing;

    RandomVerb(int weight, Doing doing) {
        this.weight = weight;
        this.doing = doing;
    }

    private static List<RandomVerb> byWeight() {
        List<RandomVerb> all = new ArrayList<>();
        for (RandomVerb each : values()) {
            for (int i = 0; i < each.weight; i++) {
                all.add(each);
            }
        }
        return all;
    }

    /**
     * A step of a round: all that it needs is here and in the state of the round, so that a part of the steps is a round, too.
     *
     * @param who the number of the connection
     * @param seed of all other choices
     */
    record Step(int number, RandomVerb verb, int who, long seed) {
        static Step any(int number, Dice dice) {
            return new Step(number, dice.of(BY_WEIGHT), dice.below(RandomRound.CONNECTIONS), dice.number());
        }

        void run(RandomRound round) throws Exception {
            round.tell(number + " " + verb + " by " + who);
            verb.doing.run(round, new Dice(seed), who);
        }
    }
}
