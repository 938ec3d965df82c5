package circus.top;

import java.time.Duration;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * All that is known: the latest figures of each process, watcher and socket from the feed, and what the command endpoint tells of watchers,
 * where there is one. One thread owns it; times are those of {@link System#nanoTime}.
 *
 * <p>What the feed does not tell of any more goes after a while, as in Circus; that while counts only as long as the feed runs, so that
 * nothing goes when the feed stops, or when it comes back.
 */
final class Model {
    static final int MOST_PROCESSES = 50_000;
    static final int MOST_GROUPS = 10_000;
    static final int MOST_SOCKETS = 10_000;

    /** What takes place in circusd, or is told with it. */
    private static final Set<String> INSIDE = Set.of("circusd-stats", "circushttpd", StatMessage.DAEMONS);

    /** Between two messages of a feed that runs. */
    private static final long LONGEST_GAP_NANOS = 1_500_000_000L;

    /** A process. */
    static final class Member {
        private Figures figures;
        private long seen;
        private final History cpu = new History();

        private Member(Figures figures) {
            this.figures = figures;
        }

        Figures figures() {
            return figures;
        }

        History cpu() {
            return cpu;
        }
    }

    /** A watcher, or the daemons. */
    static final class Group {
        private final Map<Long, Member> members = new LinkedHashMap<>();
        private final History cpu = new History();
        private long seen;

        Collection<Member> members() {
            return members.values();
        }

        History cpu() {
            return cpu;
        }

        /** Percent of one processor, of all together; NaN where one is not known. */
        double cpuSum() {
            return members.values().stream()
                    .mapToDouble(each -> each.figures.cpu())
                    .sum();
        }

        double memorySum() {
            return members.values().stream()
                    .mapToDouble(each -> each.figures.memory())
                    .sum();
        }

        double residentSum() {
            return members.values().stream()
                    .mapToDouble(each -> each.figures.resident())
                    .sum();
        }

        /** Seconds; that of the oldest, NaN where there is none. */
        double age() {
            return members.values().stream()
                    .mapToDouble(each -> each.figures.age())
                    .filter(age -> !Double.isNaN(age))
                    .max()
                    .orElse(Double.NaN);
        }
    }

    /** A listening socket. */
    static final class Socket {
        private final long descriptor;
        private String address = "";
        private long hits;
        private long seen;
        private final History history = new History();

        private Socket(long descriptor) {
            this.descriptor = descriptor;
        }

        long descriptor() {
            return descriptor;
        }

        String address() {
            return address;
        }

        /** In the latest second. */
        long hits() {
            return hits;
        }

        History history() {
            return history;
        }
    }

    private final long patienceNanos;
    private final Map<String, Group> groups = new TreeMap<>();
    private final Map<Long, Socket> sockets = new TreeMap<>();
    private Map<String, WatcherReport> reports = Map.of();
    private int processes;
    private boolean dropping;

    /** Nanoseconds in which the feed ran. */
    private long feedClock;

    private boolean fed;
    private long lastMessage;

    /** @param processTimeout after so long without news something is gone */
    Model(Duration processTimeout) {
        this.patienceNanos = processTimeout.toNanos();
    }

    void accept(StatMessage message, long now) {
        alive(now);
        switch (message.kind()) {
            case PROCESS -> process(message);
            case GROUP -> group(message);
            case SOCKET -> socket(message);
            case SOCKETS -> sockets.values().removeIf(this::isStale);
        }
    }

    /** The feed runs, whatever it tells: also while nothing of it is to change what is shown. */
    void alive(long now) {
        if (fed) {
            feedClock += Math.min(now - lastMessage, LONGEST_GAP_NANOS);
        }
        fed = true;
        lastMessage = now;
    }

    /** What is known counts as told just now: for the end of a pause. */
    void refresh() {
        for (Group group : groups.values()) {
            group.seen = feedClock;
            group.members.values().forEach(member -> member.seen = feedClock);
        }
        sockets.values().forEach(socket -> socket.seen = feedClock);
    }

    private void process(StatMessage message) {
        Group group = groupOf(message.group());
        Figures figures = Figures.of(message.fields());
        Member member = group == null ? null : group.members.get(figures.pid());
        if (group != null && member == null && processes < MOST_PROCESSES) {
            member = new Member(figures);
            group.members.put(figures.pid(), member);
            processes++;
        }
        if (group == null || member == null) {
            dropping = true;
            return;
        }
        member.figures = figures;
        member.seen = feedClock;
        member.cpu.add(figures.cpu());
    }

    private void group(StatMessage message) {
        Group group = groupOf(message.group());
        if (group == null) {
            dropping = true;
            return;
        }
        forgetStale(group);
        group.cpu.add(group.cpuSum());
        if (message.group().equals(StatMessage.DAEMONS)) {
            // They come last, and always: a watcher whose last process has gone gets no message any more.
            groups.values().forEach(this::forgetStale);
            groups.values().removeIf(each -> each.members.isEmpty() && isStale(each));
        }
    }

    private void forgetStale(Group group) {
        if (group.members.values().removeIf(member -> feedClock - member.seen > patienceNanos)) {
            processes = groups.values().stream()
                    .mapToInt(each -> each.members.size())
                    .sum();
            dropping = false;
        }
    }

    private boolean isStale(Group group) {
        return feedClock - group.seen > patienceNanos;
    }

    private boolean isStale(Socket socket) {
        return feedClock - socket.seen > patienceNanos;
    }

    private @Nullable Group groupOf(String name) {
        Group group = groups.get(name);
        if (group == null && groups.size() < MOST_GROUPS) {
            group = new Group();
            groups.put(name, group);
        }
        if (group != null) {
            group.seen = feedClock;
        }
        return group;
    }

    private void socket(StatMessage message) {
        if (!(message.fields().get("fd") instanceof Long descriptor)
                || !(message.fields().get("reads") instanceof Number reads)) {
            return;
        }
        Socket socket = sockets.get(descriptor);
        if (socket == null) {
            if (sockets.size() == MOST_SOCKETS) {
                dropping = true;
                return;
            }
            socket = new Socket(descriptor);
            sockets.put(descriptor, socket);
        }
        socket.address = String.valueOf(message.fields().get("address"));
        socket.hits = reads.longValue();
        socket.seen = feedClock;
        socket.history.add((double) socket.hits);
    }

    /** @param told by {@link WatcherReport#read}; empty when the command endpoint does not answer */
    void reports(Map<String, WatcherReport> told) {
        reports = Map.copyOf(told);
    }

    /** Watchers by either source, as topics have them, sorted; without what takes place in circusd itself, which is told with it. */
    Set<String> watchers() {
        Set<String> names = new TreeSet<>(groups.keySet());
        names.addAll(reports.keySet());
        names.removeAll(INSIDE);
        return names;
    }

    @Nullable
    Group find(String watcher) {
        return groups.get(watcher);
    }

    @Nullable
    WatcherReport report(String watcher) {
        return reports.get(watcher);
    }

    Collection<Socket> sockets() {
        return sockets.values();
    }

    /** Whether the feed has ever told anything. */
    boolean isFed() {
        return fed;
    }

    /** Nanoseconds since the feed has told something. */
    long silence(long now) {
        return now - lastMessage;
    }

    /** Whether there is more than this can hold. */
    boolean isDropping() {
        return dropping;
    }
}
