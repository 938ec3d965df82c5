package circus.manager.output;

import java.time.ZoneId;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** From a worker's channel to where it goes. Runs on circus-output only. */
final class Routing {
    private final LogFiles files;
    private final Map<Channel, ConsoleSink> consoles;
    private final ZoneId zone;
    private final Map<String, TimeFormat> formats = new HashMap<>();
    private OutputRoutes routes = OutputRoutes.none();

    Routing(LogFiles files, Map<Channel, ConsoleSink> consoles, ZoneId zone) {
        this.files = files;
        this.consoles = new EnumMap<>(consoles);
        this.zone = zone;
    }

    /** Opens the files of the new table, too, so that what is wrong with them is told before anybody writes. */
    void change(OutputRoutes next) {
        routes = next;
        next.table().values().forEach(this::sink);
    }

    WorkerStream newStream(WorkerOutput worker, Channel channel, long offset) {
        OutputRoute route = given(worker, channel).orElse(OutputRoute.inherited(channel));
        StreamId id = new StreamId(worker.incarnation(), channel);
        return new WorkerStream(id, worker, route, sink(route), prefix(route, worker), offset);
    }

    Optional<OutputRoute> given(WorkerOutput worker, Channel channel) {
        return routes.given(worker.watcher(), channel);
    }

    void move(WorkerStream stream, OutputRoute route) {
        stream.moveTo(route, sink(route), prefix(route, stream.worker()));
    }

    private Sink sink(OutputRoute route) {
        if (route instanceof OutputRoute.ToFile toFile) {
            return files.at(toFile.file());
        }
        ConsoleSink console = consoles.get(((OutputRoute.ToConsole) route).console());
        if (console == null) {
            throw new IllegalStateException("cannot find the console of " + route);
        }
        return console;
    }

    private @Nullable LinePrefix prefix(OutputRoute route, WorkerOutput worker) {
        return route.timeFormat()
                .map(format -> formats.computeIfAbsent(format, added -> new TimeFormat(added, zone)))
                .map(format -> new LinePrefix(format, worker.pid()))
                .orElse(null);
    }
}
