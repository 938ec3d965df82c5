package circus.top;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The table's rows from what is known: watchers with their processes, then the daemons, then the sockets. Pure functions. */
final class Rows {
    /**
     * How to make the table.
     *
     * @param filter only groups and processes whose name has this, in any case; all of a group whose own name has it
     * @param folded ids of group rows that show no members
     */
    record Manner(SortKey sort, boolean reversed, String filter, Set<String> folded) {
        static final Manner ALL = new Manner(SortKey.CPU, false, "", Set.of());

        Comparator<Row> order() {
            return sort.order(reversed);
        }

        boolean wants(String name) {
            return name.toLowerCase(Locale.ROOT).contains(filter.toLowerCase(Locale.ROOT));
        }
    }

    private Rows() {}

    static List<Row> of(Model model, Manner manner) {
        List<Row> rows = new ArrayList<>();
        List<Row> watchers = new ArrayList<>();
        for (String key : model.watchers()) {
            WatcherReport report = model.report(key);
            String name = report == null ? key : report.name();
            Row row = Row.group(Row.Kind.WATCHER, key, name, model.find(key));
            watchers.add(row.with(report));
        }
        watchers.sort(manner.order());
        for (Row watcher : watchers) {
            add(
                    rows,
                    watcher,
                    processes(model.find(watcher.group()), Row.Kind.PROCESS, watcher.group(), manner),
                    manner);
        }
        Model.Group daemons = model.find(StatMessage.DAEMONS);
        if (daemons != null) {
            add(
                    rows,
                    Row.group(Row.Kind.DAEMONS, StatMessage.DAEMONS, StatMessage.DAEMONS, daemons),
                    processes(daemons, Row.Kind.DAEMON, StatMessage.DAEMONS, manner),
                    manner);
        }
        if (!model.sockets().isEmpty()) {
            long hits = model.sockets().stream().mapToLong(Model.Socket::hits).sum();
            List<Row> sockets = new ArrayList<>();
            model.sockets().forEach(socket -> sockets.add(Row.socket(socket)));
            // Those that are knocked at most come first, as in Circus.
            sockets.sort(Comparator.comparingLong(Row::hits).reversed().thenComparing(Row::name));
            add(rows, Row.sockets(sockets.size(), hits), sockets, manner);
        }
        return rows;
    }

    private static List<Row> processes(Model.@Nullable Group group, Row.Kind kind, String key, Manner manner) {
        List<Row> rows = new ArrayList<>();
        if (group != null) {
            group.members().forEach(member -> rows.add(Row.process(kind, key, member)));
        }
        rows.sort(manner.order());
        return rows;
    }

    private static void add(List<Row> rows, Row group, List<Row> members, Manner manner) {
        List<Row> wanted = manner.wants(group.name())
                ? members
                : members.stream().filter(member -> manner.wants(member.name())).toList();
        if (wanted.isEmpty() && !manner.wants(group.name())) {
            return;
        }
        boolean folded = manner.folded().contains(group.id());
        rows.add(folded ? group.fold() : group);
        if (!folded) {
            rows.addAll(wanted);
        }
    }
}
