package circus.manager;

import circus.manager.arbiter.Arbiter;
import circus.manager.output.OutputPump;
import circus.manager.watcher.Clock;
import circus.manager.watcher.Operation.Kind;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.message.CommandException;
import java.lang.System.Logger.Level;

/** Carries out what is asked for by signals. Runs on circus-loop only. */
record SignalDesk(Arbiter arbiter, OutputPump pump, Clock clock) {
    private static final System.Logger LOG = System.getLogger(SignalDesk.class.getName());

    /** One that came to this process. */
    void carryOut(String name) {
        if (Signals.isEnd(name)) {
            quit(name);
        } else if (name.equals("HUP")) {
            reload(name);
        } else {
            LOG.log(Level.INFO, "Got signal SIG_{0}: log files are opened anew", name);
            pump.reopen();
        }
    }

    /** One that came to the circusd whose place this one has taken, and that does not end it. */
    void carryOutForFormer(String name) {
        if (name.equals("HUP")) {
            reload(name);
        } else if (name.equals("USR1")) {
            pump.reopen();
        }
    }

    private void reload(String signal) {
        LOG.log(Level.INFO, "Got signal SIG_{0}", signal);
        try {
            arbiter.reload(Kind.RELOAD, Order.ofSignal("SIGHUP", clock.now(), "arbiter_reload"));
        } catch (CommandException refused) {
            LOG.log(Level.WARNING, "cannot reload: {0}", refused.reason());
        }
    }

    private void quit(String signal) {
        LOG.log(Level.INFO, "Got signal SIG_{0}", signal);
        try {
            arbiter.quit(false, false, Outcome.UNHEARD);
        } catch (CommandException underWay) {
            LOG.log(Level.INFO, "the end is under way already");
        }
    }
}
