package circus.manager.config;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class VirtualEnvironmentTest {
    @TempDir
    Path directory;

    private IniHome home;
    private Path root;
    private Path packages;

    @BeforeEach
    void open() throws IOException {
        home = new IniHome(directory);
        root = directory.resolve("v");
        packages = root.resolve("lib/python3.11/site-packages");
        Files.createDirectories(packages);
        Files.createDirectories(root.resolve("bin"));
    }

    private Map<String, String> environment(String... more) {
        String[] lines = new String[more.length + 4];
        System.arraycopy(
                new String[] {"[watcher:a]", "cmd = x", "copy_env = yes", "virtualenv = " + root}, 0, lines, 0, 4);
        System.arraycopy(more, 0, lines, 4, more.length);
        return home.watcher(lines).environment();
    }

    @Test
    void its_programs_come_first_and_its_packages_last() {
        assertThat(environment("[env:a]", "PYTHONPATH = /mine", "PATH = $PATH:/more"))
                .containsEntry("PATH", root + "/bin:/bin:/usr/bin:/more")
                .containsEntry("PYTHONPATH", "/mine:" + packages)
                .containsEntry("VIRTUAL_ENV", root.toString())
                .containsEntry("USER", "tarek");
    }

    @Test
    void folders_that_its_files_name_come_before_what_was_there() throws IOException {
        Files.createDirectories(packages.resolve("egg"));
        Files.createDirectories(directory.resolve("elsewhere"));
        Files.writeString(
                packages.resolve("b.pth"), "# " + directory + "\n\nimport os; os\nimport\tos\negg\n/no/such/folder\n");
        Files.writeString(packages.resolve("a.pth"), "../../../../elsewhere  \r\n");
        Files.write(packages.resolve("c.pth"), new byte[] {(byte) 0xff, '\n', 'e', 'g', 'g'});
        Files.writeString(packages.resolve("d.txt"), "egg");

        assertThat(environment("[env:a]", "PYTHONPATH = /mine"))
                .containsEntry("PYTHONPATH", directory + "/elsewhere:" + packages + "/egg:/mine:" + packages);
    }

    @Test
    void a_version_is_chosen_where_there_are_several() throws IOException {
        Files.createDirectories(root.resolve("lib/pypy3.10/site-packages"));
        Files.createDirectories(root.resolve("lib/python2.7"));

        assertThat(home.errors("[watcher:a]", "cmd = x", "copy_env = yes", "virtualenv = " + root))
                .containsExactly("4: cannot use virtualenv = HOME/v in [watcher:a]: it has several versions (pypy3.10,"
                        + " python3.11); choose one with virtualenv_py_ver");
        assertThat(environment("virtualenv_py_ver = 3.11")).containsEntry("PYTHONPATH", packages.toString());
        assertThat(environment("virtualenv_py_ver = 3.10"))
                .containsEntry("PYTHONPATH", root + "/lib/pypy3.10/site-packages");
        assertThat(home.errors(
                        "[watcher:a]", "cmd = x", "copy_env = yes", "virtualenv = " + root, "virtualenv_py_ver = 2.7"))
                .containsExactly("4: cannot use virtualenv = HOME/v in [watcher:a]: HOME/v/lib/python2.7/site-packages"
                        + " does not exist");
    }

    @Test
    void what_cannot_work_is_told_with_its_place() {
        assertThat(home.errors("[watcher:a]", "cmd = x", "copy_env = yes", "virtualenv = " + root + "/not"))
                .containsExactly("4: cannot use virtualenv = HOME/v/not in [watcher:a]:"
                        + " HOME/v/not/lib/pythonX.Y/site-packages does not exist");
        assertThat(home.errors("[watcher:a]", "cmd = x", "virtualenv = " + root, "copy_path = yes"))
                .containsExactly(
                        "3: cannot use virtualenv = HOME/v in [watcher:a]: it needs copy_env = true",
                        "4: cannot use copy_path = yes in [watcher:a]: it needs copy_env = true");
        assertThat(home.warnings("[watcher:a]", "cmd = x", "virtualenv_py_ver = 3.11"))
                .containsExactly("3: virtualenv_py_ver in [watcher:a] has no effect without virtualenv");
    }

    @Test
    void without_a_folder_of_programs_the_path_stays_and_what_was_chosen_stays_too() throws IOException {
        Files.delete(root.resolve("bin"));
        assertThat(environment("copy_path = yes", "[env]", "VIRTUAL_ENV = /chosen"))
                .containsEntry("PATH", "/bin:/usr/bin")
                .containsEntry("VIRTUAL_ENV", "/chosen");
    }
}
