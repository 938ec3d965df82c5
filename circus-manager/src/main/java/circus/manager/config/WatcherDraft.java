package circus.manager.config;

import circus.manager.python.PythonNames;
import circus.message.PythonText;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.OptionValues;
import circus.options.ResourceLimits;
import circus.options.SetKey;
import circus.options.StreamOptions;
import circus.options.Support;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * A watcher's configuration while options are changed: one use, one thread. Values have passed {@link OptionCheck}. What it refuses
 * concerns the watcher as a whole, or the system.
 */
final class WatcherDraft {
    static final List<OptionFamily> STREAMS = List.of(WatcherOptions.STDOUT_STREAM, WatcherOptions.STDERR_STREAM);

    private final String name;
    private final Map<String, String> processEnvironment;
    private final Accounts accounts;
    private final HookCheck extensions;
    private OptionValues options;
    private final Map<String, String> variables;
    private Map<String, String> environment;
    private final Map<String, String> extras;
    private final Map<OptionFamily, Map<String, String>> streams = new HashMap<>();
    private final Set<String> touched = new HashSet<>();
    private final Map<String, Long> limits;
    private final Map<String, String> hooks;
    private final Map<String, String> declared;

    WatcherDraft(
            WatcherConfig before, Map<String, String> processEnvironment, Accounts accounts, HookCheck extensions) {
        this.name = before.name();
        this.processEnvironment = new TreeMap<>(processEnvironment);
        this.accounts = accounts;
        this.extensions = extensions;
        this.options = before.options();
        this.variables = new LinkedHashMap<>(before.variables());
        this.environment = before.environment();
        this.extras = new LinkedHashMap<>(before.extras());
        this.limits = new LinkedHashMap<>(before.limits());
        this.hooks = new LinkedHashMap<>(before.hooks());
        this.declared = new LinkedHashMap<>(before.declared());
        keep(WatcherOptions.STDOUT_STREAM, before.stdout());
        keep(WatcherOptions.STDERR_STREAM, before.stderr());
    }

    private void keep(OptionFamily family, Optional<StreamConfig> stream) {
        Map<String, String> texts = new LinkedHashMap<>();
        stream.ifPresent(given -> {
            texts.put(StreamOptions.CLASS.key(), given.className());
            texts.putAll(given.options());
        });
        streams.put(family, texts);
    }

    <T> T get(Option<T> option) {
        return options.get(option);
    }

    void put(SetKey key, @Nullable Object json) throws BadValueException {
        OptionFamily family = key.family();
        if (family != null && family.support() == Support.REFUSED) {
            throw new BadValueException(SectionReader.notSupported(key.key()));
        }
        touched.add(key.key());
        switch (key.kind()) {
            case OPTION -> putOption(key.option(), json);
            case LIMIT -> putLimit(key, json);
            case STREAM -> putStream(family, json);
            case STREAM_MEMBER -> putMember(family, key.member(), json);
            case HOOKS -> putHooks(json);
            case HOOK -> putHook(key.member(), json);
            case EXTRA -> extras.put(key.key(), PythonText.str(json));
        }
    }

    private <T> void putOption(@Nullable Option<T> option, @Nullable Object json) throws BadValueException {
        if (option == null) {
            return;
        }
        if (option.equals(WatcherOptions.ENV)) {
            putEnvironment(WatcherOptions.ENV.fromJson(json));
        } else if (option.equals(WatcherOptions.NUMPROCESSES)) {
            with(WatcherOptions.NUMPROCESSES, Math.max(0, WatcherOptions.NUMPROCESSES.fromJson(json)));
        } else {
            with(option, option.fromJson(json));
            demandAccount(option);
            if (option.equals(WatcherOptions.COPY_ENV)) {
                demandCopy();
                composeEnvironment();
            }
        }
    }

    private <T> void with(Option<T> option, T value) {
        options = options.with(option, value);
        declared.remove(option.key());
    }

    /** Takes the place of all variables; nothing is copied from circusd any more, as copy_env tells from then on. */
    private void putEnvironment(Map<String, String> given) throws BadValueException {
        for (String variable : given.keySet()) {
            if (variable.isEmpty() || variable.indexOf('=') >= 0) {
                throw new BadValueException(PythonText.repr(variable) + " isn't a name of a variable");
            }
        }
        declared.keySet().removeIf(key -> key.startsWith(WatcherConfig.ENV_PREFIX));
        declared.putAll(WatcherConfig.declaredEnvironment(given));
        variables.clear();
        variables.putAll(given);
        if (options.get(WatcherOptions.COPY_ENV)) {
            with(WatcherOptions.COPY_ENV, false);
        }
        composeEnvironment();
    }

    private void demandCopy() throws BadValueException {
        for (Option<?> option : List.<Option<?>>of(WatcherOptions.VIRTUALENV, WatcherOptions.COPY_PATH)) {
            if (!options.get(WatcherOptions.COPY_ENV) && !options.get(option).equals(option.byDefault())) {
                throw new BadValueException(option.key() + " needs copy_env = true");
            }
        }
    }

    private void composeEnvironment() throws BadValueException {
        environment = new LinkedHashMap<>(options.get(WatcherOptions.COPY_ENV) ? processEnvironment : Map.of());
        environment.putAll(variables);
        Optional<String> directory = options.get(WatcherOptions.VIRTUALENV);
        if (directory.isPresent()) {
            environment = VirtualEnvironment.read(directory.get(), options.get(WatcherOptions.VIRTUALENV_PY_VER))
                    .in(environment, variables.keySet());
        }
    }

    private void demandAccount(Option<?> option) throws BadValueException {
        if (option.equals(WatcherOptions.UID)) {
            String user = options.get(WatcherOptions.UID).orElse("");
            if (!accounts.hasUser(user)) {
                throw new BadValueException(PythonText.repr(user) + " isn't a valid user name");
            }
        } else if (option.equals(WatcherOptions.GID)) {
            String group = options.get(WatcherOptions.GID).orElse("");
            if (!accounts.hasGroup(group)) {
                throw new BadValueException("No such group: " + PythonText.repr(group));
            }
        }
    }

    private void putLimit(SetKey key, @Nullable Object json) throws BadValueException {
        String limit = ResourceLimits.name(key.member());
        limits.put(limit, ResourceLimits.value(limit, json == null ? "" : json.toString()));
        declared.keySet().removeIf(other -> ConfigKeys.limitKey(other).equals(WatcherOptions.RLIMIT.prefix() + limit));
    }

    private void putStream(@Nullable OptionFamily family, @Nullable Object json) {
        if (family != null && json instanceof Map<?, ?> given) {
            texts(family).clear();
            declared.keySet().removeIf(family::covers);
            for (Map.Entry<?, ?> member : given.entrySet()) {
                putMember(family, String.valueOf(member.getKey()), member.getValue());
            }
        }
    }

    private void putMember(@Nullable OptionFamily family, String member, @Nullable Object json) {
        if (family == null) {
            return;
        }
        declared.remove(family.prefix() + member);
        if (json == null) {
            texts(family).remove(member);
            return;
        }
        String text = PythonText.str(json);
        texts(family).put(member, text);
    }

    private void putHooks(@Nullable Object json) {
        if (json instanceof Map<?, ?> given) {
            given.forEach((point, hook) -> putHook(String.valueOf(point), hook));
        }
    }

    private void putHook(String point, @Nullable Object json) {
        String hook = OptionCheck.hook(json);
        if (hook != null) {
            hooks.put(point, hook);
        }
    }

    private Map<String, String> texts(OptionFamily family) {
        return streams.computeIfAbsent(family, none -> new LinkedHashMap<>());
    }

    /** @param tooMany what is said of a singleton with more than one process */
    WatcherConfig finish(String tooMany) throws BadValueException {
        int number = options.get(WatcherOptions.NUMPROCESSES);
        if (options.get(WatcherOptions.SINGLETON) && number != 0 && number != 1) {
            throw new BadValueException(tooMany);
        }
        Map<OptionFamily, Optional<StreamConfig>> made = new HashMap<>();
        for (OptionFamily family : STREAMS) {
            made.put(family, stream(family));
        }
        WatcherConfig watcher = new WatcherConfig(
                name,
                options,
                environment,
                extras,
                made.getOrDefault(WatcherOptions.STDOUT_STREAM, Optional.empty()),
                made.getOrDefault(WatcherOptions.STDERR_STREAM, Optional.empty()),
                limits,
                hooks,
                declared);
        demandCommand(watcher);
        return watcher;
    }

    /** The class is kept until another is given, and FileStream when there never was one. */
    private Optional<StreamConfig> stream(OptionFamily family) throws BadValueException {
        Map<String, String> texts = new LinkedHashMap<>(texts(family));
        if (texts.isEmpty()) {
            return Optional.empty();
        }
        String className = StreamRules.className(texts)
                .orElseThrow(
                        () -> new BadValueException("stream configuration invalid: there is no stream yet, so give "
                                + family.prefix() + "filename or " + family.prefix() + "class too"));
        boolean isNew = touched.stream()
                .anyMatch(key -> family.covers(key) || family.prefix().equals(key + "."));
        HookCheck knowing = isNew ? extensions : extensions.with(PythonNames.TRUSTED);
        List<String> refusals = new ArrayList<>();
        for (StreamRules.Finding finding :
                StreamRules.check(className, family.prefix(), knowing, texts, refusals::add)) {
            refuse(finding, family.prefix() + finding.member(), texts.getOrDefault(finding.member(), className));
        }
        if (!refusals.isEmpty()) {
            throw new BadValueException(
                    family.prefix() + StreamOptions.CLASS.key() + " = " + className + ": " + refusals.get(0));
        }
        texts.remove(StreamOptions.CLASS.key());
        return Optional.of(new StreamConfig(className, texts));
    }

    /** What was set now must be right, and must not be without effect. */
    private void refuse(StreamRules.Finding finding, String key, String text) throws BadValueException {
        if (finding.severity() == StreamRules.Severity.ERROR) {
            throw new BadValueException(key + " = " + text + ": " + finding.text());
        }
        if (finding.severity() == StreamRules.Severity.IDLE && touched.contains(key)) {
            throw new BadValueException(
                    key + " " + finding.text() + "; give " + key.substring(0, key.indexOf('.') + 1) + "class too");
        }
        // Whoever edits a file reads a warning; nobody reads one who has typed a command and is told ok.
        if (finding.severity() == StreamRules.Severity.UNKNOWN && touched.contains(key)) {
            throw new BadValueException(key + " " + finding.text());
        }
    }

    private static void demandCommand(WatcherConfig watcher) throws BadValueException {
        Map<String, Integer> numbers = new HashMap<>();
        CommandLine command = watcher.commandLine();
        command.sockets().forEach(socket -> numbers.put(socket, 0));
        try {
            command.argv(1, numbers);
        } catch (CommandLineException e) {
            throw new BadValueException(e.getMessage());
        }
    }
}
