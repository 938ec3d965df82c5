package circus.manager.output;

import circus.manager.line.Layout;
import circus.manager.line.LineShape;
import circus.manager.line.RawLines;
import circus.manager.line.Shapes;
import circus.manager.line.Speaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import papa.wire.Frame.Channel;

/** From a worker's channel to where it goes. Runs on circus-output only. */
final class Routing {
    private static final Path HOST_NAME = Path.of("/proc/sys/kernel/hostname");

    private final LogFiles files;
    private final Outlets outlets;
    private final Shapes shapes;
    private final String host = hostName();
    private OutputRoutes routes = OutputRoutes.none();

    Routing(LogFiles files, Outlets outlets, ZoneId zone) {
        this.files = files;
        this.outlets = outlets;
        this.shapes = new Shapes(zone);
    }

    private static String hostName() {
        try {
            return Files.readString(HOST_NAME).strip();
        } catch (IOException unknown) {
            return "";
        }
    }

    /** Has the files of the new table opened, too, so that what is wrong with them is told before anybody writes. */
    void change(OutputRoutes next) {
        routes = next;
        next.table().values().forEach(this::sink);
    }

    OutputRoutes routes() {
        return routes;
    }

    WorkerStream newStream(WorkerOutput worker, Channel channel, long offset) {
        OutputRoute route = given(worker, channel).orElse(OutputRoute.inherited(channel));
        StreamId id = new StreamId(worker.incarnation(), channel);
        Speaker speaker = new Speaker(routes.spelling(worker.watcher()), worker.wid(), worker.pid());
        return new WorkerStream(id, worker, speaker, route, sink(route), shape(route, speaker, channel), offset);
    }

    /** Whose output goes to which file, and how. */
    Map<LogFile, Map<OutputRoutes.Source, Layout>> files() {
        Map<LogFile, Map<OutputRoutes.Source, Layout>> found = new LinkedHashMap<>();
        routes.table().forEach((source, route) -> {
            if (sink(route) instanceof LogFile file) {
                found.computeIfAbsent(file, first -> new LinkedHashMap<>()).put(source, route.layout());
            }
        });
        return found;
    }

    Optional<OutputRoute> given(WorkerOutput worker, Channel channel) {
        return routes.given(worker.watcher(), channel);
    }

    void move(WorkerStream stream, OutputRoute route) {
        stream.moveTo(
                route, sink(route), shape(route, stream.speaker(), stream.id().channel()));
    }

    /** Whether a stream of this route would go to this sink. */
    boolean leadsTo(OutputRoute route, PacedSink sink) {
        return !(route instanceof OutputRoute.ToFile) && outlets.at(route) == sink;
    }

    /** Lets go of sinks that are no files, when no route names them any more. */
    void retireOutlets(Predicate<PacedSink> isUsed) {
        outlets.retire(routes.table().values(), isUsed);
    }

    private Sink sink(OutputRoute route) {
        return route instanceof OutputRoute.ToFile toFile ? files.at(toFile.file(), toFile.care()) : outlets.at(route);
    }

    private LineShape shape(OutputRoute route, Speaker speaker, Channel channel) {
        if (route instanceof OutputRoute.ToCustom) {
            return new RawLines();
        }
        boolean colored =
                route instanceof OutputRoute.ToConsole && outlets.at(route).isTerminal();
        LineShape text = shapes.of(route.layout(), speaker, channel, colored);
        return route instanceof OutputRoute.ToSyslog syslog
                ? new SyslogLines(syslog, text, speaker, channel, host)
                : text;
    }
}
