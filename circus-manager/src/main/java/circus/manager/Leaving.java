package circus.manager;

import circus.manager.arbiter.Arbiter;
import circus.manager.control.Controller;
import circus.manager.control.Incoming;
import circus.manager.upgrade.Office;
import circus.manager.upgrade.Upgrade;
import circus.manager.watcher.Job;
import circus.message.CommandException;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * How a term leaves its place to another circusd: not while anybody waits for it. What runs without anybody waiting for it goes on under the
 * next manager, as after a crash. Runs on circus-loop only.
 *
 * @param left told of the upgrade by which the place is free
 */
record Leaving(
        Premises premises,
        Ending ending,
        Arbiter arbiter,
        Controller controller,
        Office office,
        Plugins plugins,
        Consumer<Upgrade> left)
        implements Upgrade.Exit {
    @Override
    public Optional<String> leave() {
        if (ending.isLost()) {
            return Optional.of("the kernel has gone");
        }
        if (arbiter.isEnding()) {
            return Optional.of("circusd is about to end");
        }
        if (premises.succession.isPresent() && !premises.succession.get().isOver()) {
            return Optional.of("the circusd before this one has connections that are in use");
        }
        Optional<Job> job = arbiter.jobs().stream()
                .filter(each -> each.order().number() > 0)
                .findFirst();
        if (job.isPresent()) {
            return Optional.of("job " + job.get().order().number() + ", "
                    + job.get().order().words() + ", is not done (circusctl jobs)");
        }
        Optional<List<Incoming>> unanswered = controller.leave();
        if (unanswered.isEmpty()) {
            return Optional.of(
                    "somebody waits for an answer to " + controller.busyWith().orElse("a request"));
        }
        premises.endpoints.shut();
        Upgrade upgrade = office.current().orElseThrow();
        plugins.deafen();
        try {
            arbiter.handOver();
        } catch (CommandException cannotBe) {
            throw new IllegalStateException(cannotBe.reason());
        }
        upgrade.left(unanswered.get());
        left.accept(upgrade);
        return Optional.empty();
    }
}
