package circus.manager.config;

import static circus.options.WatcherOptions.ALL;
import static circus.options.WatcherOptions.ARGS;
import static circus.options.WatcherOptions.CLOSE_CHILD_STDIN;
import static circus.options.WatcherOptions.CMD;
import static circus.options.WatcherOptions.COPY_ENV;
import static circus.options.WatcherOptions.COPY_PATH;
import static circus.options.WatcherOptions.ENV;
import static circus.options.WatcherOptions.FAMILIES;
import static circus.options.WatcherOptions.GID;
import static circus.options.WatcherOptions.HOOKS;
import static circus.options.WatcherOptions.MAX_AGE;
import static circus.options.WatcherOptions.MAX_AGE_VARIANCE;
import static circus.options.WatcherOptions.NUMPROCESSES;
import static circus.options.WatcherOptions.RLIMIT;
import static circus.options.WatcherOptions.SHELL;
import static circus.options.WatcherOptions.SHELL_ARGS;
import static circus.options.WatcherOptions.SINGLETON;
import static circus.options.WatcherOptions.STDERR_STREAM;
import static circus.options.WatcherOptions.STDIN_SOCKET;
import static circus.options.WatcherOptions.STDOUT_STREAM;
import static circus.options.WatcherOptions.UID;
import static circus.options.WatcherOptions.USE_PAPA;
import static circus.options.WatcherOptions.VIRTUALENV;
import static circus.options.WatcherOptions.VIRTUALENV_PY_VER;
import static circus.options.WatcherOptions.WORKING_DIR;

import circus.options.BadValueException;
import circus.options.HookPoints;
import circus.options.Option;
import circus.options.OptionFamily;
import circus.options.OptionValues;
import circus.options.ResourceLimits;
import circus.options.Support;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** Reads one {@code [watcher:NAME]} section. Used by one thread. */
final class WatcherReader {
    static final String PREFIX = "watcher:";

    /** Overrides the name in the header; known to few. */
    private static final String NAME = "name";

    /** What in the file's text would break Circus's own watcher. */
    private static final Set<String> INTERNAL = Set.of("hooks", "rlimits", "loop", "prereload_fn");

    /** Options that see the watcher's own environment; the others are needed before it is known, and see what all watchers have. */
    private static final Set<Option<?>> LATE = Set.of(
            CMD,
            ARGS,
            WORKING_DIR,
            SHELL_ARGS,
            UID,
            GID,
            STDIN_SOCKET,
            VIRTUALENV,
            VIRTUALENV_PY_VER,
            MAX_AGE,
            MAX_AGE_VARIANCE);

    private final IniSection section;
    private final Environments environments;
    private final HookCheck hookCheck;
    private final Problems problems;
    private final SectionReader reader;
    private final String name;

    WatcherReader(IniSection section, Environments environments, HookCheck hookCheck, Problems problems) {
        this(section, nameOf(section), environments, hookCheck, problems);
    }

    /** @param name whatever the section is called */
    WatcherReader(IniSection section, String name, Environments environments, HookCheck hookCheck, Problems problems) {
        this.hookCheck = hookCheck;
        this.section = section;
        this.environments = environments;
        this.problems = problems;
        this.reader = new SectionReader(section, problems);
        this.name = name;
    }

    private static String nameOf(IniSection section) {
        IniEntry given = section.get(NAME);
        return given == null ? section.name().substring(PREFIX.length()) : given.value();
    }

    /** @param usePapa what counts when the section does not say */
    WatcherConfig read(boolean usePapa) {
        Map<String, String> common = environments.common();
        OptionValues early = OptionValues.NONE;
        for (Option<?> option : ALL) {
            if (!LATE.contains(option) && !option.equals(ENV)) {
                early = reader.read(option, common, early);
            }
        }
        Environments.Environment environment = environments.of(name, early.get(COPY_ENV));
        OptionValues values = early.withDefault(USE_PAPA, usePapa);
        for (Option<?> option : ALL) {
            if (LATE.contains(option)) {
                values = reader.read(option, environment.lookup(), values);
            }
        }
        WatcherConfig watcher = new WatcherConfig(
                name,
                values,
                processEnvironment(values, environment),
                extras(environment.lookup()),
                stream(STDOUT_STREAM, environment),
                stream(STDERR_STREAM, environment),
                limits(environment.lookup()),
                hooks(environment.lookup()),
                declared(environment));
        check(watcher);
        return watcher;
    }

    private Map<String, String> processEnvironment(OptionValues values, Environments.Environment environment) {
        if (values.get(COPY_PATH) && !values.get(COPY_ENV)) {
            errorIn(COPY_PATH, "it needs copy_env = true");
        }
        Optional<String> directory = values.get(VIRTUALENV);
        Optional<String> version = values.get(VIRTUALENV_PY_VER);
        if (directory.isEmpty()) {
            if (version.isPresent()) {
                problems.warn(
                        section.place(VIRTUALENV_PY_VER.key()),
                        VIRTUALENV_PY_VER.key() + " in " + section + " has no effect without virtualenv");
            }
            return environment.child();
        }
        if (!values.get(COPY_ENV)) {
            errorIn(VIRTUALENV, "it needs copy_env = true");
            return environment.child();
        }
        try {
            return VirtualEnvironment.read(directory.get(), version)
                    .in(environment.child(), environment.declared().keySet());
        } catch (BadValueException e) {
            errorIn(VIRTUALENV, e.getMessage());
            return environment.child();
        }
    }

    private void errorIn(Option<?> option, String cause) {
        error(Objects.requireNonNull(section.get(option.key())), cause);
    }

    private Optional<StreamConfig> stream(OptionFamily family, Environments.Environment environment) {
        return new StreamReader(section, family, hookCheck, problems).read(reader, environment.lookup());
    }

    private Map<String, Long> limits(Map<String, String> environment) {
        Map<String, Long> limits = new LinkedHashMap<>();
        for (IniEntry entry : section.entries()) {
            if (RLIMIT.covers(entry.key())) {
                try {
                    String limit = ResourceLimits.name(RLIMIT.member(entry.key()));
                    long value = ResourceLimits.value(limit, reader.expanded(entry, environment));
                    if (limits.putIfAbsent(limit, value) != null) {
                        error(entry, "the limit " + limit + " is set twice");
                    }
                } catch (BadValueException e) {
                    error(entry, e.getMessage());
                }
            }
        }
        return limits;
    }

    private Map<String, String> hooks(Map<String, String> environment) {
        Map<String, String> hooks = new LinkedHashMap<>();
        for (IniEntry entry : section.entries()) {
            if (HOOKS.covers(entry.key())) {
                String point = HOOKS.member(entry.key());
                String text = reader.expanded(entry, environment);
                if (HookPoints.ALL.contains(point)) {
                    hooks.put(point, text);
                    checkHook(entry, text);
                } else {
                    error(
                            entry,
                            "there is no hook of that name"
                                    + SectionReader.question(Misspelling.nearest(point, HookPoints.ALL)
                                            .map(meant -> HOOKS.prefix() + meant)));
                }
            }
        }
        return hooks;
    }

    private void checkHook(IniEntry entry, String text) {
        try {
            HookCheck.doubt(hookCheck.check(text, refused -> error(entry, refused)))
                    .ifPresent(doubt -> problems.warn(entry.place(), entry.key() + " in " + section + ": " + doubt));
        } catch (BadValueException e) {
            error(entry, e.getMessage());
        }
    }

    private Map<String, String> declared(Environments.Environment environment) {
        Map<String, String> declared = new HashMap<>(WatcherConfig.declaredEnvironment(environment.declared()));
        for (IniEntry entry : section.entries()) {
            boolean covered = ALL.stream()
                            .anyMatch(option -> option.key().equals(entry.key()) && WatcherConfig.isInDigest(option))
                    || STDOUT_STREAM.covers(entry.key())
                    || STDERR_STREAM.covers(entry.key())
                    || RLIMIT.covers(entry.key());
            if (covered && !Variables.environmentNames(entry.value()).isEmpty()) {
                declared.put(entry.key(), entry.value());
            }
        }
        return declared;
    }

    private Map<String, String> extras(Map<String, String> environment) {
        Map<String, String> extras = new LinkedHashMap<>();
        for (IniEntry entry : section.entries()) {
            if (isExtra(entry)) {
                warnOfMisspelling(entry);
                extras.put(entry.key(), reader.expanded(entry, environment));
            }
        }
        return extras;
    }

    /** Whether nobody else reads this entry. Tells about those that nobody may read. */
    private boolean isExtra(IniEntry entry) {
        String key = entry.key();
        if (key.equals(ENV.key())) {
            problems.warn(entry.place(), "env in " + section + " has no effect; write a section [env:" + name + "]");
            return false;
        }
        for (OptionFamily family : FAMILIES) {
            if (family.covers(key)) {
                if (family.support() == Support.REFUSED) {
                    error(entry, SectionReader.notSupported(key));
                }
                return false;
            }
        }
        if (INTERNAL.contains(key)) {
            error(entry, "this is no option of a file");
            return false;
        }
        String stream = key.length() < STDOUT_STREAM.prefix().length() - 1
                ? ""
                : key.substring(0, STDOUT_STREAM.prefix().length() - 1);
        if (STDOUT_STREAM.prefix().equals(stream + ".")
                || STDERR_STREAM.prefix().equals(stream + ".")) {
            error(entry, "a stream is described by options such as " + stream + ".filename");
            return false;
        }
        return !key.equals(NAME)
                && ALL.stream().noneMatch(option -> option.key().equals(key));
    }

    private void warnOfMisspelling(IniEntry entry) {
        Optional<String> meant = Misspelling.of(entry.key(), ALL, FAMILIES);
        if (meant.isPresent()) {
            problems.warn(
                    entry.place(),
                    entry.key() + " in " + section + " is not an option of Circus and is only kept for plugins"
                            + SectionReader.question(meant));
        }
    }

    private void check(WatcherConfig watcher) {
        checkCommand(watcher);
        if (!watcher.options().get(CLOSE_CHILD_STDIN) && watcher.stdinSocket().isEmpty()) {
            problems.warn(
                    section.place(CLOSE_CHILD_STDIN.key()),
                    CLOSE_CHILD_STDIN.key() + " = false in " + section
                            + " gives processes the standard input of papa, not of circusd; that is /dev/null, too, unless papa"
                            + " was started with another one");
        }
        checkNumber(watcher.options());
        if (name.isEmpty()) {
            problems.warn(section.place(), section + " has no name, so no command can reach it");
        } else if (name.indexOf('.') >= 0) {
            problems.warn(
                    section.place(),
                    "the name of " + section
                            + " has a dot, so those who read events and statistics take a part of it for something else");
        }
    }

    private void checkCommand(WatcherConfig watcher) {
        if (watcher.options().get(CMD).isBlank()) {
            problems.error(section.place(CMD.key()), "cannot start a process of " + section + ": it has no cmd");
            return;
        }
        if (!watcher.options().get(SHELL) && !watcher.options().get(SHELL_ARGS).equals(SHELL_ARGS.byDefault())) {
            problems.warn(
                    section.place(SHELL_ARGS.key()),
                    "shell_args in " + section + " has no effect without shell = true");
        }
        if (watcher.options().get(CMD).contains("$WID")) {
            problems.warn(
                    section.place(CMD.key()), "$WID in cmd of " + section + " stays as it is; write $(circus.wid)");
        }
        try {
            Map<String, Integer> numbers = new HashMap<>();
            watcher.commandLine().sockets().forEach(socket -> numbers.put(socket, 0));
            warnOfUnknownVariables(watcher.commandLine().argv(1, numbers));
        } catch (CommandLineException e) {
            problems.error(section.place(e.option().key()), e.getMessage());
        }
    }

    /** Variables of the environment and sockets are told elsewhere. */
    private void warnOfUnknownVariables(List<String> argv) {
        Set<String> left = Variables.names(String.join(" ", argv));
        for (Option<?> option : List.<Option<?>>of(CMD, ARGS)) {
            IniEntry entry = section.get(option.key());
            if (entry == null) {
                continue;
            }
            for (String name : Variables.names(entry.value())) {
                if (left.contains(name) && !name.startsWith("env.") && !name.startsWith("sockets.")) {
                    problems.warn(
                            entry.place(),
                            "$(circus." + name + ") in " + option.key() + " of " + section
                                    + " stays as it is, since nothing is called that");
                }
            }
        }
    }

    private void checkNumber(OptionValues values) {
        int number = values.get(NUMPROCESSES);
        Place place = section.place(NUMPROCESSES.key());
        if (values.get(SINGLETON) && number != 0 && number != 1) {
            problems.error(
                    place,
                    "cannot have " + number + " processes with a singleton watcher in " + section
                            + "; remove singleton, or make it 1");
        } else if (number <= 0 && !values.get(SINGLETON)) {
            problems.warn(
                    place,
                    "Non-singleton watcher " + name + " with numprocesses=" + number + " won't start any process");
        }
    }

    private void error(IniEntry entry, String cause) {
        problems.error(entry.place(), SectionReader.cannotUse(entry, section, cause));
    }
}
