package circus.manager;

import circus.manager.Arguments.Name;
import circus.manager.failpoint.Failpoint;
import circus.message.Version;
import java.lang.System.Logger.Level;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The manager's program. Exit codes: 0 for a wanted end, 1 if it cannot start or go on, 2 for a wrong option. */
public final class Circusd {
    private Circusd() {}

    public static void main(String[] words) {
        Thread.currentThread().setName("circus-loop");
        Optional<QuitSignal> quitSignal = QuitSignal.prepare();
        int code = run(List.of(words), quitSignal);
        DaemonLog.get().flush();
        System.exit(code);
    }

    private static int run(List<String> words, Optional<QuitSignal> quitSignal) {
        Arguments arguments;
        try {
            arguments = Arguments.parse(words);
        } catch (Arguments.UsageException wrong) {
            System.err.println(Arguments.usage());
            System.err.println("circusd: error: " + wrong.getMessage());
            return 2;
        }
        if (arguments.has(Name.HELP)) {
            System.out.println(Arguments.help());
            return 0;
        }
        if (arguments.has(Name.VERSION)) {
            System.out.println(Version.TEXT);
            return 0;
        }
        if (arguments.config().isEmpty()) {
            System.out.println(Arguments.usage());
            return 0;
        }
        if (arguments.has(Name.CHECK)) {
            CheckReport report = CheckReport.of(arguments.config().get(), System.getenv());
            System.out.println(report.text());
            return report.isUsable() ? 0 : 1;
        }
        Map<String, String> environment = new HashMap<>(System.getenv());
        StartReport report = StartReport.from(environment);
        environment.remove(StartReport.VARIABLE);
        try {
            Failpoint.check(environment);
        } catch (IllegalArgumentException wrong) {
            System.err.println(wrong.getMessage());
            return 2;
        }
        try {
            if (arguments.has(Name.DAEMON)) {
                return Background.start(arguments);
            }
            ServiceNotice notice =
                    ServiceNotice.take(environment, ProcessHandle.current().pid());
            return Tenure.serve(arguments, environment, report, notice, quitSignal);
        } catch (StartupException cannot) {
            String reason = String.valueOf(cannot.getMessage());
            System.err.println(reason.indent(0).stripTrailing());
            System.getLogger(Circusd.class.getName()).log(Level.DEBUG, reason);
            report.failed(reason);
            return 1;
        }
    }
}
