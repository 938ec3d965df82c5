package circus.manager;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.StreamConfig;
import circus.manager.config.WatcherConfig;
import circus.manager.line.Color;
import circus.manager.line.Layout;
import circus.manager.output.FileCare;
import circus.manager.output.OutputRoute;
import circus.manager.output.OutputRoutes.Source;
import circus.manager.output.Overflow;
import circus.manager.rotation.Rotation;
import circus.options.OptionValues;
import circus.options.RotateWhen;
import circus.options.SyslogAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.OptionalInt;
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
                        OutputRoute.file(
                                Path.of("/var/log/web.log"), Layout.timed("%H"), FileCare.plain(), Overflow.DROP),
                        new Source("web", Channel.ERR),
                        OutputRoute.stdout(Layout.PLAIN, Overflow.DROP)));
    }

    private static OutputRoute route(String className, String... options) {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < options.length; i += 2) {
            texts.put(options[i], options[i + 1]);
        }
        WatcherConfig watcher = new WatcherConfig(
                "Web",
                OptionValues.NONE,
                Map.of(),
                Map.of(),
                Optional.of(new StreamConfig(className, texts)),
                Optional.empty());
        return Objects.requireNonNull(Routes.of(List.of(watcher)).table().get(new Source("web", Channel.OUT)));
    }

    private static OutputRoute file(Layout layout, FileCare care) {
        return OutputRoute.file(Path.of("/l"), layout, care, Overflow.DROP);
    }

    @Test
    void files_are_rotated_by_size_or_by_time() {
        assertThat(route("FileStream", "filename", "/l", "max_bytes", "10", "backup_count", "2", "compress", "yes"))
                .isEqualTo(
                        file(Layout.PLAIN, new FileCare(new Rotation.BySize(10, 2), false, OptionalInt.empty(), true)));
        assertThat(route(
                        "TimedRotatingFileStream",
                        "filename",
                        "/l",
                        "rotate_when",
                        "midnight",
                        "max_bytes",
                        "10",
                        "utc",
                        "False",
                        "file_mode",
                        "640"))
                .isEqualTo(file(
                        Layout.PLAIN,
                        new FileCare(
                                new Rotation.ByTime(RotateWhen.MIDNIGHT, 1, false, 0),
                                false,
                                OptionalInt.of(0640),
                                false)));
        assertThat(route("WatchedFileStream", "filename", "/l", "prefix", "pid watcher", "max_bytes", "5"))
                .isEqualTo(file(
                        Layout.text(Optional.empty(), List.of(Layout.Part.WATCHER, Layout.Part.PID)),
                        new FileCare(Rotation.NEVER, true, OptionalInt.empty(), false)));
    }

    @Test
    void json_goes_to_a_file_or_to_stdout() {
        assertThat(route("JsonStream", "filename", "/l", "max_bytes", "7"))
                .isEqualTo(file(
                        Layout.json(Optional.empty()),
                        new FileCare(new Rotation.BySize(7, 0), false, OptionalInt.empty(), false)));
        assertThat(route("JsonStream", "time_format", "%H", "overflow", "block", "overflow_after", "0.5"))
                .isEqualTo(
                        OutputRoute.stdout(Layout.json(Optional.of("%H")), new Overflow(true, Duration.ofMillis(500))));
    }

    @Test
    void fancy_lines_have_a_time_and_a_colour_that_stays_the_same() {
        Layout given = route("FancyStdoutStream", "color", "cyan").layout();
        assertThat(given.timeFormat()).contains("%Y-%m-%d %H:%M:%S");
        assertThat(given.color()).contains(Color.CYAN);
        assertThat(route("FancyStdoutStream", "color", "pink").layout())
                .isEqualTo(route("FancyStdoutStream").layout());
    }

    @Test
    void messages_go_to_syslog_under_the_name_of_the_watcher() {
        assertThat(route("SyslogStream"))
                .isEqualTo(new OutputRoute.ToSyslog(SyslogAddress.LOCAL, 3, "Web", Layout.PLAIN, Overflow.DROP));
        assertThat(route("SyslogStream", "address", "tcp://[::1]", "facility", "local7", "tag", "shop"))
                .isEqualTo(new OutputRoute.ToSyslog(
                        new SyslogAddress(SyslogAddress.Transport.TCP, "[::1]", 601),
                        23,
                        "shop",
                        Layout.PLAIN,
                        Overflow.DROP));
    }

    @Test
    void a_name_with_a_dot_is_a_class_of_the_user() {
        assertThat(route("com.example.Shipper", "max_bytes", "many"))
                .isEqualTo(new OutputRoute.ToCustom(
                        "com.example.Shipper", Map.of("max_bytes", "many"), "Web", Channel.OUT, Overflow.DROP));
    }
}
