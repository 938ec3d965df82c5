package papa.upgrade;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import papa.posix.Errno;
import papa.posix.Posix;
import papa.state.StateException;
import papa.state.StateLine;
import papa.state.StateWriter;
import papa.wire.Words;

/**
 * What a process executes, or could: a program, its words, and its environment, all of them byte strings.
 *
 * <p>In a state: {@code program path=… arg=… env=…}, the last two once for each word.
 *
 * @param environment {@code NAME=VALUE} each
 */
public record Program(String path, List<String> argv, List<String> environment) {
    public Program {
        argv = List.copyOf(argv);
        environment = List.copyOf(environment);
    }

    /** As bin/papa has it; the word behind it names jars. */
    private static final String CLASS_PATH = "-cp";

    /** What proc(5) puts behind the path of a file that has been removed. */
    private static final String REMOVED = " (deleted)";

    /** This process's own, as it was started (proc(5)). */
    public static Program own(Posix posix) throws IOException {
        String path = path(posix);
        if (path.isEmpty()) {
            throw new IOException("/proc/self/exe tells nothing");
        }
        return new Program(path, words("/proc/self/cmdline"), words("/proc/self/environ"));
    }

    /** Where a Java was updated while we ran with it, the new one lies where the old one did. */
    private static String path(Posix posix) {
        String path = posix.program().executable();
        boolean removed = path.endsWith(REMOVED) && !Files.exists(Path.of(Words.text(path)));
        return removed ? path.substring(0, path.length() - REMOVED.length()) : path;
    }

    private static List<String> words(String path) throws IOException {
        String all = new String(Files.readAllBytes(Path.of(path)), StandardCharsets.ISO_8859_1);
        List<String> words = new ArrayList<>();
        for (int at = 0; at < all.length(); ) {
            int end = all.indexOf('\0', at);
            int stop = end < 0 ? all.length() : end;
            words.add(all.substring(at, stop));
            at = stop + 1;
        }
        return words;
    }

    /** The same with other words. */
    public Program with(List<String> words) {
        return new Program(path, words, environment);
    }

    /** The last words. */
    public List<String> last(int count) {
        return argv.subList(argv.size() - count, argv.size());
    }

    /** A jar that it needs and that is not there; empty if nothing is known to be missing. */
    public String missing(Posix posix) {
        int at = argv.indexOf(CLASS_PATH);
        return at < 0 || at + 1 >= argv.size()
                ? ""
                : Stream.of(argv.get(at + 1).split(":"))
                        .filter(each -> isGone(posix, each))
                        .findFirst()
                        .orElse("");
    }

    private static boolean isGone(Posix posix, String path) {
        int found = posix.identify(path, new long[2]);
        return Errno.ENOENT.is(found) || Errno.ENOTDIR.is(found);
    }

    /** Becomes it; a negated errno if that failed, and nothing has changed. */
    public int execute(Posix posix) {
        return posix.program().execute(path, argv, environment);
    }

    void save(StateWriter.Line line) {
        line.put("path", path).putAll("arg", argv).putAll("env", environment).end();
    }

    static Program restore(StateLine line) throws StateException {
        return new Program(line.text("path"), line.all("arg"), line.all("env"));
    }
}
