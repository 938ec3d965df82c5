package papa.kernel;

import java.util.List;
import java.util.Optional;

/**
 * Where cgroups of version 2 may be made: below the one that the kernel itself is in.
 *
 * @param path of that one, as /proc/PID/cgroup shows it
 * @param folder where its files are; a byte string
 */
record ControlGroupPlace(String path, String folder) {
    /**
     * Finds it.
     *
     * @param mounts the contents of /proc/self/mountinfo (proc(5))
     * @param path the kernel's own cgroup
     */
    static Optional<ControlGroupPlace> find(String mounts, String path) {
        Optional<ControlGroupPlace> found = Optional.empty();
        if (!path.startsWith("/")) {
            return found;
        }
        for (String line : mounts.lines().toList()) {
            // id parent device root mount-point options [more…] - type source options
            List<String> words = List.of(line.split(" ", -1));
            int dash = words.indexOf("-");
            boolean usable = dash >= 6
                    && words.size() > dash + 1
                    && words.get(dash + 1).equals("cgroup2")
                    && !List.of(words.get(5).split(",", -1)).contains("ro");
            if (usable) {
                String root = unescaped(words.get(3));
                String below = root.equals("/") ? path : path.startsWith(root) ? path.substring(root.length()) : null;
                if (below != null && (below.isEmpty() || below.startsWith("/"))) {
                    found = Optional.of(new ControlGroupPlace(
                            path.equals("/") ? "" : path, unescaped(words.get(4)) + (below.equals("/") ? "" : below)));
                }
            }
        }
        return found;
    }

    /** {@code \040} stands for a blank, and so on. */
    private static String unescaped(String word) {
        StringBuilder text = new StringBuilder();
        for (int i = 0; i < word.length(); i++) {
            if (word.startsWith("\\", i) && word.substring(i).matches("(?s)\\\\[0-3][0-7][0-7].*")) {
                text.append((char) Integer.parseInt(word.substring(i + 1, i + 4), 8));
                i += 3;
            } else {
                text.append(word.charAt(i));
            }
        }
        return text.toString();
    }
}
