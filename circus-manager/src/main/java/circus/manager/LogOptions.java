package circus.manager;

import java.util.Objects;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** What the command lines of programs beside circusd say of their log. Filled by picocli; one thread. */
final class LogOptions {
    @Spec(Target.MIXEE)
    private @Nullable CommandSpec program;

    @Option(
            names = "--log-level",
            paramLabel = "LEVEL",
            defaultValue = "info",
            description = "critical, error, warning, info or debug (default: ${DEFAULT-VALUE})")
    private String level = "";

    @Option(
            names = "--log-output",
            paramLabel = "FILE",
            defaultValue = "-",
            description = "the log; - is stderr, which is the default")
    private String output = "";

    /**
     * Has the log tell as much, and go there.
     *
     * @throws ParameterException there is no such level
     * @throws StartupException the file cannot be written to
     */
    void apply() throws StartupException {
        LogLevel wanted = LogLevel.parse(level)
                .orElseThrow(() -> new ParameterException(
                        Objects.requireNonNull(program).commandLine(),
                        "argument --log-level: '" + level + "' is none of critical, error, warning, info and debug"));
        DaemonLog.get().level(wanted);
        DaemonLog.get().to(output);
    }
}
