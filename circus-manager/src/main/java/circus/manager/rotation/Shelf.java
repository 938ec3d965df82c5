package circus.manager.rotation;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/** The names in a folder. Each method may block for as long as the file system does. */
public interface Shelf {
    /** The real one. */
    Shelf DISK = new Shelf() {
        @Override
        public boolean has(Path file) {
            return Files.exists(file, LinkOption.NOFOLLOW_LINKS);
        }

        @Override
        public void rename(Path from, Path to) throws IOException {
            Files.move(from, to, StandardCopyOption.ATOMIC_MOVE);
        }

        @Override
        public void remove(Path file) throws IOException {
            Files.deleteIfExists(file);
        }

        @Override
        public List<String> names(Path folder, String beginning) throws IOException {
            List<String> names = new ArrayList<>();
            try (DirectoryStream<Path> all = Files.newDirectoryStream(folder)) {
                for (Path each : all) {
                    Path name = each.getFileName();
                    if (name != null && name.toString().startsWith(beginning)) {
                        names.add(name.toString());
                    }
                }
            }
            return names;
        }
    };

    /** Whether there is anything of this name. */
    boolean has(Path file) throws IOException;

    /** At once, and in the place of what has the other name. */
    void rename(Path from, Path to) throws IOException;

    /** Nothing happens if there is none. */
    void remove(Path file) throws IOException;

    /** The names in a folder that begin with this, in any order. */
    List<String> names(Path folder, String beginning) throws IOException;
}
