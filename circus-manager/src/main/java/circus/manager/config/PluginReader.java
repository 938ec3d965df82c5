package circus.manager.config;

import static circus.options.WatcherOptions.AUTOSTART;
import static circus.options.WatcherOptions.CMD;
import static circus.options.WatcherOptions.COPY_ENV;
import static circus.options.WatcherOptions.PRIORITY;
import static circus.options.WatcherOptions.SINGLETON;

import circus.manager.config.PluginWatcher.Kind;
import circus.options.BadValueException;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Reads one {@code [plugin:NAME]} section, as the watcher that it makes. Used by one thread. */
final class PluginReader {
    private static final String EXEC = "exec:";

    private final IniSection section;
    private final Environments environments;
    private final HookCheck check;
    private final Problems problems;
    private final SectionReader reader;

    PluginReader(IniSection section, Environments environments, HookCheck check, Problems problems) {
        this.section = section;
        this.environments = environments;
        this.check = check;
        this.problems = problems;
        this.reader = new SectionReader(section, problems);
    }

    /**
     * The watcher; nothing where the section does not say what it is, which is told then.
     *
     * @param usePapa what counts when the section does not say
     */
    Optional<WatcherConfig> read(boolean usePapa) {
        Map<String, String> environment = environments.common();
        IniEntry given = section.get(PluginOptions.USE.key());
        if (given == null || given.value().isBlank()) {
            problems.error(
                    section.place(),
                    "cannot use " + section + ": it has no use, which says what the plugin is: " + PluginClass.names()
                            + ", the name of a class, or exec:/path/to/program");
            return Optional.empty();
        }
        String use = reader.expanded(given, environment).strip();
        OptionValues common = reader.read(PluginOptions.COMMON, environment);
        Optional<Kind> kind = kind(given, use, common.get(PluginOptions.PROCESS));
        Optional<PluginClass> known = PluginClass.find(use);
        List<Option<?>> own = known.map(PluginClass::options).orElse(List.of());
        OptionValues unused = reader.read(own, environment);
        if (kind.isEmpty()) {
            return Optional.empty();
        }
        known.ifPresent(brought -> tellOfUnknown(brought));
        IniSection watcher = watcherSection(given, use, kind.get(), known, common.get(PluginOptions.ACTIVE));
        WatcherConfig plain = new WatcherReader(watcher, section.name(), environments, check, problems).read(usePapa);
        return Optional.of(PluginWatcher.of(plain, kind.get(), written(), meant(use, environment)));
    }

    private Optional<Kind> kind(IniEntry given, String use, boolean asProcess) {
        try {
            if (use.startsWith(EXEC)) {
                if (words(use).isEmpty()) {
                    throw new BadValueException("no program stands behind " + EXEC);
                }
                return Optional.of(Kind.PROGRAM);
            }
            boolean isJava = check.checkPlugin(
                    use, refused -> problems.error(given.place(), SectionReader.cannotUse(given, section, refused)));
            return Optional.of(isJava ? asProcess ? Kind.PROCESS : Kind.THREAD : Kind.PYTHON);
        } catch (BadValueException unusable) {
            problems.error(given.place(), SectionReader.cannotUse(given, section, unusable.getMessage()));
            return Optional.empty();
        }
    }

    private static List<String> words(String use) throws BadValueException {
        try {
            return ShellWords.split(use.substring(EXEC.length()));
        } catch (UnbalancedException e) {
            throw new BadValueException("the command line cannot be split: " + e.getMessage());
        }
    }

    /** What the section says, and what goes without saying, as a watcher's section would. */
    private IniSection watcherSection(
            IniEntry given, String use, Kind kind, Optional<PluginClass> known, boolean active) {
        IniSection watcher = new IniSection(section.name(), section.place(), null);
        Place place = given.place();
        String command = kind == Kind.PROGRAM ? use.substring(EXEC.length()).strip() : "circus-plugin " + use;
        add(CMD, command, place, watcher);
        add(SINGLETON, "true", place, watcher);
        if (!active) {
            add(AUTOSTART, "false", section.place(PluginOptions.ACTIVE.key()), watcher);
        }
        for (IniEntry entry : section.entries()) {
            if (isOfWatcher(entry, kind, known)) {
                IniEntry unused = watcher.add(entry);
            }
        }
        add(PRIORITY, "1", place, watcher);
        add(COPY_ENV, "true", place, watcher);
        return watcher;
    }

    private static void add(Option<?> option, String text, Place place, IniSection section) {
        IniEntry unused = section.add(new IniEntry(option.key(), text, place));
    }

    /** Tells about what a watcher may have and this one not. */
    private boolean isOfWatcher(IniEntry entry, Kind kind, Optional<PluginClass> known) {
        String key = entry.key();
        boolean isItsOwn = known.stream()
                .flatMap(brought -> brought.options().stream())
                .anyMatch(option -> option.key().equals(key));
        if (isItsOwn) {
            return false;
        }
        Optional<Option<?>> option = WatcherOptions.ALL.stream()
                .filter(each -> each.key().equals(key))
                .findFirst();
        boolean isOfFamily = WatcherOptions.FAMILIES.stream().anyMatch(family -> family.covers(key));
        if (option.isEmpty() && !isOfFamily) {
            return false;
        }
        // A class of the user's may mean something of its own by it.
        boolean isCustom = known.isEmpty();
        if (option.isPresent() && PluginWatcher.NOT_ITS_OWN.contains(option.get())) {
            if (!isCustom) {
                problems.warn(
                        entry.place(),
                        key + " in " + section + " has no effect: a plugin is one, and started by circusd");
            }
            return false;
        }
        if (PluginWatcher.isSpokenTo(kind) && PluginWatcher.isOfCommands(key)) {
            problems.warn(
                    entry.place(),
                    key + " in " + section
                            + " has no effect: what the program writes to its standard output are commands");
            return false;
        }
        if (kind != Kind.THREAD || PluginWatcher.OF_THREADS_TOO.covers(key)) {
            return true;
        }
        if (option.isPresent() && PluginWatcher.OF_THREADS.contains(option.get())) {
            return true;
        }
        tellThatItIsNoProcess(entry, isCustom);
        return false;
    }

    private void tellThatItIsNoProcess(IniEntry entry, boolean isCustom) {
        boolean isIdentity =
                entry.key().equals(WatcherOptions.UID.key()) || entry.key().equals(WatcherOptions.GID.key());
        String why = "the plugin is a thread of circusd; with process = true it is a process of its own";
        if (isIdentity) {
            problems.error(entry.place(), SectionReader.cannotUse(entry, section, why));
        } else if (!isCustom) {
            problems.warn(entry.place(), entry.key() + " in " + section + " has no effect: " + why);
        }
    }

    private void tellOfUnknown(PluginClass brought) {
        List<Option<?>> known = Stream.of(brought.options(), PluginOptions.COMMON, WatcherOptions.ALL)
                .flatMap(List::stream)
                .toList();
        for (IniEntry entry : section.entries()) {
            boolean isKnown = known.stream().anyMatch(option -> option.key().equals(entry.key()))
                    || WatcherOptions.FAMILIES.stream().anyMatch(family -> family.covers(entry.key()));
            if (!isKnown && section.isOwn(entry)) {
                problems.warn(
                        entry.place(),
                        entry.key() + " in " + section + " is no option of " + brought.title() + " and has no effect"
                                + SectionReader.question(
                                        Misspelling.of(entry.key(), new ArrayList<>(known), WatcherOptions.FAMILIES)));
            }
        }
    }

    private Map<String, String> written() {
        Map<String, String> written = new LinkedHashMap<>();
        section.entries().forEach(entry -> written.put(entry.key(), entry.value()));
        return written;
    }

    private Map<String, String> meant(String use, Map<String, String> environment) {
        Map<String, String> meant = new LinkedHashMap<>();
        for (IniEntry entry : section.entries()) {
            String text = entry.value();
            meant.put(entry.key(), Variables.expand(text, Variables.environment(environment)));
        }
        meant.put(PluginOptions.USE.key(), use);
        return meant;
    }
}
