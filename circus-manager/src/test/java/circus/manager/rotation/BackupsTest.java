package circus.manager.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import circus.options.RotateWhen;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Which files there are, and what is in them, after moving a file aside. */
class BackupsTest {
    @TempDir
    private Path folder;

    private Path file() {
        return folder.resolve("F");
    }

    private void put(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.list(folder)) {
            for (Path each : all.toList()) {
                files.put(each.getFileName().toString(), text(each));
            }
        }
        return files;
    }

    private static String text(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        if (bytes.length > 2 && bytes[0] == 0x1f) {
            try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
                return new String(in.readAllBytes(), StandardCharsets.UTF_8);
            }
        }
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static Backups numbered(int count) {
        return Backups.of(new Rotation.BySize(10, count), Shelf.DISK);
    }

    private static Backups dated(int count) {
        return Backups.of(new Rotation.ByTime(RotateWhen.D, 1, false, count), Shelf.DISK);
    }

    @Test
    void numbers_go_up_and_the_last_goes() throws IOException {
        put("F", "new");
        put("F.1", "one");
        put("F.2", "two");

        numbered(2).moveAside(file(), "");

        assertThat(files()).isEqualTo(Map.of("F.1", "new", "F.2", "one"));
    }

    @Test
    void only_those_up_to_a_free_number_move() throws IOException {
        put("F", "new");
        put("F.1", "one");
        put("F.3", "three");

        numbered(5).moveAside(file(), "");

        assertThat(files()).isEqualTo(Map.of("F.1", "new", "F.2", "one", "F.3", "three"));
    }

    @Test
    void without_backups_what_was_written_is_gone() throws IOException {
        put("F", "new");

        numbered(0).moveAside(file(), "");

        assertThat(files()).isEmpty();
    }

    @Test
    void compressed_files_move_with_the_others() throws IOException {
        put("F", "new");
        put("F.1", "one");
        put("F.2.gz", "two");
        put("F.3.gz", "three");

        numbered(3).moveAside(file(), "");

        assertThat(files()).isEqualTo(Map.of("F.1", "new", "F.2", "one", "F.3.gz", "two"));
    }

    @Test
    void those_beyond_a_lowered_count_are_removed() throws IOException {
        for (String each : new String[] {"F", "F.1", "F.2", "F.3", "F.4.gz"}) {
            put(each, each);
        }

        numbered(2).moveAside(file(), "");

        assertThat(files()).isEqualTo(Map.of("F.1", "F", "F.2", "F.1"));
    }

    @Test
    void a_kill_between_any_two_steps_loses_nothing() throws IOException {
        Map<String, String> whole = null;
        int kills = 0;
        for (int steps = 0; whole == null; steps++) {
            for (String each : new String[] {"F", "F.1", "F.2.gz", "F.3", "F.4"}) {
                put(each, each);
            }
            Rotation rotation = new Rotation.BySize(10, 4);
            try {
                Backups.of(rotation, new StumblingShelf(steps)).moveAside(file(), "");
                whole = files();
            } catch (StumblingShelf.Killed killed) {
                kills++;
                Backups.of(rotation, Shelf.DISK).moveAside(file(), "");
            }
            assertThat(files())
                    .as("killed after %d steps", steps)
                    .isEqualTo(Map.of("F.1", "F", "F.2", "F.1", "F.3.gz", "F.2.gz", "F.4", "F.3"));
            try (Stream<Path> all = Files.list(folder)) {
                for (Path each : all.toList()) {
                    Files.delete(each);
                }
            }
        }
        assertThat(kills).isEqualTo(5);
    }

    @Test
    void a_time_that_is_taken_gets_a_number() throws IOException {
        put("F", "new");
        put("F.20261121", "first");
        put("F.20261121.1.gz", "second");

        dated(0).moveAside(file(), "20261121");

        assertThat(files())
                .isEqualTo(Map.of("F.20261121", "first", "F.20261121.1.gz", "second", "F.20261121.2", "new"));
    }

    @Test
    void of_dated_ones_the_oldest_go_and_strangers_stay() throws IOException {
        put("F", "new");
        put("F.20261119", "a");
        put("F.20261120", "b");
        put("F.20261120.2", "d");
        put("F.20261120.1.gz", "c");
        put("F.2026112", "stranger");
        put("F.20261118.bak", "stranger");
        put("G.20261118", "stranger");

        dated(2).moveAside(file(), "20261121");

        assertThat(files())
                .isEqualTo(Map.of(
                        "F.20261120.2", "d",
                        "F.20261121", "new",
                        "F.2026112", "stranger",
                        "F.20261118.bak", "stranger",
                        "G.20261118", "stranger"));
    }

    @Test
    void a_missing_file_is_no_mistake() throws IOException {
        put("F.1", "one");

        numbered(2).moveAside(file(), "");
        dated(2).moveAside(file(), "20261121");

        assertThat(files()).isEqualTo(Map.of("F.1", "one"));
    }

    @Test
    void compressing_follows_a_file_that_is_renamed_meanwhile() throws IOException {
        put("F.1", "one");
        Files.setPosixFilePermissions(folder.resolve("F.1"), PosixFilePermissions.fromString("rw-r-----"));
        Optional<Gzip.Begun> begun = Gzip.begin(file(), numbered(3));
        put("F", "new");
        numbered(3).moveAside(file(), "");

        Gzip.finish(file(), numbered(3), begun.orElseThrow());

        assertThat(files()).isEqualTo(Map.of("F.1", "new", "F.2.gz", "one"));
        assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(folder.resolve("F.2.gz"))))
                .isEqualTo("rw-r-----");
    }

    @Test
    void what_is_too_old_by_the_time_it_is_compressed_is_left_out() throws IOException {
        put("F.1", "one");
        Optional<Gzip.Begun> begun = Gzip.begin(file(), numbered(1));
        put("F", "new");
        numbered(1).moveAside(file(), "");

        Gzip.finish(file(), numbered(1), begun.orElseThrow());

        assertThat(files()).isEqualTo(Map.of("F.1", "new"));
    }

    @Test
    void the_oldest_is_compressed_first_until_none_is_left() throws IOException {
        put("F.1", "one");
        put("F.2", "two");
        put(".F.compressing", "of one who was killed");

        for (Optional<Gzip.Begun> next = Gzip.begin(file(), numbered(3));
                next.isPresent();
                next = Gzip.begin(file(), numbered(3))) {
            Gzip.finish(file(), numbered(3), next.orElseThrow());
        }

        assertThat(files()).isEqualTo(Map.of("F.1.gz", "one", "F.2.gz", "two"));
    }
}
