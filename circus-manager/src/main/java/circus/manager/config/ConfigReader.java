package circus.manager.config;

import circus.manager.extension.Extensions;
import circus.manager.extension.UnusableException;
import circus.manager.python.NameCheck;
import circus.message.JsonException;
import circus.options.BadValueException;
import circus.options.CircusOptions;
import circus.options.Option;
import circus.options.OptionValues;
import circus.options.SocketOptions;
import circus.options.WatcherOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/**
 * Reads a whole configuration: files, environments, then section by section, then what concerns several sections. It goes on after a mistake,
 * so that all of them are told. One use reads one configuration; used by one thread.
 */
final class ConfigReader {
    private static final String CIRCUS = "circus";
    private static final String ENV = "env";

    private final Path main;
    private final Map<String, String> processEnvironment;
    private final Problems problems = new Problems();
    private final Map<IniSection, WatcherConfig> watchers = new LinkedHashMap<>();
    private final Map<String, SocketConfig> sockets = new LinkedHashMap<>();
    private boolean looksAtFiles = true;

    ConfigReader(Path file, Map<String, String> processEnvironment) {
        this.main = file.toAbsolutePath();
        this.processEnvironment = processEnvironment;
    }

    CircusConfig read() throws ConfigException {
        return read(Includes.read(main, processEnvironment, problems));
    }

    CircusConfig read(Map<String, Map<String, String>> sections) throws ConfigException {
        IniDocument document = new IniDocument(main);
        sections.forEach((name, options) -> {
            IniSection section = document.open(name, Place.of(main));
            options.forEach((key, text) -> {
                IniEntry unused = section.add(new IniEntry(key, text, Place.of(main)));
            });
        });
        return read(document);
    }

    CircusConfig restore(String text) throws ConfigException {
        looksAtFiles = false;
        try {
            return read(DocumentText.read(main, text));
        } catch (JsonException | BadValueException notOurs) {
            problems.error(Place.of(main), String.valueOf(notOurs.getMessage()));
            throw new ConfigException(problems.all());
        }
    }

    private CircusConfig read(IniDocument document) throws ConfigException {
        Environments environments = new Environments(document, processEnvironment, problems);
        OptionValues options = Optional.ofNullable(document.section(CIRCUS))
                .map(section -> circus(section, environments.common()))
                .orElse(OptionValues.NONE);
        try (Extensions extensions = new Extensions(CircusConfig.extensionPath(main, options))) {
            PendingNames names = new PendingNames();
            HookCheck hooks = new HookCheck(extensions, names);
            checkCommands(options, document, extensions);
            for (IniSection section : document.sections()) {
                read(section, environments, hooks, options.get(CircusOptions.USE_PAPA));
            }
            if (looksAtFiles) {
                names.settle(new NameCheck(processEnvironment), PythonPath.of(watchers.values()));
            }
        } catch (IOException closing) {
            problems.warn(Place.of(main), "a jar of extension_path could not be closed: " + closing);
        }
        environments.warnOfUnused();
        checkNames(options);
        watchers.forEach(this::checkSockets);
        checkFiles();
        String name = name(options);
        if (!problems.errors().isEmpty()) {
            throw new ConfigException(problems.all());
        }
        return new CircusConfig(
                main,
                name,
                options,
                Stream.concat(watchers.values().stream(), StatsWatcher.of(options).stream())
                        .sorted(Comparator.comparing(WatcherConfig::name))
                        .toList(),
                sockets.values().stream()
                        .sorted(Comparator.comparing(SocketConfig::name))
                        .toList(),
                problems.warnings(),
                DocumentText.of(document));
    }

    private OptionValues circus(IniSection section, Map<String, String> environment) {
        SectionReader reader = new SectionReader(section, problems);
        List<Option<?>> here = CircusOptions.ALL.stream()
                .filter(option -> !Includes.OPTIONS.contains(option)
                        || section.place(option.key()).file().equals(main))
                .toList();
        OptionValues values = reader.read(here, environment);
        for (IniEntry entry : section.entries()) {
            if (CircusOptions.ALL.stream().noneMatch(option -> option.key().equals(entry.key()))) {
                reader.warnOfUnknown(entry, CircusOptions.ALL);
            }
        }
        IniEntry name = section.get(CircusOptions.NAME.key());
        if (name != null && !ArbiterName.isValid(values.get(CircusOptions.NAME).orElse(""))) {
            problems.error(name.place(), SectionReader.cannotUse(name, section, "a name has " + ArbiterName.rule()));
        }
        checkExtensionPath(values, section);
        new SecurityCheck(main, section, problems).check(values, looksAtFiles);
        if (values.isGiven(CircusOptions.STATS_ENDPOINT) && !values.get(CircusOptions.STATSD)) {
            problems.warn(
                    section.place(CircusOptions.STATS_ENDPOINT.key()),
                    "You defined a stats_endpoint without setting up statsd to True.");
            values = values.with(CircusOptions.STATSD, true);
        }
        checkEndpoints(values, section);
        return values;
    }

    private void read(IniSection section, Environments environments, HookCheck hooks, boolean usePapa) {
        String title = section.name();
        if (title.equals(CIRCUS) || title.equals(ENV) || title.startsWith(ENV + ":")) {
            return;
        }
        if (section.isEmpty()) {
            problems.warn(section.place(), section + " is ignored, since it has no options");
        } else if (title.startsWith(WatcherReader.PREFIX)) {
            watchers.put(section, new WatcherReader(section, environments, hooks, problems).read(usePapa));
        } else if (title.startsWith(SocketReader.PREFIX)) {
            SocketConfig socket = new SocketReader(section, problems).read(environments.common(), usePapa);
            if (sockets.putIfAbsent(socket.name(), socket) != null) {
                problems.error(
                        section.place(),
                        "cannot have another socket '" + socket.name()
                                + "': names count as equal when only their case differs");
            }
        } else if (title.startsWith(PluginWatcher.PREFIX)) {
            new PluginReader(section, environments, hooks, problems)
                    .read(usePapa)
                    .ifPresent(watcher -> watchers.put(section, watcher));
        } else {
            problems.warn(
                    section.place(),
                    section
                            + " is ignored; sections are called circus, watcher:NAME, socket:NAME, plugin:NAME, env and env:NAMES"
                            + SectionReader.question(Misspelling.ofSection(title)));
        }
    }

    /** Events that are published where commands arrive would keep circusd from starting. */
    private void checkEndpoints(OptionValues values, IniSection section) {
        checkEndpoints(values, section, CircusOptions.ENDPOINT, CircusOptions.PUBSUB_ENDPOINT);
        if (values.get(CircusOptions.STATSD)) {
            checkStatistics(values, section);
            checkEndpoints(values, section, CircusOptions.ENDPOINT, CircusOptions.STATS_ENDPOINT);
            checkEndpoints(values, section, CircusOptions.PUBSUB_ENDPOINT, CircusOptions.STATS_ENDPOINT);
        }
    }

    private void checkStatistics(OptionValues values, IniSection section) {
        IniEntry entry = section.get(CircusOptions.STATS_ENDPOINT.key());
        try {
            String unused = CircusOptions.ENDPOINT.type().parse(StatsWatcher.endpoint(values));
        } catch (BadValueException wrong) {
            if (entry != null) {
                problems.error(
                        entry.place(), SectionReader.cannotUse(entry, section, String.valueOf(wrong.getMessage())));
            }
        }
    }

    private void checkEndpoints(OptionValues values, IniSection section, Option<String> first, Option<String> second) {
        String endpoint = values.get(second);
        if (!endpoint.equals(values.get(first)) || endpoint.endsWith(":0")) {
            return;
        }
        IniEntry entry = section.get(second.key());
        IniEntry wrong = entry == null ? section.get(first.key()) : entry;
        if (wrong != null) {
            problems.error(
                    wrong.place(),
                    SectionReader.cannotUse(wrong, section, first.key() + " and " + second.key() + " need one each"));
        }
    }

    private void checkExtensionPath(OptionValues values, IniSection section) {
        for (Path place : CircusConfig.extensionPath(main, values)) {
            if (!Files.exists(place)) {
                problems.warn(
                        section.place(CircusOptions.EXTENSION_PATH.key()),
                        "nothing is found in " + place + ", since it does not exist");
            }
        }
    }

    private void checkCommands(OptionValues options, IniDocument document, Extensions extensions) {
        IniSection section = document.section(CIRCUS);
        IniEntry entry = section == null ? null : section.get(CircusOptions.COMMANDS.key());
        if (section == null || entry == null) {
            return;
        }
        for (String name : CircusConfig.commands(options)) {
            try {
                if (extensions.command(name).isEmpty()) {
                    throw new BadValueException(
                            "there is no Java class " + name + " on the class path or in extension_path");
                }
            } catch (BadValueException | UnusableException wrong) {
                problems.error(
                        entry.place(), SectionReader.cannotUse(entry, section, String.valueOf(wrong.getMessage())));
            }
        }
    }

    private void checkNames(OptionValues options) {
        Map<String, WatcherConfig> byLowerCase = new HashMap<>();
        watchers.forEach((section, watcher) -> {
            WatcherConfig first = byLowerCase.putIfAbsent(watcher.name().toLowerCase(Locale.ROOT), watcher);
            if (first != null) {
                problems.error(
                        section.place(),
                        "cannot have a watcher '" + watcher.name() + "' beside a watcher '" + first.name()
                                + "': commands find a watcher whatever the case of its name");
            }
            if (options.get(CircusOptions.STATSD) && watcher.name().equalsIgnoreCase(StatsWatcher.NAME)) {
                problems.error(
                        section.place(),
                        "cannot have a watcher '" + watcher.name()
                                + "': that is the one by which circusd publishes statistics; leave out this section, or statsd and"
                                + " stats_endpoint in [circus]");
            }
        });
    }

    private void checkFiles() {
        StreamFiles files = new StreamFiles(problems);
        watchers.entrySet().stream()
                .sorted(Comparator.comparing(each -> each.getValue().name()))
                .forEach(each -> files.add(each.getKey(), each.getValue()));
        files.check();
    }

    private void checkSockets(IniSection section, WatcherConfig watcher) {
        for (String name : watcher.commandLine().sockets()) {
            Place place = placeOf(name, section);
            SocketConfig socket = sockets.get(name);
            if (socket == null) {
                problems.error(
                        place,
                        "cannot replace $(circus.sockets." + name + ") in " + section + ": there is no section [socket:"
                                + name + "]");
                continue;
            }
            if (!watcher.options().get(WatcherOptions.USE_SOCKETS)) {
                problems.warn(
                        place,
                        "the socket '" + name + "' is closed in the processes of " + section
                                + ", since use_sockets is not true there");
            }
            checkStay(watcher, socket, place);
            checkDemand(section, watcher, socket);
        }
        watcher.stdinSocket().ifPresent(name -> checkStdin(name, section, watcher));
    }

    private void checkStdin(String name, IniSection section, WatcherConfig watcher) {
        IniEntry entry = section.get(WatcherOptions.STDIN_SOCKET.key());
        SocketConfig socket = sockets.get(name);
        if (entry != null && socket == null) {
            problems.error(
                    entry.place(),
                    SectionReader.cannotUse(entry, section, "there is no section [socket:" + name + "]"));
        } else if (entry != null && socket != null) {
            checkStay(watcher, socket, entry.place());
            checkDemand(section, watcher, socket);
        }
    }

    private void checkDemand(IniSection section, WatcherConfig watcher, SocketConfig socket) {
        if (watcher.options().get(WatcherOptions.ON_DEMAND) && socket.isPerWorker()) {
            problems.error(
                    section.place(WatcherOptions.ON_DEMAND.key()),
                    "cannot use on_demand = true in " + section + ": nobody listens at the socket '" + socket.name()
                            + "' before there is a process, since it has so_reuseport");
        }
    }

    private void checkStay(WatcherConfig watcher, SocketConfig socket, Place place) {
        boolean stays = watcher.options().get(WatcherOptions.USE_PAPA);
        if (stays != socket.options().get(SocketOptions.USE_PAPA)) {
            problems.warn(
                    place,
                    "Process \"" + watcher.name() + "\" refers to socket \"" + socket.name()
                            + "\" but they do not have the same \"use_papa\" state");
        }
    }

    /** The option that names the socket; the section when that comes about by a variable. */
    private static Place placeOf(String socket, IniSection section) {
        for (Option<?> option : List.of(WatcherOptions.CMD, WatcherOptions.ARGS, WatcherOptions.SHELL_ARGS)) {
            IniEntry entry = section.get(option.key());
            if (entry != null && Variables.sockets(entry.value()).contains(socket)) {
                return entry.place();
            }
        }
        return section.place();
    }

    private String name(OptionValues options) {
        Optional<String> given = options.get(CircusOptions.NAME);
        if (given.isPresent()) {
            return given.get();
        }
        try {
            return ArbiterName.of(main);
        } catch (IOException e) {
            if (problems.errors().isEmpty()) { // else it says so already
                problems.error(Place.of(main), "cannot find out where the file really is: " + e);
            }
            return "";
        }
    }
}
