package circus.top;

import java.util.Locale;
import java.util.Map;

/**
 * What the terminal can show. A value.
 *
 * @param unicode letters beyond ASCII
 */
record Look(boolean unicode, boolean colours) {
    /** As the environment says: the locale, and NO_COLOR (no-color.org). */
    static Look of(Map<String, String> environment, boolean ascii, boolean noColours) {
        boolean told = !environment.getOrDefault("NO_COLOR", "").isEmpty();
        return new Look(!ascii && isUtf8(environment), !noColours && !told);
    }

    private static boolean isUtf8(Map<String, String> environment) {
        for (String name : new String[] {"LC_ALL", "LC_CTYPE", "LANG"}) {
            String locale = environment.getOrDefault(name, "");
            if (!locale.isEmpty()) {
                String upper = locale.toUpperCase(Locale.ROOT);
                return upper.contains("UTF-8") || upper.contains("UTF8");
            }
        }
        return false;
    }
}
