package circus.manager.config;

import circus.manager.extension.Extensions;
import circus.manager.extension.UnusableException;
import circus.options.BadValueException;
import circus.options.PluginClass;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;

/** Tells what cannot run as a hook or as a stream, without running any of it. Any thread. */
public final class HookCheck {
    private final Extensions extensions;

    public HookCheck(Extensions extensions) {
        this.extensions = extensions;
    }

    /** Reads the text of an option {@code hooks.X}, and looks whether what it names is there. The exception says what is wrong with it. */
    public HookSpec check(String text) throws BadValueException {
        HookSpec spec = HookSpec.parse(text);
        if (!spec.isProgram()) {
            try {
                if (extensions.hook(spec.name()).isEmpty()) {
                    throw new BadValueException("there is no Java class " + spec.name()
                            + " on the class path or in extension_path, and a hook in Python is not supported by this"
                            + " version; a program is written as exec:/path/to/program");
                }
            } catch (UnusableException unusable) {
                throw new BadValueException(String.valueOf(unusable.getMessage()));
            }
        }
        return spec;
    }

    /** Looks whether there is a plugin of that name. The exception says why not. */
    void checkPlugin(String use) throws BadValueException {
        try {
            if (PluginClass.find(use).isEmpty() && extensions.plugin(use).isEmpty()) {
                throw new BadValueException("there is no Java class " + use
                        + " on the class path or in extension_path, and circusd brings along "
                        + PluginClass.names() + " only"
                        + SectionReader.question(Misspelling.nearest(
                                use,
                                Arrays.stream(PluginClass.values())
                                        .map(PluginClass::title)
                                        .toList()))
                        + "; a program is written as exec:/path/to/program");
            }
        } catch (UnusableException unusable) {
            throw new BadValueException(String.valueOf(unusable.getMessage()));
        }
    }

    /** Looks whether a class of the user's can be a stream. The exception says why not. */
    void checkStream(String name) throws BadValueException {
        try {
            if (extensions.stream(name).isEmpty()) {
                throw new BadValueException("there is no Java class " + name
                        + " on the class path or in extension_path, and a stream in Python is not supported by this"
                        + " version");
            }
        } catch (UnusableException unusable) {
            throw new BadValueException(String.valueOf(unusable.getMessage()));
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
