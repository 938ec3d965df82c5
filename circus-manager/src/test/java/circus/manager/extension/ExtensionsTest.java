package circus.manager.extension;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;

import circus.hook.Hook;
import circus.hook.HookCall;
import circus.hook.HookName;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a configuration may name, and what it is told of the rest. */
public class ExtensionsTest {
    @TempDir
    Path directory;

    @HookName("ready")
    public static final class Provider implements Hook {
        @Override
        public boolean run(HookCall call) {
            return true;
        }
    }

    public static final class WithoutConstructor implements Hook {
        private final boolean answer;

        public WithoutConstructor(boolean answer) {
            this.answer = answer;
        }

        @Override
        public boolean run(HookCall call) {
            return answer;
        }
    }

    public static int notBoolean(HookCall call) {
        return call.watcher().length();
    }

    private Extensions extensions() {
        return new Extensions(List.of(directory, directory.resolve("not-there.jar")));
    }

    private String own(String name) {
        return ExtensionsTest.class.getName() + name;
    }

    private void provides(String type) throws IOException {
        Files.createDirectories(directory.resolve("META-INF/services"));
        Files.writeString(directory.resolve("META-INF/services/circus.hook.Hook"), type + "\n");
    }

    @Test
    void a_service_provider_by_the_name_that_it_has_chosen() throws Exception {
        provides(own("$Provider"));
        try (Extensions extensions = extensions()) {
            assertThat(extensions.hook("ready").orElseThrow().make()).isInstanceOf(Provider.class);
            assertThat(extensions.hook(own("$Provider"))).as("as a class, too").isPresent();
            assertThat(extensions.hook("unready")).isEmpty();
        }
    }

    @Test
    void a_provider_that_cannot_be_loaded_is_told() throws Exception {
        provides("no.such.Provider");
        try (Extensions extensions = extensions()) {
            assertThatExceptionOfType(UnusableException.class)
                    .isThrownBy(() -> extensions.hook("ready"))
                    .withMessageContaining("no.such.Provider");
        }
    }

    @Test
    void what_cannot_be_used_is_told() throws Exception {
        try (Extensions extensions = extensions()) {
            assertThatExceptionOfType(UnusableException.class)
                    .isThrownBy(() -> extensions.hook(own("$WithoutConstructor")))
                    .withMessageContaining("has no public constructor without arguments");
            assertThatExceptionOfType(UnusableException.class)
                    .isThrownBy(() -> extensions.hook(own(".notBoolean")))
                    .withMessageContaining("does not return a boolean");
            assertThatExceptionOfType(UnusableException.class)
                    .isThrownBy(() -> extensions.hook(own(".notThere")))
                    .withMessageContaining("has no public method notThere");
            assertThat(extensions.hook("notThere")).isEmpty();
        }
    }

    @Test
    void places_are_relative_to_the_file() {
        assertThat(Extensions.places("a.jar: lib :/opt/x::", Path.of("/etc/circus")))
                .containsExactly(Path.of("/etc/circus/a.jar"), Path.of("/etc/circus/lib"), Path.of("/opt/x"));
    }
}
