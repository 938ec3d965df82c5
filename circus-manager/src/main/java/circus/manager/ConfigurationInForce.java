package circus.manager;

import circus.manager.Arguments.Name;
import circus.manager.arbiter.Arbiter;
import circus.manager.arbiter.Inherited;
import circus.manager.arbiter.LiveChanges;
import circus.manager.arbiter.Workshop;
import circus.manager.command.Whereabouts;
import circus.manager.config.CircusConfig;
import circus.manager.plan.Plan;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Order;
import circus.message.CommandException;
import circus.options.CircusOptions;
import java.lang.System.Logger.Level;

/**
 * The configuration that is in force: what it says about circusd itself is applied here, and the kernel keeps it for the next manager. Runs
 * on circus-loop only.
 */
final class ConfigurationInForce {
    private static final System.Logger LOG = System.getLogger(ConfigurationInForce.class.getName());

    /** Characters. A request of papa's holds 1 MiB at the most, and all its values 4 MiB. */
    private static final int MOST_BASELINE = 512 * 1024;

    private final Premises premises;
    private final Arbiter arbiter;
    private final Workshop workshop;
    private final Whereabouts whereabouts;
    private final UserCode code;

    /** The text of the configuration that the kernel holds for the next manager. */
    private String remembered = "";

    ConfigurationInForce(
            Premises premises, Arbiter arbiter, Workshop workshop, Whereabouts whereabouts, UserCode code) {
        this.premises = premises;
        this.arbiter = arbiter;
        this.workshop = workshop;
        this.whereabouts = whereabouts;
        this.code = code;
    }

    /** What a new configuration says about circusd itself, as far as that can change while it runs. */
    void apply(CircusConfig config) {
        code.findModules(config);
        premises.settings.setLogLevel(config);
        arbiter.warmup(config.options().get(CircusOptions.WARMUP_DELAY));
        whereabouts.applied(config.options());
        workshop.mask(config.options().get(CircusOptions.UMASK));
        remember(config);
    }

    /**
     * The file may have been edited while no manager ran: that is a plan like any other.
     *
     * @param before what was applied last
     * @param appliesFile whether what the file says by now is to be applied
     */
    void goOnWith(CircusConfig before, boolean appliesFile, LiveChanges changes, Clock clock) {
        CircusConfig config = premises.settings.config();
        remember(before);
        if (!appliesFile || before.text().equals(config.text())) {
            return;
        }
        try {
            Plan plan = changes.planFor(config);
            if (plan.isEmpty()) {
                changes.apply(plan, false, order(clock));
            } else if (premises.settings.arguments().has(Name.NO_APPLY)) {
                LOG.log(
                        Level.WARNING,
                        "the file has changed, and nothing of it is applied until circusctl reloadconfig (--no-apply)\n{0}",
                        plan.text());
            } else {
                LOG.log(Level.INFO, "the file has changed since it was applied last");
                changes.apply(plan, false, order(clock));
            }
        } catch (CommandException impossible) {
            LOG.log(
                    Level.ERROR,
                    "the file has changed, and nothing of it is applied: {0}; circusctl reloadconfig tries again",
                    impossible.reason());
        }
    }

    private static Order order(Clock clock) {
        return Order.ofSignal("changes of the file", clock.now(), "arbiter_reload_config");
    }

    /** The next manager is to know what was applied. A text that is too large for the kernel is left out: it then goes by digests. */
    private void remember(CircusConfig config) {
        if (config.text().equals(remembered)) {
            return;
        }
        premises.applied(config);
        remembered = config.text();
        if (config.text().length() > MOST_BASELINE) {
            arbiter.kernel().removeValue(Inherited.BASELINE);
        } else {
            arbiter.kernel().putValue(Inherited.BASELINE, config.text());
        }
    }
}
