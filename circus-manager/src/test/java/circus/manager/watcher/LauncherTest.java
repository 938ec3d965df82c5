package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.WatcherConfig;
import circus.manager.kernel.LaunchAttributes;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class LauncherTest {
    private static final String PATH = "/bin";

    @Test
    void user_group_limits_and_mask_go_to_the_kernel_as_they_are() throws Exception {
        OptionValues options = Stage.options(WatcherOptions.UID, Optional.of("www-data"))
                .with(WatcherOptions.GID, Optional.of("4"))
                .with(WatcherOptions.CLOSE_CHILD_STDIN, false)
                .with(WatcherOptions.EXECUTABLE, Optional.of("/bin/x"));
        WatcherConfig config = new WatcherConfig(
                "web", options, Map.of(), Map.of(), Optional.empty(), Optional.empty(), Map.of("core", -1L), Map.of());
        Launcher launcher = new Launcher(config, Map.of(), PATH, Optional.of(022));
        assertThat(launcher.launch("web", 1).attributes())
                .isEqualTo(new LaunchAttributes(
                        Optional.of("www-data"),
                        Optional.of("4"),
                        Map.of("core", -1L),
                        Optional.of(022),
                        Optional.empty(),
                        true,
                        Optional.of("/bin/x")));
        assertThat(launcher(Optional.empty()).launch("web", 1).attributes()).isEqualTo(LaunchAttributes.NONE);
    }

    @Test
    void another_mask_is_another_process() {
        assertThat(launcher(Optional.of(022)).digest())
                .isNotEqualTo(launcher(Optional.of(027)).digest())
                .isNotEqualTo(launcher(Optional.empty()).digest());
        assertThat(launcher(Optional.empty()).digest())
                .isEqualTo(Stage.config("web", Stage.options()).digest());
    }

    @Test
    void a_socket_is_standard_input_and_where_it_listens_counts() throws Exception {
        OptionValues options = Stage.options(WatcherOptions.STDIN_SOCKET, Optional.of("Web"));
        Launcher launcher = withSocket(options, "127.0.0.1:80");
        assertThat(launcher.launch("web", 1).attributes().stdin()).contains("web");
        assertThat(launcher.launch("web", 1).sockets()).isEmpty();
        OptionValues open = options.with(WatcherOptions.CLOSE_CHILD_STDIN, false);
        assertThat(withSocket(open, "127.0.0.1:80")
                        .launch("web", 1)
                        .attributes()
                        .inheritsStdin())
                .isFalse();
        assertThat(launcher.digest())
                .isNotEqualTo(withSocket(options, "127.0.0.1:81").digest());
    }

    private static Launcher withSocket(OptionValues options, String address) {
        return new Launcher(Stage.config("web", options), Map.of("web", new SocketPlace(64, address)), PATH);
    }

    private static Launcher launcher(Optional<Integer> mask) {
        return new Launcher(Stage.config("web", Stage.options()), Map.of(), PATH, mask);
    }
}
