package circus.manager.output;

import circus.options.SyslogAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** All sinks that are no files: the two consoles, and those that routes ask for, as long as somebody uses them. Runs on circus-output only. */
final class Outlets {
    private final Map<Channel, PacedSink> consoles;
    private final CustomStreams custom;
    private final Runnable wakeUp;
    private final Map<Object, PacedSink> others = new HashMap<>();

    /** See {@link #byWatcher}; null when it is to be put together anew. */
    private @Nullable Map<String, List<PacedSink>> byWatcher;

    private OutputRoutes known = OutputRoutes.none();

    /** How often those failed that are gone. */
    private long failures;

    Outlets(Map<Channel, PacedSink> consoles, CustomStreams custom, Runnable wakeUp) {
        this.consoles = new EnumMap<>(consoles);
        this.custom = custom;
        this.wakeUp = wakeUp;
    }

    /** The consoles alone. */
    Outlets(Map<Channel, PacedSink> consoles) {
        this(consoles, CustomStreams.NONE, () -> {});
    }

    Collection<PacedSink> all() {
        List<PacedSink> all = new ArrayList<>(consoles.values());
        all.addAll(others.values());
        return all;
    }

    /** The sink of a route that is none of a file; made if need be. */
    PacedSink at(OutputRoute route) {
        if (route instanceof OutputRoute.ToConsole toConsole) {
            PacedSink console = consoles.get(toConsole.console());
            if (console == null) {
                throw new IllegalStateException("cannot find the console of " + route);
            }
            return console;
        }
        return others.computeIfAbsent(key(route), missing -> {
            byWatcher = null;
            return make(route);
        });
    }

    /** What routes have in common that share a sink. */
    private static Object key(OutputRoute route) {
        if (route instanceof OutputRoute.ToSyslog syslog) {
            boolean isLocal = syslog.address().transport() == SyslogAddress.Transport.LOCAL;
            return List.of(syslog.address(), isLocal ? syslog.tag() : "");
        }
        OutputRoute.ToCustom own = (OutputRoute.ToCustom) route;
        return List.of(own.className(), own.options(), own.watcher(), own.channel());
    }

    private PacedSink make(OutputRoute route) {
        if (route instanceof OutputRoute.ToSyslog syslog) {
            return new PacedSink("syslog", SyslogOutlet.of(syslog.address(), syslog.tag()), false, wakeUp);
        }
        OutputRoute.ToCustom own = (OutputRoute.ToCustom) route;
        String title = (own.channel() == Channel.OUT ? "stdout_stream" : "stderr_stream") + " of " + own.watcher();
        Outlet outlet = new CustomOutlet(title, () -> custom.make(own.className(), own.options()));
        return new PacedSink("stream-" + own.watcher(), outlet, false, wakeUp);
    }

    /** Lets go of those that no route names and nobody uses; what waits there has gone elsewhere, too. */
    void retire(Collection<OutputRoute> routes, Predicate<PacedSink> isUsed) {
        if (others.isEmpty()) {
            return;
        }
        Set<Object> wanted = new HashSet<>();
        for (OutputRoute route : routes) {
            if (route instanceof OutputRoute.ToSyslog || route instanceof OutputRoute.ToCustom) {
                wanted.add(key(route));
            }
        }
        others.entrySet().removeIf(each -> {
            PacedSink sink = each.getValue();
            if (wanted.contains(each.getKey()) || isUsed.test(sink)) {
                return false;
            }
            failures += sink.failures();
            byWatcher = null;
            sink.end();
            return true;
        });
    }

    /** How often sinks failed that are no files. */
    long failures() {
        return failures
                + others.values().stream().mapToLong(PacedSink::failures).sum();
    }

    /** The sinks that each watcher's output goes to, consoles aside; by its name in lower case. The same map as long as nothing has changed. */
    Map<String, List<PacedSink>> byWatcher(OutputRoutes routes) {
        Map<String, List<PacedSink>> last = byWatcher;
        if (last != null && routes.equals(known)) {
            return last;
        }
        Map<String, List<PacedSink>> found = new HashMap<>();
        if (!others.isEmpty()) {
            routes.table().forEach((source, route) -> {
                boolean isOne = route instanceof OutputRoute.ToSyslog || route instanceof OutputRoute.ToCustom;
                PacedSink sink = isOne ? others.get(key(route)) : null;
                List<PacedSink> own = found.computeIfAbsent(source.watcher(), added -> new ArrayList<>());
                if (sink != null && !own.contains(sink)) {
                    own.add(sink);
                }
            });
            found.values().removeIf(List::isEmpty);
        }
        known = routes;
        byWatcher = found;
        return found;
    }

    boolean isBusy() {
        return all().stream().anyMatch(PacedSink::isBusy);
    }

    /** Each has so long to come to its end. */
    void close(Duration limit) {
        all().forEach(sink -> sink.close(limit));
    }
}
