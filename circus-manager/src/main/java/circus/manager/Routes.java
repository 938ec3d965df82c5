package circus.manager;

import circus.manager.config.StreamConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.line.Color;
import circus.manager.line.Layout;
import circus.manager.output.FileCare;
import circus.manager.output.OutputRoute;
import circus.manager.output.OutputRoutes;
import circus.manager.output.Overflow;
import circus.manager.rotation.Rotation;
import circus.options.BadValueException;
import circus.options.StreamClass;
import circus.options.StreamOptions;
import circus.options.SyslogAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalInt;
import papa.wire.Frame.Channel;

/** From the streams in the configuration to where output goes. Pure functions. */
final class Routes {
    private static final String FANCY_TIME = "%Y-%m-%d %H:%M:%S";

    private Routes() {}

    /** In the order of names: where two streams have one file, how the last one wants it looked after counts. */
    static OutputRoutes of(List<WatcherConfig> watchers) {
        OutputRoutes routes = OutputRoutes.none();
        for (WatcherConfig watcher : watchers.stream()
                .sorted(Comparator.comparing(WatcherConfig::name))
                .toList()) {
            routes = with(routes, watcher.name(), Channel.OUT, watcher.stdout());
            routes = with(routes, watcher.name(), Channel.ERR, watcher.stderr());
        }
        return routes;
    }

    private static OutputRoutes with(
            OutputRoutes routes, String watcher, Channel channel, Optional<StreamConfig> stream) {
        return stream.isEmpty() ? routes : routes.with(watcher, channel, route(stream.get(), watcher, channel));
    }

    private static OutputRoute route(StreamConfig stream, String watcher, Channel channel) {
        Overflow overflow = overflow(stream);
        if (StreamClass.isCustom(stream.className())) {
            return new OutputRoute.ToCustom(stream.className(), stream.options(), watcher, channel, overflow);
        }
        return switch (StreamClass.find(stream.className()).orElse(StreamClass.FILE)) {
            case FILE, TIMED, WATCHED -> toFile(stream, text(stream), overflow);
            case JSON -> {
                Layout layout = Layout.json(stream.get(StreamOptions.TIME_FORMAT));
                yield stream.get(StreamOptions.FILENAME).isEmpty()
                        ? OutputRoute.stdout(layout, overflow)
                        : toFile(stream, layout, overflow);
            }
            case STDOUT -> OutputRoute.stdout(text(stream), overflow);
            case FANCY -> OutputRoute.stdout(fancy(stream, watcher), overflow);
            case SYSLOG ->
                new OutputRoute.ToSyslog(
                        address(stream),
                        SyslogAddress.facility(stream.get(StreamOptions.FACILITY)),
                        stream.get(StreamOptions.TAG).orElse(watcher),
                        text(stream),
                        overflow);
        };
    }

    private static OutputRoute toFile(StreamConfig stream, Layout layout, Overflow overflow) {
        String file = stream.get(StreamOptions.FILENAME).orElse("");
        return OutputRoute.file(Path.of(file), layout, care(stream), overflow);
    }

    private static FileCare care(StreamConfig stream) {
        return new FileCare(
                rotation(stream),
                stream.className().equals(StreamClass.WATCHED.title()),
                stream.get(StreamOptions.FILE_MODE).map(OptionalInt::of).orElse(OptionalInt.empty()),
                stream.get(StreamOptions.COMPRESS));
    }

    private static Rotation rotation(StreamConfig stream) {
        boolean byTime = StreamOptions.classes(StreamOptions.ROTATE_WHEN.key())
                .contains(StreamClass.find(stream.className()).orElse(StreamClass.FILE));
        boolean bySize = StreamOptions.classes(StreamOptions.MAX_BYTES.key())
                .contains(StreamClass.find(stream.className()).orElse(StreamClass.FILE));
        int backups = stream.get(StreamOptions.BACKUP_COUNT);
        if (byTime && stream.get(StreamOptions.ROTATE_WHEN).isPresent()) {
            return new Rotation.ByTime(
                    stream.get(StreamOptions.ROTATE_WHEN).get(),
                    stream.get(StreamOptions.ROTATE_INTERVAL),
                    stream.get(StreamOptions.UTC),
                    backups);
        }
        long maxBytes = stream.get(StreamOptions.MAX_BYTES);
        return bySize && maxBytes > 0 ? new Rotation.BySize(maxBytes, backups) : Rotation.NEVER;
    }

    private static Layout text(StreamConfig stream) {
        return Layout.text(stream.get(StreamOptions.TIME_FORMAT), prefix(stream));
    }

    private static Layout fancy(StreamConfig stream, String watcher) {
        Optional<Color> color = stream.get(StreamOptions.COLOR).flatMap(Color::find);
        return new Layout(
                Layout.Shape.FANCY,
                Optional.of(stream.get(StreamOptions.TIME_FORMAT).orElse(FANCY_TIME)),
                prefix(stream),
                Optional.of(color.orElseGet(() -> Color.of(watcher))));
    }

    private static List<Layout.Part> prefix(StreamConfig stream) {
        return stream.get(StreamOptions.PREFIX).stream()
                .map(part -> Layout.Part.valueOf(part.toUpperCase(Locale.ROOT)))
                .toList();
    }

    private static Overflow overflow(StreamConfig stream) {
        double seconds = stream.get(StreamOptions.OVERFLOW_AFTER);
        boolean blocks = stream.get(StreamOptions.OVERFLOW).equals("block");
        return new Overflow(blocks, Duration.ofMillis(Math.round(Math.min(seconds, 1e9) * 1000)));
    }

    private static SyslogAddress address(StreamConfig stream) {
        Optional<String> given = stream.get(StreamOptions.ADDRESS);
        try {
            return given.isEmpty() ? SyslogAddress.LOCAL : SyslogAddress.parse(given.get());
        } catch (BadValueException impossible) {
            return SyslogAddress.LOCAL;
        }
    }
}
