package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CommandFileTest {
    private final Path folder;

    CommandFileTest(@TempDir Path folder) {
        this.folder = folder;
    }

    private Path program(String name) throws Exception {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, "#!/bin/sh\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    private static Optional<Path> real(Optional<CommandFile> file) {
        return file.flatMap(CommandFile::look).map(CommandFile.Print::real);
    }

    @Test
    void it_is_the_first_word_as_a_shell_splits_them() {
        assertThat(CommandFile.firstWord("sleep 300")).isEqualTo("sleep");
        assertThat(CommandFile.firstWord("  /opt/a\\ b/run\t-x")).isEqualTo("/opt/a b/run");
        assertThat(CommandFile.firstWord("'/opt/a b'/\"run it\" 'x y'")).isEqualTo("/opt/a b/run it");
        assertThat(CommandFile.firstWord("")).isEmpty();
        assertThat(CommandFile.firstWord("'open")).isEqualTo("open");
    }

    @Test
    void variables_of_the_environment_are_known_and_others_tell_nothing() {
        Map<String, Object> env = Map.of("HOME", "/home/u", "PATH", "/own");
        assertThat(CommandFile.of(
                        Map.of("cmd", "$(circus.env.home)/run --fd $(circus.sockets.web)", "env", env), "/bin"))
                .contains(new CommandFile("/home/u/run", "", "/own"));
        assertThat(CommandFile.of(Map.of("cmd", "((circus.env.HOME))/run", "working_dir", "/w"), "/bin"))
                .isEmpty();
        assertThat(CommandFile.of(Map.of("cmd", "/srv/$(circus.wid)/run"), "/bin"))
                .isEmpty();
        assertThat(CommandFile.of(Map.of("cmd", " "), "/bin")).isEmpty();
        assertThat(CommandFile.of(Map.of("cmd", "a b", "executable", "/x/y", "working_dir", "/w"), "/bin"))
                .contains(new CommandFile("/x/y", "/w", "/bin"));
        assertThat(CommandFile.of(Map.of("cmd", "a b", "executable", "/bin/bash", "shell", true), "/bin"))
                .contains(new CommandFile("a", "", "/bin"));
    }

    @Test
    void a_name_is_looked_for_in_PATH_and_a_path_counts_from_the_working_directory() throws Exception {
        Path second = program("second/run").toRealPath();
        Files.createDirectories(folder.resolve("first/run"));
        String path = folder.resolve("first") + ":" + folder.resolve("second");
        assertThat(real(CommandFile.of(Map.of("cmd", "run -x"), path))).contains(second);
        assertThat(real(CommandFile.of(Map.of("cmd", "run -x", "env", Map.of("PATH", path)), "/bin")))
                .contains(second);
        assertThat(real(CommandFile.of(Map.of("cmd", "second/run", "working_dir", folder.toString()), "/bin")))
                .contains(second);
        assertThat(real(CommandFile.of(Map.of("cmd", "nowhere"), path))).isEmpty();
        assertThat(real(CommandFile.of(Map.of("cmd", "/no/where"), path))).isEmpty();
        assertThat(real(CommandFile.of(Map.of("cmd", "a\0b/c"), path))).isEmpty();
        // One that comes before it now is what the next process would be.
        Files.delete(folder.resolve("first/run"));
        Path first = program("first/run").toRealPath();
        assertThat(real(CommandFile.of(Map.of("cmd", "run"), path))).contains(first);
    }

    @Test
    void behind_a_link_counts_what_it_leads_to() throws Exception {
        Path one = program("one");
        Path two = program("two");
        FileTime same = FileTime.fromMillis(1_795_000_000_000L);
        Files.setLastModifiedTime(one, same);
        Files.setLastModifiedTime(two, same);
        Path link = Files.createSymbolicLink(folder.resolve("current"), one);
        CommandFile file = CommandFile.of(Map.of("cmd", link.toString()), "").orElseThrow();
        Optional<CommandFile.Print> before = file.look();
        assertThat(file.look()).isEqualTo(before).isPresent();
        Files.delete(link);
        Files.createSymbolicLink(link, two);
        assertThat(file.look()).isPresent().isNotEqualTo(before);
        Files.delete(link);
        Files.createSymbolicLink(link, one);
        assertThat(file.look()).isEqualTo(before);
        Files.setLastModifiedTime(one, FileTime.fromMillis(same.toMillis() - 1000));
        assertThat(file.look()).isPresent().isNotEqualTo(before);
    }
}
