package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A log that the next manager cannot look at when it starts. */
final class RecoveriesTest {
    private static final Duration SECOND = Duration.ofMillis(1100);

    @TempDir
    private Path directory;

    private final Rig rig = new Rig();

    private Path file(String name) {
        return directory.resolve(name);
    }

    /** A batch was written, and its manager died before that was committed; then the folder was moved away. */
    private StreamId writtenAndMovedAway() throws IOException {
        Files.createDirectory(file("folder"));
        rig.toFile("web", file("folder/log"));
        rig.toFile("api", file("api"));
        StreamId web = rig.process(1, "web");
        rig.say(web, "one\n");
        rig.settle();
        rig.say(web, "two\n");
        rig.exchange();
        rig.turn();
        rig.exchange();
        rig.turn();
        assertThat(Rig.text(file("folder/log"))).isEqualTo("one\ntwo\n");
        assertThat(rig.committed(web)).as("what is committed of it").isEqualTo(4);
        Files.move(file("folder"), file("elsewhere"));
        rig.restart();
        return web;
    }

    @Test
    void what_was_written_there_last_is_found_out_when_its_folder_is_back() throws IOException {
        StreamId web = writtenAndMovedAway();
        StreamId api = rig.process(2, "api");
        rig.say(api, "goes on\n");
        rig.say(web, "three\n");
        rig.later(SECOND);
        assertThat(Rig.text(file("api"))).isEqualTo("goes on\n");
        assertThat(rig.book().counts().filesOnHold()).isEqualTo(1);
        Files.move(file("elsewhere"), file("folder"));
        rig.later(SECOND);
        rig.later(SECOND);
        assertThat(Rig.text(file("folder/log"))).isEqualTo("one\ntwo\nthree\n");
        assertThat(Rig.text(file("api"))).isEqualTo("goes on\n");
    }

    @Test
    void another_manager_finds_it_out_when_that_one_could_not() throws IOException {
        StreamId web = writtenAndMovedAway();
        rig.say(web, "three\n");
        rig.later(SECOND);
        Files.move(file("elsewhere"), file("folder"));
        rig.restart();
        rig.later(SECOND);
        assertThat(Rig.text(file("folder/log"))).isEqualTo("one\ntwo\nthree\n");
    }

    @Test
    void nothing_is_missing_from_a_new_folder_but_what_the_old_one_had() throws IOException {
        StreamId web = writtenAndMovedAway();
        rig.say(web, "three\n");
        rig.settle();
        Files.createDirectory(file("folder"));
        rig.later(SECOND);
        rig.later(SECOND);
        assertThat(Rig.text(file("folder/log"))).isEqualTo("two\nthree\n");
    }
}
