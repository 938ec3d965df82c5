package circus.manager.command;

import circus.command.CommandSpec;
import circus.command.spi.Command;
import circus.command.spi.CommandDefinition;
import circus.manager.extension.CommandSource;
import circus.manager.extension.Extensions;
import circus.manager.extension.UnusableException;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * The commands that were added to this circusd, from its start to its end. Immutable; any thread.
 *
 * @param loader what they find as the class loader of their thread
 */
public record Additions(Map<String, Addition> byWord, ClassLoader loader) {
    private static final System.Logger LOG = System.getLogger(Additions.class.getName());

    /** There are none. */
    public static final Additions NONE = new Additions(Map.of(), Additions.class.getClassLoader());

    /** For the constructor and the definition of one. */
    private static final Duration LIMIT = Duration.ofSeconds(10);

    /** What circusctl takes for something else. */
    private static final Set<String> RESERVED = Set.of("help");

    /** One of them. */
    record Addition(Command command, CommandDefinition definition) {}

    /** A command that cannot be added; the message says which and why. */
    public static final class CannotAddException extends Exception {
        private static final long serialVersionUID = 1;

        CannotAddException(String reason) {
            super(reason, null, false, false);
        }
    }

    /** Sorted by their words. */
    public Additions {
        byWord = Collections.unmodifiableMap(new TreeMap<>(byWord));
    }

    /**
     * Finds them, and asks each what it is called, on a thread that is given up when it takes longer than its limit.
     *
     * @param names of classes that are no service providers
     * @param given by the program that this runs in
     */
    public static Additions load(Extensions extensions, List<String> names, Collection<Command> given)
            throws CannotAddException {
        List<CommandSource> sources = new ArrayList<>();
        given.forEach(
                command -> sources.add(new CommandSource(command.getClass().getName(), () -> command)));
        try {
            sources.addAll(extensions.commands());
            Set<String> found = new HashSet<>();
            sources.forEach(source -> found.add(source.type()));
            for (String name : names) {
                if (found.add(name)) {
                    sources.add(extensions
                            .command(name)
                            .orElseThrow(() -> new CannotAddException("cannot add the command " + name
                                    + ": there is no such class on the class path or in extension_path")));
                }
            }
        } catch (UnusableException unusable) {
            throw new CannotAddException("cannot add a command: " + unusable.getMessage());
        }
        Map<String, Addition> byWord = new TreeMap<>();
        for (CommandSource source : sources) {
            Addition addition = make(source, extensions.loader());
            String word = addition.definition().word();
            if (CommandSpec.find(word).isPresent() || RESERVED.contains(word)) {
                throw new CannotAddException("cannot add the command " + word + " of " + source.type()
                        + ": circusd has a command of that name; give it another one");
            }
            Addition other = byWord.putIfAbsent(word, addition);
            if (other != null) {
                throw new CannotAddException("cannot add the command " + word + " of " + source.type() + ": "
                        + other.command().getClass().getName() + " has that name, too; give one of them another");
            }
            LOG.log(Level.INFO, "the command {0} was added, by {1}", word, source.type());
        }
        return byWord.isEmpty() ? NONE : new Additions(byWord, extensions.loader());
    }

    private static Addition make(CommandSource source, ClassLoader loader) throws CannotAddException {
        CompletableFuture<Addition> made = new CompletableFuture<>();
        Thread thread = new Thread(
                () -> {
                    try {
                        Command command = source.maker().make();
                        made.complete(new Addition(command, command.definition()));
                    } catch (Throwable thrown) { // Whatever it is, it is its author's.
                        made.completeExceptionally(thrown);
                    }
                },
                "circus-command-loader");
        thread.setDaemon(true);
        thread.setContextClassLoader(loader);
        thread.start();
        try {
            return made.get(LIMIT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (ExecutionException failed) {
            @Nullable Throwable cause = failed.getCause();
            throw new CannotAddException("cannot add the command of " + source.type() + ": " + cause);
        } catch (TimeoutException late) {
            thread.interrupt();
            throw new CannotAddException("cannot add the command of " + source.type()
                    + ": its constructor or definition() did not come back within " + LIMIT.toSeconds() + " s");
        } catch (InterruptedException asked) {
            Thread.currentThread().interrupt();
            throw new CannotAddException("cannot add the command of " + source.type() + ": interrupted");
        }
    }

    Optional<Addition> find(String word) {
        return Optional.ofNullable(byWord.get(word.toLowerCase(Locale.ROOT)));
    }

    /** As the command {@code commands} tells of them. */
    List<Map<String, @Nullable Object>> fields() {
        return byWord.values().stream().map(each -> each.definition().fields()).toList();
    }
}
