package circus.manager;

import circus.manager.config.CircusConfig;
import circus.manager.config.HookCheck;
import circus.manager.config.PythonPath;
import circus.manager.extension.Extensions;
import circus.manager.extension.StreamSource;
import circus.manager.hook.HookCommands;
import circus.manager.hook.HookPort;
import circus.manager.hook.HookRunner;
import circus.manager.python.NameCheck.Question;
import circus.manager.python.PythonNames;
import circus.manager.python.PythonStreams;
import circus.stream.OutputStreamer;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executor;

/**
 * The code of users that a term runs, beside plugins and added commands: hooks, and streams that take output. What is no class in Java is
 * looked for in Python, of which there is a helper process each for hooks and for streams, once it is needed. Classes are not unloaded and
 * threads of hooks not ended: a detach leaves running programs be, and the threads end with circusd. Used on circus-loop, but for {@link
 * #stream}.
 */
final class UserCode {
    private final Extensions extensions;
    private final HookRunner hooks;
    private final PythonStreams pythonStreams;

    /**
     * Nothing of it runs yet.
     *
     * @param extensionPath jars and directories with classes of users
     * @param environment circusd's own
     * @param loop runs tasks on circus-loop
     */
    UserCode(List<Path> extensionPath, Map<String, String> environment, Executor loop) {
        this.extensions = new Extensions(extensionPath);
        this.hooks = new HookRunner(loop, extensions, environment);
        this.pythonStreams = new PythonStreams(environment);
    }

    /** Where classes are found. */
    Extensions extensions() {
        return extensions;
    }

    /** Who runs hooks. */
    HookPort hooks() {
        return hooks;
    }

    /** Looks at hooks that a configuration names, without running them. */
    HookCheck hookCheck() {
        return new HookCheck(extensions, PythonNames.TRUSTED);
    }

    /** How hooks in Python give commands. */
    void commands(HookCommands commands) {
        hooks.commands(commands);
    }

    /**
     * A stream of that class. Any thread.
     *
     * @throws Exception whatever its constructor throws, and where there is no such class
     */
    OutputStreamer stream(String className, Map<String, String> options) throws Exception {
        Optional<StreamSource> inJava = extensions.stream(className);
        return inJava.isPresent() ? inJava.get().make(options) : pythonStreams.make(className, options);
    }

    /** From now on modules are found where this configuration has it. */
    void findModules(CircusConfig config) {
        List<String> path = PythonPath.of(config.watchers());
        hooks.pythonPath(path);
        pythonStreams.path(path);
    }

    /** A command has named it, and its file may have changed: the module is read again before it is used next. */
    void readAgain(Question accepted) {
        switch (accepted.kind()) {
            case HOOK -> hooks.readAgain(accepted.name());
            case STREAM -> pythonStreams.readAgain(accepted.name());
            case PLUGIN -> {}
        }
    }

    /** The loop has ended: there are no further calls of hooks in Python. */
    void endHooks() {
        hooks.endPython();
    }

    /** The pump has ended: nothing is given to streams any more. */
    void endStreams() {
        pythonStreams.close();
    }
}
