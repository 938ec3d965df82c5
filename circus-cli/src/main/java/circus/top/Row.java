package circus.top;

import org.jspecify.annotations.Nullable;

/**
 * One line of the table, before it is text. A value, but for its history.
 *
 * @param group the watcher as topics have it
 * @param number a pid, a descriptor, or how many there are in a group
 * @param hits of a socket, or of all; -1 elsewhere
 */
record Row(
        Kind kind,
        String group,
        String name,
        long number,
        double cpu,
        double memory,
        double resident,
        double age,
        long hits,
        String user,
        boolean folded,
        @Nullable WatcherReport report,
        @Nullable History history) {
    enum Kind {
        WATCHER,
        DAEMONS,
        SOCKETS,
        PROCESS,
        DAEMON,
        SOCKET;

        boolean isGroup() {
            return this == WATCHER || this == DAEMONS || this == SOCKETS;
        }
    }

    static Row group(Kind kind, String key, String name, Model.@Nullable Group group) {
        return new Row(
                kind,
                key,
                name,
                group == null ? 0 : group.members().size(),
                group == null ? 0 : group.cpuSum(),
                group == null ? 0 : group.memorySum(),
                group == null ? 0 : group.residentSum(),
                group == null ? Double.NaN : group.age(),
                -1,
                "",
                false,
                null,
                group == null ? null : group.cpu());
    }

    static Row process(Kind kind, String key, Model.Member member) {
        Figures figures = member.figures();
        return new Row(
                kind,
                key,
                figures.title(),
                figures.pid(),
                figures.cpu(),
                figures.memory(),
                figures.resident(),
                figures.age(),
                -1,
                figures.user(),
                false,
                null,
                member.cpu());
    }

    static Row sockets(int count, long hits) {
        return new Row(
                Kind.SOCKETS,
                StatMessage.SOCKETS_GROUP,
                StatMessage.SOCKETS_GROUP,
                count,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                hits,
                "",
                false,
                null,
                null);
    }

    static Row socket(Model.Socket socket) {
        return new Row(
                Kind.SOCKET,
                StatMessage.SOCKETS_GROUP,
                socket.address(),
                socket.descriptor(),
                Double.NaN,
                Double.NaN,
                Double.NaN,
                Double.NaN,
                socket.hits(),
                "",
                false,
                null,
                socket.history());
    }

    Row with(@Nullable WatcherReport told) {
        return new Row(kind, group, name, number, cpu, memory, resident, age, hits, user, folded, told, history);
    }

    Row fold() {
        return new Row(kind, group, name, number, cpu, memory, resident, age, hits, user, true, report, history);
    }

    /** The same for the same thing from second to second. */
    String id() {
        return kind.isGroup() ? kind + " " + group : kind + " " + group + " " + number;
    }
}
