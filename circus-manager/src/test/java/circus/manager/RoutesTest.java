package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.StreamConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.output.OutputRoute;
import circus.manager.output.OutputRoutes.Source;
import circus.options.OptionValues;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import papa.wire.Frame.Channel;

class RoutesTest {
    @Test
    void a_stream_becomes_a_route_and_no_stream_none() {
        WatcherConfig watcher = new WatcherConfig(
                "Web",
                OptionValues.NONE,
                Map.of(),
                Map.of(),
                Optional.of(
                        new StreamConfig("FileStream", Map.of("filename", "/var/log/web.log", "time_format", "%H"))),
                Optional.of(new StreamConfig("StdoutStream", Map.of())));
        WatcherConfig quiet =
                new WatcherConfig("quiet", OptionValues.NONE, Map.of(), Map.of(), Optional.empty(), Optional.empty());
        assertThat(Routes.of(List.of(watcher, quiet)).table())
                .isEqualTo(Map.of(
                        new Source("web", Channel.OUT),
                        OutputRoute.file(Path.of("/var/log/web.log"), Optional.of("%H")),
                        new Source("web", Channel.ERR),
                        OutputRoute.stdout()));
    }
}
