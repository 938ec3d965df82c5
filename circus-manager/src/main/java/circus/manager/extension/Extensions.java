package circus.manager.extension;

import circus.command.spi.Command;
import circus.hook.Hook;
import circus.hook.HookCall;
import circus.hook.HookName;
import circus.options.PluginClass;
import circus.plugin.Plugin;
import circus.stream.OutputStreamer;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.net.MalformedURLException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.ServiceConfigurationError;
import java.util.ServiceLoader;
import java.util.stream.Stream;

/**
 * The classes that a configuration may name: those on circusd's class path and those of {@code extension_path}. To look for one runs no code
 * of it. Any thread.
 */
public final class Extensions implements AutoCloseable {
    /** Where the plugins are that circusd brings along. */
    private static final String OWN_PLUGINS = "circus.plugins.";

    private final URLClassLoader loader;

    /** @param path jars, and directories with jars or classes in them; one that is not there holds nothing */
    public Extensions(List<Path> path) {
        this.loader = new URLClassLoader(
                path.stream().flatMap(Extensions::urls).toArray(URL[]::new), Extensions.class.getClassLoader());
    }

    /** The places that {@code extension_path} names, relative ones counted from the directory. */
    public static List<Path> places(String path, Path directory) {
        return Stream.of(path.split(File.pathSeparator))
                .map(String::strip)
                .filter(place -> !place.isEmpty())
                .map(directory::resolve)
                .toList();
    }

    private static Stream<URL> urls(Path place) {
        List<URL> urls = new ArrayList<>();
        try {
            urls.add(place.toUri().toURL());
            if (Files.isDirectory(place)) {
                try (Stream<Path> files = Files.list(place)) {
                    for (Path jar : (Iterable<Path>)
                            files.filter(file -> file.toString().endsWith(".jar"))
                                    .sorted()::iterator) {
                        urls.add(jar.toUri().toURL());
                    }
                }
            }
        } catch (MalformedURLException impossible) {
            throw new UncheckedIOException(impossible);
        } catch (IOException unreadable) {
            // As if it were not there.
        }
        return urls.stream();
    }

    /** What hooks find as the class loader of their thread. */
    public ClassLoader loader() {
        return loader;
    }

    /**
     * Looks for a hook: a service provider of that name, else a class, else a static method of a class.
     *
     * @return empty when nothing is called that
     */
    public Optional<HookSource> hook(String name) throws UnusableException {
        try {
            Optional<HookSource> provider = provider(name);
            return provider.isPresent() ? provider : ofClass(name);
        } catch (LinkageError | ServiceConfigurationError broken) {
            throw new UnusableException("it cannot be loaded: " + broken);
        }
    }

    /**
     * Looks for a class that output can be given to.
     *
     * @return empty when nothing is called that
     */
    public Optional<StreamSource> stream(String name) throws UnusableException {
        try {
            Optional<Class<?>> type = load(name.replace(':', '.'));
            return type.isEmpty() ? Optional.empty() : Optional.of(streamer(type.get()));
        } catch (LinkageError broken) {
            throw new UnusableException("it cannot be loaded: " + broken);
        }
    }

    /**
     * Looks for a plugin: one that circusd brings along, a service provider by the name of its class, with or without the package, or a class.
     *
     * @return empty when nothing is called that
     */
    public Optional<PluginSource> plugin(String name) throws UnusableException {
        try {
            String own = PluginClass.find(name)
                    .map(each -> OWN_PLUGINS + each.title())
                    .orElse(name);
            Optional<Class<?>> type = load(own);
            return type.isPresent() ? Optional.of(plugin(type.get())) : pluginProvider(name);
        } catch (LinkageError | ServiceConfigurationError broken) {
            throw new UnusableException("it cannot be loaded: " + broken);
        }
    }

    private Optional<PluginSource> pluginProvider(String name) {
        return ServiceLoader.load(Plugin.class, loader).stream()
                .filter(provider -> provider.type().getSimpleName().equals(name))
                .findFirst()
                .map(provider -> provider::get);
    }

    private static PluginSource plugin(Class<?> type) throws UnusableException {
        var constructor = constructor(type, Plugin.class);
        return () -> (Plugin) unwrapped(constructor::newInstance);
    }

    /**
     * Looks for a class that adds a command, without making an object of it.
     *
     * @return empty when nothing is called that
     */
    public Optional<CommandSource> command(String name) throws UnusableException {
        try {
            Optional<Class<?>> type = load(name);
            if (type.isEmpty()) {
                return Optional.empty();
            }
            var constructor = constructor(type.get(), Command.class);
            return Optional.of(
                    new CommandSource(type.get().getName(), () -> (Command) unwrapped(constructor::newInstance)));
        } catch (LinkageError broken) {
            throw new UnusableException("it cannot be loaded: " + broken);
        }
    }

    /** All service providers that add a command, without making objects of them, in the order in which they are found. */
    public List<CommandSource> commands() throws UnusableException {
        try {
            return ServiceLoader.load(Command.class, loader).stream()
                    .map(provider -> new CommandSource(provider.type().getName(), provider::get))
                    .toList();
        } catch (LinkageError | ServiceConfigurationError broken) {
            throw new UnusableException("a command that was added cannot be loaded: " + broken);
        }
    }

    private static StreamSource streamer(Class<?> type) throws UnusableException {
        if (!OutputStreamer.class.isAssignableFrom(type)) {
            throw new UnusableException(type.getName() + " is no circus.stream.OutputStreamer");
        }
        if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
            throw new UnusableException(type.getName() + " is not public, or abstract");
        }
        try {
            var constructor = type.getConstructor(Map.class);
            return options -> (OutputStreamer) unwrapped(() -> constructor.newInstance(options));
        } catch (NoSuchMethodException other) {
            try {
                var constructor = type.getConstructor();
                return options -> (OutputStreamer) unwrapped(constructor::newInstance);
            } catch (NoSuchMethodException none) {
                throw new UnusableException(
                        type.getName() + " has no public constructor without arguments or with a Map of its options");
            }
        }
    }

    private Optional<HookSource> provider(String name) {
        return ServiceLoader.load(Hook.class, loader).stream()
                .filter(provider -> name(provider.type()).equals(name))
                .findFirst()
                .map(provider -> provider::get);
    }

    private static String name(Class<?> type) {
        HookName given = type.getAnnotation(HookName.class);
        return given == null ? type.getName() : given.value();
    }

    private Optional<HookSource> ofClass(String name) throws UnusableException {
        Optional<Class<?>> whole = load(name);
        if (whole.isPresent()) {
            return Optional.of(instance(whole.get()));
        }
        int dot = name.lastIndexOf('.');
        Optional<Class<?>> holder = dot <= 0 ? Optional.empty() : load(name.substring(0, dot));
        return holder.isEmpty() ? Optional.empty() : Optional.of(method(holder.get(), name.substring(dot + 1)));
    }

    private Optional<Class<?>> load(String name) {
        try {
            return Optional.of(Class.forName(name, false, loader));
        } catch (ClassNotFoundException none) {
            return Optional.empty();
        }
    }

    private static HookSource instance(Class<?> type) throws UnusableException {
        var constructor = constructor(type, Hook.class);
        return () -> (Hook) unwrapped(constructor::newInstance);
    }

    private static Constructor<?> constructor(Class<?> type, Class<?> wanted) throws UnusableException {
        if (!wanted.isAssignableFrom(type)) {
            throw new UnusableException(type.getName() + " is no " + wanted.getName());
        }
        try {
            var constructor = type.getConstructor();
            if (!Modifier.isPublic(type.getModifiers()) || Modifier.isAbstract(type.getModifiers())) {
                throw new UnusableException(type.getName() + " is not public, or abstract");
            }
            return constructor;
        } catch (NoSuchMethodException none) {
            throw new UnusableException(type.getName() + " has no public constructor without arguments");
        }
    }

    private static HookSource method(Class<?> type, String name) throws UnusableException {
        try {
            Method method = type.getMethod(name, HookCall.class);
            boolean reachable = Modifier.isPublic(type.getModifiers()) && Modifier.isStatic(method.getModifiers());
            if (!reachable || method.getReturnType() != boolean.class) {
                throw new UnusableException(type.getName() + "." + name
                        + " is not static, does not return a boolean, or its class is not public");
            }
            return () -> call -> (boolean) unwrapped(() -> method.invoke(null, call));
        } catch (NoSuchMethodException none) {
            throw new UnusableException(
                    type.getName() + " has no public method " + name + " that takes a circus.hook.HookCall");
        }
    }

    /** What is called by reflection. */
    private interface Reflected {
        Object call() throws ReflectiveOperationException;
    }

    private static Object unwrapped(Reflected reflected) throws Exception {
        try {
            return reflected.call();
        } catch (InvocationTargetException thrown) {
            if (thrown.getCause() instanceof Exception cause) {
                throw cause;
            }
            if (thrown.getCause() instanceof Error cause) {
                throw cause;
            }
            throw thrown;
        }
    }

    @Override
    public void close() throws IOException {
        loader.close();
    }
}
