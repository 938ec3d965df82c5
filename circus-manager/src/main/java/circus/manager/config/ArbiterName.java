package circus.manager.config;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.Locale;
import java.util.regex.Pattern;

/**
 * What a circusd is called in the kernel. Everything that it keeps there begins with this name and a dot, and the kernel's socket is named
 * after it, so it holds no dot and is not long. Pure functions, but for asking where a link leads; any thread.
 */
final class ArbiterName {
    private static final int LONGEST = 48;
    private static final Pattern VALID = Pattern.compile("[A-Za-z0-9_-]{1," + LONGEST + "}");
    private static final String SUFFIX = ".ini";
    private static final int HASH_BYTES = 4;

    private ArbiterName() {}

    static boolean isValid(String name) {
        return VALID.matcher(name).matches();
    }

    static String rule() {
        return "1 to " + LONGEST + " letters, digits, _ and -";
    }

    /** The file's name without {@code .ini}, and a hash of its real path, which tells two files of one name apart. */
    static String of(Path file) throws IOException {
        String base = String.valueOf(file.getFileName());
        if (base.endsWith(SUFFIX)) {
            base = base.substring(0, base.length() - SUFFIX.length());
        }
        String slug = base.toLowerCase(Locale.ROOT).replaceAll("[^a-z0-9_-]", "-");
        byte[] hash = WatcherConfig.sha256().digest(file.toRealPath().toString().getBytes(StandardCharsets.UTF_8));
        return slug.substring(0, Math.min(slug.length(), LONGEST - 1 - 2 * HASH_BYTES)) + "-"
                + HexFormat.of().formatHex(hash, 0, HASH_BYTES);
    }
}
