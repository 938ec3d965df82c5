package circus.manager.output;

import java.io.IOException;
import java.nio.file.AccessDeniedException;
import java.nio.file.FileSystemException;
import java.nio.file.NoSuchFileException;

/** Why a file could not be used, in words. */
public final class Reason {
    private Reason() {}

    public static String of(IOException e) {
        if (e instanceof NoSuchFileException) {
            return "there is no such directory";
        }
        if (e instanceof AccessDeniedException) {
            return "permission denied";
        }
        String words = e instanceof FileSystemException known ? known.getReason() : e.getMessage();
        return words == null ? e.toString() : words;
    }
}
