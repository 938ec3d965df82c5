package papa.init;

import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import papa.launch.ChildAttributes;
import papa.launch.ProcessSpec;

/**
 * COMMAND of {@code papa --init -- COMMAND…}: it is started in papa's own directory, environment and standard streams. Its
 * environment says besides, in PAPA_SOCKET, where papa is; it does not say what is for papa alone.
 */
public final class ManagerCommand {
    /** In messages. */
    static final String NAME = "the manager";

    private ManagerCommand() {}

    /**
     * @param argv byte strings, as all texts here
     * @param environment of papa, NAME=VALUE each
     */
    public static ProcessSpec spec(List<String> argv, List<String> environment, String socketPath) {
        Map<String, String> variables = new TreeMap<>();
        for (String each : environment) {
            int equals = each.indexOf('=');
            if (equals > 0 && !isForPapaAlone(each.substring(0, equals))) {
                variables.putIfAbsent(each.substring(0, equals), each.substring(equals + 1));
            }
        }
        variables.put("PAPA_SOCKET", socketPath);
        return new ProcessSpec(
                NAME,
                argv,
                false,
                variables,
                "",
                "",
                -1,
                List.of(),
                ProcessSpec.Target.INHERITED,
                ProcessSpec.Target.INHERITED,
                0,
                ChildAttributes.NONE);
    }

    /** What a service manager says to papa, and what papa's launcher says to its Java machine. */
    private static boolean isForPapaAlone(String variable) {
        return variable.startsWith("LISTEN_")
                || variable.startsWith("WATCHDOG_")
                || List.of("NOTIFY_SOCKET", "_JAVA_SR_SIGNUM", "PAPA_SIGNALS_BLOCKED")
                        .contains(variable);
    }
}
