package circus.manager.kernel;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * All that the kernel needs to start one process. Names go without the {@code circus.ARB.} prefix.
 *
 * @param name {@code WATCHER.WID}, lower case
 * @param argv the program and its arguments; a program without a slash is looked for in {@code searchPath}
 * @param environment the whole environment, nothing is added to it
 * @param workingDirectory absolute path
 * @param searchPath directories separated by colons
 * @param sockets held sockets handed over, each at its own descriptor number
 * @param captureStdout false: the process writes to /dev/null
 * @param annotations kept beside the process for the next manager, and gone with it
 * @param attributes what the process has beyond that
 */
public record LaunchSpec(
        String name,
        List<String> argv,
        Map<String, String> environment,
        String workingDirectory,
        String searchPath,
        List<String> sockets,
        boolean captureStdout,
        boolean captureStderr,
        Map<String, String> annotations,
        LaunchAttributes attributes) {

    public LaunchSpec {
        if (argv.isEmpty()) {
            throw new IllegalArgumentException("cannot start " + name + ": no program is given");
        }
        argv = List.copyOf(argv);
        environment = Collections.unmodifiableMap(new LinkedHashMap<>(environment));
        sockets = List.copyOf(sockets);
        annotations = Collections.unmodifiableMap(new LinkedHashMap<>(annotations));
    }

    /** The same, by another command line, and with more variables and annotations. */
    public LaunchSpec by(List<String> other, Map<String, String> moreVariables, Map<String, String> moreAnnotations) {
        Map<String, String> all = new LinkedHashMap<>(annotations);
        all.putAll(moreAnnotations);
        Map<String, String> variables = new LinkedHashMap<>(environment);
        variables.putAll(moreVariables);
        return new LaunchSpec(
                name,
                other,
                variables,
                workingDirectory,
                searchPath,
                sockets,
                captureStdout,
                captureStderr,
                all,
                attributes);
    }

    /** One without attributes. */
    public LaunchSpec(
            String name,
            List<String> argv,
            Map<String, String> environment,
            String workingDirectory,
            String searchPath,
            List<String> sockets,
            boolean captureStdout,
            boolean captureStderr,
            Map<String, String> annotations) {
        this(
                name,
                argv,
                environment,
                workingDirectory,
                searchPath,
                sockets,
                captureStdout,
                captureStderr,
                annotations,
                LaunchAttributes.NONE);
    }
}
