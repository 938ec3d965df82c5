package circus.options;

import circus.message.PythonText;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A key that the commands {@code set} and {@code add} take, and what it stands for: an option that is declared so, a member of a family, or
 * a family as a whole. A value; any thread.
 *
 * @param option of {@link Kind#OPTION}, else null
 * @param family of the kinds that belong to one, else null
 */
public record SetKey(
        String key,
        Kind kind,
        @Nullable Option<?> option,
        @Nullable OptionFamily family) {
    /** Circus takes it and does nothing with it; plugins may read it. */
    private static final String RETRY_IN = "retry_in";

    /** What a key stands for. */
    public enum Kind {
        /** One declared option. */
        OPTION,
        /** {@code rlimit_NAME}. */
        LIMIT,
        /** {@code stdout_stream} or {@code stderr_stream}, an object. */
        STREAM,
        /** {@code stdout_stream.KEY} or {@code stderr_stream.KEY}. */
        STREAM_MEMBER,
        /** {@code hooks}, an object. */
        HOOKS,
        /** {@code hooks.NAME}. */
        HOOK,
        /** Kept for plugins: {@code retry_in}. */
        EXTRA
    }

    /** What {@code key} stands for; nothing when neither command takes it. */
    public static Optional<SetKey> find(String key) {
        for (Option<?> option : WatcherOptions.ALL) {
            if (option.settable() && option.key().equals(key)) {
                return Optional.of(new SetKey(key, Kind.OPTION, option, null));
            }
        }
        for (OptionFamily family : WatcherOptions.FAMILIES) {
            if (family.covers(key)) {
                return Optional.of(new SetKey(key, memberOf(family), null, family));
            }
            if (!family.equals(WatcherOptions.RLIMIT) && family.prefix().equals(key + ".")) {
                Kind whole = family.equals(WatcherOptions.HOOKS) ? Kind.HOOKS : Kind.STREAM;
                return Optional.of(new SetKey(key, whole, null, family));
            }
        }
        return key.equals(RETRY_IN) ? Optional.of(new SetKey(key, Kind.EXTRA, null, null)) : Optional.empty();
    }

    private static Kind memberOf(OptionFamily family) {
        if (family.equals(WatcherOptions.RLIMIT)) {
            return Kind.LIMIT;
        }
        return family.equals(WatcherOptions.HOOKS) ? Kind.HOOK : Kind.STREAM_MEMBER;
    }

    /** The part of the key that varies within its family; the key itself where there is none. */
    public String member() {
        return family == null || kind == Kind.HOOKS || kind == Kind.STREAM ? key : family.member(key);
    }

    /** What a running watcher does when the value changes. */
    public OnSet onSet() {
        if (option != null) {
            return option.onSet();
        }
        return family == null ? OnSet.NOTHING : family.onSet();
    }

    /** Whose rights somebody gets hold of who may give it this value (JSON). */
    public Reach reach(@Nullable Object value) {
        return switch (kind) {
            case OPTION -> option == null ? Reach.NOTHING : option.reach();
            case STREAM -> isConsole(value) ? Reach.NOTHING : Reach.CIRCUSD;
            case STREAM_MEMBER ->
                StreamOptions.find(member()).map(Option::reach).orElse(Reach.NOTHING);
            case LIMIT, HOOKS, HOOK -> family == null ? Reach.CIRCUSD : family.reach();
            case EXTRA -> Reach.NOTHING;
        };
    }

    /** The stream that writes where circusd itself does, and names no file. */
    private static boolean isConsole(@Nullable Object stream) {
        return stream instanceof Map<?, ?> keys
                && StreamClass.STDOUT.title().equals(keys.get(StreamOptions.CLASS.key()))
                && !keys.containsKey(StreamOptions.FILENAME.key());
    }

    /** The value that a text on a command line stands for, as JSON. The exception says what the text is not. */
    public @Nullable Object fromText(String text) throws BadValueException {
        return switch (kind) {
            case OPTION -> json(option, text);
            case LIMIT -> {
                long limit = ResourceLimits.value(ResourceLimits.name(member()), text);
                yield limit == ResourceLimits.INFINITY ? null : limit;
            }
            case STREAM -> throw new BadValueException("a stream is described by keys such as " + key + ".filename");
            case STREAM_MEMBER -> memberFromText(text);
            case HOOKS -> hooks(text);
            case HOOK -> {
                demandHook(member());
                yield text;
            }
            case EXTRA -> Numbers.seconds(text);
        };
    }

    /** Numbers as numbers, all else as the text that it is in a file. */
    private Object memberFromText(String text) throws BadValueException {
        if (!StreamOptions.isNumber(member())) {
            return text;
        }
        Option<?> option = StreamOptions.find(member()).orElseThrow();
        return option.type().parse(text) instanceof Number number ? number.longValue() : text;
    }

    private static <T> @Nullable Object json(@Nullable Option<T> option, String text) throws BadValueException {
        return option == null ? null : option.type().toJson(option.type().parse(text));
    }

    /** {@code before_start:a.b,after_stop:c.d}. */
    private static Map<String, String> hooks(String text) throws BadValueException {
        Map<String, String> hooks = new LinkedHashMap<>();
        for (String part : text.split(",", -1)) {
            if (part.isEmpty()) {
                continue;
            }
            int colon = part.indexOf(':');
            if (colon < 0) {
                throw new BadValueException("'" + part + "' is not NAME:HOOK");
            }
            String name = part.substring(0, colon).strip();
            demandHook(name);
            hooks.put(name, part.substring(colon + 1).strip());
        }
        return hooks;
    }

    private static void demandHook(String name) throws BadValueException {
        if (!HookPoints.ALL.contains(name)) {
            throw new BadValueException(
                    PythonText.repr(name) + " is not a hook (" + String.join(", ", HookPoints.ALL) + ")");
        }
    }
}
