package circus.manager.config;

import circus.manager.python.NameCheck.Question;
import circus.manager.python.PythonNames;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Json;
import circus.message.PythonText;
import circus.options.Arguments;
import circus.options.BadValueException;
import circus.options.OnSet;
import circus.options.OptionValues;
import circus.options.SetKey;
import circus.options.WatcherOptions;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Makes new configurations of watchers from JSON: the work of the commands {@code set} and {@code add} (contract/options.md, sections 2
 * and 3). All of a change is checked before any of it counts. What the values themselves forbid is an error 3 in Circus's words, what the
 * watcher or the system forbids an error 5. Immutable; any thread may use it, but names of users are looked up while it waits.
 */
public final class Amendments {
    /** Of processes in the kernel, which adds a little. */
    private static final int MOST_OF_A_NAME = 200;

    /** A request to the kernel may be 1 MiB long, and carries those of several watchers. */
    private static final int MOST_OF_OPTIONS = 200_000;

    private static final String HOOKS = "hooks";

    private final Map<String, String> processEnvironment;
    private final Accounts accounts;
    private final HookCheck hookCheck;

    /** @param processEnvironment circusd's own environment, for {@code copy_env} */
    public Amendments(Map<String, String> processEnvironment, Accounts accounts, HookCheck hookCheck) {
        this.processEnvironment = Map.copyOf(processEnvironment);
        this.accounts = accounts;
        this.hookCheck = hookCheck;
    }

    /** Something that is about to be applied. */
    @FunctionalInterface
    public interface Trial {
        WatcherConfig make(Amendments amendments) throws CommandException;
    }

    /** The names in it that no Java class has, and that are new or are to be read again. */
    public List<Question> foreignNames(Trial trial) {
        Set<Question> names = new LinkedHashSet<>();
        try {
            WatcherConfig unused = trial.make(with((kind, name, refused) -> names.add(new Question(kind, name))));
        } catch (CommandException refused) {
            // It will be once more, and told then.
        }
        return List.copyOf(names);
    }

    /** Throws what is told when some of its names cannot be used. */
    public void refuse(Trial trial, Map<Question, String> refusals) throws CommandException {
        WatcherConfig unused = trial.make(with((kind, name, refused) -> {
            String reason = refusals.get(new Question(kind, name));
            if (reason != null) {
                refused.accept(reason);
            }
        }));
    }

    private Amendments with(PythonNames names) {
        return new Amendments(processEnvironment, accounts, hookCheck.with(names));
    }

    /** The same watcher with one option changed. */
    public WatcherConfig apply(WatcherConfig before, String key, @Nullable Object json) throws CommandException {
        return apply(before, Collections.singletonMap(key, json));
    }

    /** The same watcher with these options changed, in their order; all of them or none. */
    public WatcherConfig apply(WatcherConfig before, Map<String, ? extends @Nullable Object> options)
            throws CommandException {
        for (String key : options.keySet()) {
            Optional<String> obstacle = PluginWatcher.obstacle(before, key);
            if (obstacle.isPresent()) {
                throw CommandException.invalid(
                        "cannot set " + key + " of " + PythonText.repr(before.name()) + ": " + obstacle.get());
            }
        }
        Map<SetKey, @Nullable Object> checked = checked(options);
        try {
            WatcherConfig after = changed(new WatcherDraft(before, processEnvironment, accounts, hookCheck), checked)
                    .finish("Singleton watcher has a single process");
            // What is set to what it was is to be read again.
            boolean named = options.keySet().stream().anyMatch(key -> key.startsWith(HOOKS));
            checkHooks(named ? Map.of() : before.hooks(), after.hooks());
            return kept(after);
        } catch (BadValueException e) {
            throw failed("cannot set options of " + PythonText.repr(before.name()), e);
        }
    }

    /**
     * A watcher that no file has. What is not given has the default of {@code add}, which for {@code args} is nothing.
     *
     * @param args a list of words, a text to be split, or null
     * @param usePapa what {@code [circus]} says
     */
    public WatcherConfig create(
            String name,
            String cmd,
            @Nullable Object args,
            Map<String, ? extends @Nullable Object> options,
            boolean usePapa)
            throws CommandException {
        if (name.isBlank()) {
            throw CommandException.invalid("cannot add a watcher without a name");
        }
        if (name.length() > MOST_OF_A_NAME || !isReadable(name)) {
            throw CommandException.invalid("cannot add a watcher of this name: it has to be printable text of "
                    + MOST_OF_A_NAME + " characters at the most");
        }
        Map<SetKey, @Nullable Object> checked = checked(options);
        OptionValues values = OptionValues.NONE
                .withDefault(WatcherOptions.USE_PAPA, usePapa)
                .with(WatcherOptions.CMD, cmd)
                .with(WatcherOptions.ARGS, arguments(args));
        WatcherConfig blank = new WatcherConfig(name, values, Map.of(), Map.of(), Optional.empty(), Optional.empty());
        try {
            WatcherDraft draft = changed(new WatcherDraft(blank, processEnvironment, accounts, hookCheck), checked);
            WatcherConfig made = draft.finish(
                    "Cannot have " + draft.get(WatcherOptions.NUMPROCESSES) + " processes with a singleton  watcher");
            checkHooks(Map.of(), made.hooks());
            return kept(made);
        } catch (BadValueException e) {
            throw failed("cannot add " + PythonText.repr(name), e);
        }
    }

    /** It is the name of processes, of events and of keys in JSON. */
    private static boolean isReadable(String name) {
        return name.codePoints()
                .allMatch(each -> !Character.isISOControl(each) && Character.getType(each) != Character.SURROGATE);
    }

    /** What is too long for the kernel to keep would be lost with the manager. */
    private static WatcherConfig kept(WatcherConfig config) throws BadValueException {
        int length = Json.write(StoredWatcher.toJson(config)).length();
        if (length > MOST_OF_OPTIONS) {
            throw new BadValueException("its options would be " + length + " characters long, and " + MOST_OF_OPTIONS
                    + " is the most that can be kept");
        }
        return config;
    }

    /**
     * A watcher that {@link #create} made, from what was kept of it.
     *
     * @param stored by {@link StoredWatcher}
     */
    public WatcherConfig restore(Map<String, ? extends @Nullable Object> stored) throws CommandException {
        try {
            return StoredWatcher.fromJson(stored, processEnvironment);
        } catch (BadValueException fromAnotherVersion) {
            throw CommandException.invalid(fromAnotherVersion.getMessage());
        }
    }

    /** What a running watcher does when these are set: the strongest of what each asks for. */
    public static OnSet action(Iterable<String> keys) {
        OnSet strongest = OnSet.NOTHING;
        for (String key : keys) {
            OnSet action = SetKey.find(key).map(SetKey::onSet).orElse(OnSet.NOTHING);
            if (action.compareTo(strongest) > 0) {
                strongest = action;
            }
        }
        return strongest;
    }

    private void checkHooks(Map<String, String> before, Map<String, String> after) throws BadValueException {
        for (Map.Entry<String, String> hook : after.entrySet()) {
            if (!hook.getValue().equals(before.get(hook.getKey()))) {
                HookSpec unused = hookCheck.check(hook.getValue());
            }
        }
    }

    private static Map<SetKey, @Nullable Object> checked(Map<String, ? extends @Nullable Object> options)
            throws CommandException {
        Map<SetKey, @Nullable Object> checked = new LinkedHashMap<>();
        for (Map.Entry<String, ? extends @Nullable Object> option : options.entrySet()) {
            SetKey key = SetKey.find(option.getKey())
                    .orElseThrow(() -> CommandException.invalid("unknown key " + PythonText.repr(option.getKey())));
            try {
                OptionCheck.check(key, option.getValue());
            } catch (BadValueException e) {
                throw CommandException.invalid(e.getMessage());
            }
            checked.put(key, option.getValue());
        }
        return checked;
    }

    private static Arguments arguments(@Nullable Object json) throws CommandException {
        try {
            return WatcherOptions.ARGS.fromJson(json);
        } catch (BadValueException e) {
            throw CommandException.invalid(e.getMessage());
        }
    }

    private static WatcherDraft changed(WatcherDraft draft, Map<SetKey, @Nullable Object> options)
            throws BadValueException {
        for (Map.Entry<SetKey, @Nullable Object> option : options.entrySet()) {
            draft.put(option.getKey(), option.getValue());
        }
        return draft;
    }

    private static CommandException failed(String what, BadValueException cause) {
        return new CommandException(ErrorCode.COMMAND_ERROR, what + ": " + cause.getMessage());
    }
}
