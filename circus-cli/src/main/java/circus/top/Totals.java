package circus.top;

import java.util.stream.Stream;

/**
 * Of all watchers and the daemons together. A value.
 *
 * @param watchers how many
 * @param processes of watchers
 * @param cpu percent of one processor, of watchers and daemons; what is not known counts as 0
 * @param memory percent of the machine's, the same
 * @param resident bytes, the same
 */
record Totals(int watchers, int processes, double cpu, double memory, double resident) {
    static Totals of(Model model) {
        int processes = 0;
        double cpu = 0;
        double memory = 0;
        double resident = 0;
        var watchers = model.watchers();
        for (String name :
                (Iterable<String>) Stream.concat(watchers.stream(), Stream.of(StatMessage.DAEMONS))::iterator) {
            Model.Group group = model.find(name);
            if (group == null) {
                continue;
            }
            if (!name.equals(StatMessage.DAEMONS)) {
                processes += group.members().size();
            }
            for (Model.Member member : group.members()) {
                cpu += known(member.figures().cpu());
                memory += known(member.figures().memory());
                resident += known(member.figures().resident());
            }
        }
        return new Totals(watchers.size(), processes, cpu, memory, resident);
    }

    private static double known(double value) {
        return Double.isNaN(value) ? 0 : value;
    }
}
