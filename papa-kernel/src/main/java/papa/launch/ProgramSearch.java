package papa.launch;

import papa.posix.Errno;
import papa.posix.Posix;

/** Finds the program that a word means, in the directory and as the user that the calling thread has. */
final class ProgramSearch {
    /**
     * @param path the program, or the word that was looked for
     * @param errno 0, or why there is none, negated
     */
    record Found(String path, int errno) {}

    private ProgramSearch() {}

    static Found find(Posix posix, ProcessSpec spec, String word) {
        if (word.indexOf('/') >= 0) {
            return new Found(word, Math.min(0, posix.mayExecute(word)));
        }
        int failure = Errno.ENOENT.negated();
        for (String folder : searchPath(spec).split(":", -1)) {
            String candidate = (folder.isEmpty() ? "." : folder) + "/" + word;
            int allowed = posix.mayExecute(candidate);
            if (allowed >= 0) {
                return new Found(candidate, 0);
            }
            failure = Errno.ENOENT.is(allowed) || Errno.ENOTDIR.is(allowed) ? failure : allowed;
        }
        return new Found(word, failure);
    }

    private static String searchPath(ProcessSpec spec) {
        if (!spec.searchPath().isEmpty()) {
            return spec.searchPath();
        }
        String own = spec.environment().get("PATH");
        return own == null || own.isEmpty() ? "/bin:/usr/bin" : own;
    }
}
