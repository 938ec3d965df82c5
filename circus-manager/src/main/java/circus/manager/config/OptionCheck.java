package circus.manager.config;

import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.HookPoints;
import circus.options.Option;
import circus.options.ResourceLimits;
import circus.options.SetKey;
import circus.options.StreamOptions;
import circus.options.WatcherOptions;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What {@code set} and {@code add} refuse before they look at the watcher: values of the wrong kind, in the words of contract/options.md,
 * section 3. Pure functions; any thread.
 */
final class OptionCheck {
    private OptionCheck() {}

    /** The message of the exception is the whole answer. */
    static void check(SetKey key, @Nullable Object json) throws BadValueException {
        String name = PythonText.repr(key.key());
        switch (key.kind()) {
            case OPTION -> check(key.option(), json);
            case LIMIT -> checkLimit(key, name, json);
            case STREAM -> {
                require(json instanceof Map<?, ?>, name + " isn't a valid object");
                require(
                        json instanceof Map<?, ?> stream && stream.containsKey(StreamOptions.CLASS.key()),
                        name + " must have a 'class' key");
            }
            case STREAM_MEMBER -> require(isPlain(json), name + " isn't a string or a number");
            case HOOKS -> checkHooks(json);
            case HOOK -> {
                require(HookPoints.ALL.contains(key.member()), "Unknown hook " + PythonText.repr(key.member()));
                require(hook(json) != null, name + " isn't a valid hook");
            }
            case EXTRA -> require(json instanceof Number, name + " isn't a number");
        }
    }

    private static void check(@Nullable Option<?> option, @Nullable Object json) throws BadValueException {
        if (option != null) {
            boolean account = option.equals(WatcherOptions.UID) || option.equals(WatcherOptions.GID);
            require(json != null || !account, "'" + option.key() + "' isn't an integer or string");
            require(json != null || !option.equals(WatcherOptions.ENV), "'env' isn't a valid object");
            option.fromJson(json);
        }
    }

    private static void checkLimit(SetKey key, String name, @Nullable Object json) throws BadValueException {
        try {
            ResourceLimits.name(key.member());
        } catch (BadValueException unknown) {
            throw new BadValueException(name + " isn't a valid rlimit setting");
        }
        require(
                json == null || json instanceof Long || json instanceof Integer,
                PythonText.repr(json) + " rlimit value isn't a valid int");
    }

    private static void checkHooks(@Nullable Object json) throws BadValueException {
        if (!(json instanceof Map<?, ?> hooks)) {
            throw new BadValueException(PythonText.repr(json) + " isn't a valid hook dict");
        }
        for (Map.Entry<?, ?> hook : hooks.entrySet()) {
            require(HookPoints.ALL.contains(hook.getKey()), "Unknown hook " + PythonText.repr(hooks));
            require(hook(hook.getValue()) != null, PythonText.repr(hook.getKey()) + " isn't a valid hook");
        }
    }

    /** A hook as the ini has it, {@code SPEC[,FLAG]}, from that text or from {@code [SPEC, FLAG]}; null when it is neither. */
    static @Nullable String hook(@Nullable Object json) {
        if (json instanceof String text) {
            return text;
        }
        boolean pair = json instanceof List<?> list
                && list.size() == 2
                && list.get(0) instanceof String
                && list.get(1) instanceof Boolean;
        return pair && json instanceof List<?> list ? list.get(0) + "," + list.get(1) : null;
    }

    /** What a stream's option can be made of; null takes it away. */
    private static boolean isPlain(@Nullable Object json) {
        return json == null || json instanceof String || json instanceof Number || json instanceof Boolean;
    }

    private static void require(boolean holds, String complaint) throws BadValueException {
        if (!holds) {
            throw new BadValueException(complaint);
        }
    }
}
