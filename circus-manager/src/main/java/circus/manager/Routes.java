package circus.manager;

import circus.manager.config.StreamConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.output.OutputRoute;
import circus.manager.output.OutputRoutes;
import circus.options.StreamOptions;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import papa.wire.Frame.Channel;

/** From the streams in the configuration to where output goes. Pure functions. */
final class Routes {
    private Routes() {}

    static OutputRoutes of(List<WatcherConfig> watchers) {
        OutputRoutes routes = OutputRoutes.none();
        for (WatcherConfig watcher : watchers) {
            routes = with(routes, watcher.name(), Channel.OUT, watcher.stdout());
            routes = with(routes, watcher.name(), Channel.ERR, watcher.stderr());
        }
        return routes;
    }

    private static OutputRoutes with(
            OutputRoutes routes, String watcher, Channel channel, Optional<StreamConfig> stream) {
        return stream.isEmpty() ? routes : routes.with(watcher, channel, route(stream.get()));
    }

    private static OutputRoute route(StreamConfig stream) {
        String file = stream.options().get(StreamOptions.FILENAME.key());
        if (file == null) {
            return OutputRoute.stdout();
        }
        return OutputRoute.file(
                Path.of(file), Optional.ofNullable(stream.options().get(StreamOptions.TIME_FORMAT.key())));
    }
}
