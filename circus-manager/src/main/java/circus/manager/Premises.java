package circus.manager;

import circus.manager.command.Additions;
import circus.manager.config.CircusConfig;
import circus.manager.control.Endpoints;
import circus.manager.upgrade.Progress;
import circus.manager.upgrade.Succession;
import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What circusd keeps from its start to its end, whether or not it manages in between. Belongs to circus-loop. */
final class Premises {
    final Settings settings;
    final Security security;
    final Map<String, String> environment;
    final StartReport report;
    final Signals signals;
    final ServiceNotice notice;
    final Optional<QuitSignal> quitSignal;
    final Endpoints endpoints;
    final Progress progress;

    /** The commands that users have added. */
    final Additions additions;

    /** The former circusd, whose place this one has taken. */
    final Optional<Succession> succession;

    private @Nullable PidFile pidFile;
    private CircusConfig applied;
    private boolean isMain;

    Premises(
            Settings settings,
            Security security,
            Map<String, String> environment,
            StartReport report,
            ServiceNotice notice,
            Signals signals,
            Optional<QuitSignal> quitSignal,
            Endpoints endpoints,
            Progress progress,
            Additions additions,
            Optional<Succession> succession,
            @Nullable PidFile pidFile) {
        this.settings = settings;
        this.security = security;
        this.environment = environment;
        this.report = report;
        this.notice = notice;
        this.signals = signals;
        this.quitSignal = quitSignal;
        this.applied = settings.config();
        this.endpoints = endpoints;
        this.progress = progress;
        this.additions = additions;
        this.succession = succession;
        this.pidFile = pidFile;
        this.isMain = succession.isEmpty();
    }

    /** Commands are taken from now on, perhaps anew. One whose former circusd may still take back says nothing to who watches over it. */
    void tellThatItServes() {
        report.serving();
        tellServiceManager();
    }

    private void tellServiceManager() {
        if (isMain) {
            notice.serving(settings.config().options().get(CircusOptions.ENDPOINT));
        }
    }

    /** The pid file, and who watches over circusd, are to know this process from now on. */
    void becomeMain() {
        endpoints.own();
        long pid = ProcessHandle.current().pid();
        settings.pidFile().ifPresent(file -> pidFile = PidFile.succeed(file, pid));
        isMain = true;
        tellServiceManager();
    }

    /** What runs, as far as this process knows: the configuration that was applied last, or else the one that it was started with. */
    CircusConfig applied() {
        return applied;
    }

    /** Where commands are taken, and where events are published. */
    static List<String> addresses(CircusConfig config) {
        OptionValues circus = config.options();
        return List.of(circus.get(CircusOptions.ENDPOINT), circus.get(CircusOptions.PUBSUB_ENDPOINT));
    }

    /** From now on this is what runs. What it says of circusd itself takes a restart, its name for one. */
    void applied(CircusConfig config) {
        if (config.name().equals(settings.config().name())) {
            applied = config;
        }
    }

    /** Whether the circusd before this one would go on in its place if this one ended now. */
    boolean canBeTakenBack() {
        return succession.isPresent() && succession.get().canBeTakenBack();
    }

    /** At the end: removes it, if it is still ours. */
    void removePidFile() {
        if (pidFile != null) {
            pidFile.remove();
        }
    }
}
