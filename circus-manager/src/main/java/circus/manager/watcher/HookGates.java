package circus.manager.watcher;

import circus.hook.HookPoint;
import circus.manager.config.HookSpec;
import circus.manager.config.WatcherConfig;
import circus.manager.hook.HookActions;
import circus.manager.hook.HookAnswer;
import circus.manager.hook.HookFacts;
import circus.manager.hook.HookTask;
import circus.message.Event;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.WatcherOptions;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * The hooks of one watcher: who is asked, what of it is published, and what the watcher may not do before it has an answer. Nothing waits:
 * a question that is open is a mark, and the answer a change like any other, which comes at the hook's time limit at the latest.
 *
 * <p>Those about the watcher as a whole come one after the other; those about its processes side by side, but for one process in their
 * order. Where there is no hook, everything is open at once. Runs on circus-loop only.
 */
final class HookGates {
    /** How a gate stands. */
    enum Gate {
        OPEN,
        WAITING,
        REFUSED
    }

    private final Blueprint blueprint;
    private final Watcher owner;
    private final HookActions actions;
    private final Surroundings around;

    /** The gates that were asked since the last {@link #renew}. */
    private final Map<HookPoint, Gate> asked = new EnumMap<>(HookPoint.class);

    /** A question about the watcher as a whole is open. */
    private boolean turnTaken;

    /** All questions that are open, those about processes included. */
    private int open;

    /** How often {@link #renew} was called: an answer counts only for the life in which it was asked for. */
    private int life;

    HookGates(Blueprint blueprint, Watcher owner, HookActions actions, Surroundings around) {
        this.blueprint = blueprint;
        this.owner = owner;
        this.actions = actions;
        this.around = around;
    }

    boolean has(HookPoint point) {
        Map<String, String> hooks = blueprint.config().hooks();
        return !hooks.isEmpty() && hooks.containsKey(point.word());
    }

    /** No hook of the watcher runs. */
    boolean isIdle() {
        return open == 0;
    }

    /** A hook will be called soon, and counts as running until {@link #arrived}. */
    void expect() {
        open++;
    }

    /** What was expected has been called, or will not be. */
    void arrived() {
        open--;
        around.changed(owner);
    }

    /** Another start: all gates are closed again. */
    void renew() {
        asked.clear();
        life++;
    }

    /** Asks the hook of the watcher as a whole, once in each life, and tells how its gate stands now. */
    Gate ask(HookPoint point) {
        Gate known = asked.get(point);
        if (known != null) {
            return known;
        }
        if (turnTaken) {
            return Gate.WAITING;
        }
        if (!has(point)) {
            return Gate.OPEN;
        }
        turnTaken = true;
        asked.put(point, Gate.WAITING);
        int asking = life;
        call(point, HookFacts.NONE, agreed -> {
            turnTaken = false;
            if (asking == life) {
                asked.put(point, agreed ? Gate.OPEN : Gate.REFUSED);
            }
        });
        return Gate.WAITING;
    }

    /** Calls a hook that there is. The answer comes later; whatever depends on it is up to the caller. */
    void call(HookPoint point, HookFacts facts, Consumer<Boolean> answer) {
        open++;
        run(point, facts, (spec, came) -> {
            open--;
            around.publish(Event.hook(
                    blueprint.config().name(), point.word(), around.clock().now(), came.error()));
            boolean fine = spec.forgiving() || point.errorCountsAs();
            answer.accept(came.error().isEmpty() ? came.result() : fine);
            around.changed(owner);
        });
    }

    /** Asks the hook extended_stats, which there is, for what it has to say of a process. No event tells of it, and nothing waits for it. */
    void extend(HookFacts facts, Consumer<HookAnswer> answer) {
        run(HookPoint.EXTENDED_STATS, facts, (spec, came) -> answer.accept(came));
    }

    private void run(HookPoint point, HookFacts facts, BiConsumer<HookSpec, HookAnswer> answer) {
        WatcherConfig config = blueprint.config();
        HookSpec spec = spec(config.hooks().getOrDefault(point.word(), ""));
        HookTask task = new HookTask(
                point,
                spec,
                config.name(),
                facts,
                blueprint.seconds(WatcherOptions.HOOK_TIMEOUT),
                spec.isProgram() ? Map.of() : texts(config),
                spec.isProgram() ? Map.of() : config.environment(),
                actions);
        around.hooks().run(task, came -> answer.accept(spec, came));
    }

    /** What is no hook at all has been refused before; if it comes here nevertheless, it fails as a name that nobody knows. */
    private static HookSpec spec(String text) {
        try {
            return HookSpec.parse(text);
        } catch (BadValueException unchecked) {
            return new HookSpec(text, List.of(), false);
        }
    }

    private static Map<String, String> texts(WatcherConfig config) {
        Map<String, String> texts = new TreeMap<>(config.extras());
        for (Option<?> option : WatcherOptions.ALL) {
            texts.put(option.key(), text(config, option));
        }
        return texts;
    }

    private static <T> String text(WatcherConfig config, Option<T> option) {
        return option.type().text(config.options().get(option));
    }
}
