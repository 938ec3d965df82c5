package circus.manager.file;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.OptionalLong;

/** What belongs to the user of this process. Any thread. */
public final class OwnFile {
    private OwnFile() {}

    /** The user of this process, a uid. */
    public static int user() throws IOException {
        return (Integer) Files.getAttribute(Path.of("/proc/self"), "unix:uid");
    }

    /** The length, in bytes, of a plain file of this user; empty for one of somebody else, for a link, and for what is no plain file. */
    public static OptionalLong size(Path path) throws IOException {
        Map<String, Object> is = Files.readAttributes(path, "unix:uid,size,isRegularFile", LinkOption.NOFOLLOW_LINKS);
        boolean ours = Boolean.TRUE.equals(is.get("isRegularFile"))
                && Integer.valueOf(user()).equals(is.get("uid"));
        return ours && is.get("size") instanceof Long size ? OptionalLong.of(size) : OptionalLong.empty();
    }
}
