package circus.manager.config;

import circus.manager.extension.Extensions;
import circus.manager.extension.UnusableException;
import circus.manager.python.PythonNames;
import circus.manager.python.PythonNames.Kind;
import circus.options.BadValueException;
import circus.options.PluginClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Tells what cannot run as a hook or as a stream. What is written in Java does not run for that, and what is written in Python is imported
 * at most. Any thread that {@link PythonNames} may be asked on.
 */
public final class HookCheck {
    private final Extensions extensions;
    private final PythonNames python;

    /** @param python asked for names that no Java class has */
    public HookCheck(Extensions extensions, PythonNames python) {
        this.extensions = extensions;
        this.python = python;
    }

    /** The same with somebody else who is asked for names. */
    HookCheck with(PythonNames other) {
        return new HookCheck(extensions, other);
    }

    /** Reads the text of an option {@code hooks.X}, and looks whether what it names is there. The exception says what is wrong with it. */
    public HookSpec check(String text) throws BadValueException {
        List<String> refusals = new ArrayList<>();
        HookSpec spec = check(text, refusals::add);
        demandNone(refusals);
        return spec;
    }

    /**
     * The same where it may take until later to know.
     *
     * @param refused told what is wrong with it, if the exception does not say so
     */
    HookSpec check(String text, Consumer<String> refused) throws BadValueException {
        HookSpec spec = HookSpec.parse(text);
        if (!spec.isProgram()) {
            try {
                if (extensions.hook(spec.name()).isEmpty()) {
                    askPython(Kind.HOOK, spec.name(), "; a program is written as exec:/path/to/program", refused);
                }
            } catch (UnusableException unusable) {
                throw new BadValueException(String.valueOf(unusable.getMessage()));
            }
        }
        return spec;
    }

    /**
     * Looks whether there is a plugin of that name. The exception says why not.
     *
     * @param refused told so later, where Python has to be asked
     * @return whether it is a Java class; else it is one in Python, if anything
     */
    boolean checkPlugin(String use, Consumer<String> refused) throws BadValueException {
        try {
            if (PluginClass.find(use).isPresent() || extensions.plugin(use).isPresent()) {
                return true;
            }
        } catch (UnusableException unusable) {
            throw new BadValueException(String.valueOf(unusable.getMessage()));
        }
        List<String> titles =
                Arrays.stream(PluginClass.values()).map(PluginClass::title).toList();
        String none = "there is no Java class " + use + " on the class path or in extension_path, circusd brings along "
                + PluginClass.names() + " only" + SectionReader.question(Misspelling.nearest(use, titles));
        String hint = "; a program is written as exec:/path/to/program";
        if (!PythonNames.canBe(use)) {
            throw new BadValueException(none + hint);
        }
        python.ask(Kind.PLUGIN, use, reason -> refused.accept(none + ", " + reason + hint));
        return false;
    }

    /** Looks whether a class of the user's can be a stream. The exception says why not. */
    void checkStream(String name) throws BadValueException {
        List<String> refusals = new ArrayList<>();
        checkStream(name, refusals::add);
        demandNone(refusals);
    }

    /**
     * The same where it may take until later to know.
     *
     * @param refused told what is wrong with it, if the exception does not say so
     */
    void checkStream(String name, Consumer<String> refused) throws BadValueException {
        try {
            if (extensions.stream(name).isEmpty()) {
                askPython(Kind.STREAM, name, "", refused);
            }
        } catch (UnusableException unusable) {
            throw new BadValueException(String.valueOf(unusable.getMessage()));
        }
    }

    /** What no Java class is called. */
    private void askPython(Kind kind, String name, String hint, Consumer<String> refused) throws BadValueException {
        String none = "there is no Java class " + name + " on the class path or in extension_path";
        if (!PythonNames.canBe(name)) {
            throw new BadValueException(none + hint);
        }
        python.ask(kind, name, reason -> refused.accept(none + ", " + reason + hint));
    }

    private static void demandNone(List<String> refusals) throws BadValueException {
        if (!refusals.isEmpty()) {
            throw new BadValueException(refusals.get(0));
        }
    }

    /** What may well keep a hook from running, though it can be mended while circusd runs. */
    static Optional<String> doubt(HookSpec spec) {
        if (!spec.isProgram() || spec.words().get(0).indexOf('/') < 0) {
            return Optional.empty();
        }
        Path program = Path.of(spec.words().get(0));
        return Files.isExecutable(program) && !Files.isDirectory(program)
                ? Optional.empty()
                : Optional.of(program + " is no program that circusd may run, so the hook fails as long as that is so");
    }
}
