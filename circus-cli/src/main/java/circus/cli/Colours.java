package circus.cli;

/** Colours for JSON on a terminal: keys blue, strings green, the rest as it is. Pure functions. */
final class Colours {
    private static final String KEY = "\u001b[34;1m";
    private static final String TEXT = "\u001b[32m";
    private static final String PLAIN = "\u001b[0m";

    private Colours() {}

    static String json(String json) {
        StringBuilder out = new StringBuilder(json.length() * 2);
        for (int i = 0; i < json.length(); ) {
            if (json.charAt(i) != '"') {
                out.append(json.charAt(i++));
                continue;
            }
            int end = endOfString(json, i);
            boolean key = end < json.length() && json.charAt(end) == ':';
            out.append(key ? KEY : TEXT).append(json, i, end).append(PLAIN);
            i = end;
        }
        return out.toString();
    }

    private static int endOfString(String json, int start) {
        int i = start + 1;
        while (json.charAt(i) != '"') {
            i += json.charAt(i) == '\\' ? 2 : 1;
        }
        return i + 1;
    }
}
