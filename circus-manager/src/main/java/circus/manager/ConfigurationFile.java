package circus.manager;

import circus.manager.arbiter.LiveChanges;
import circus.manager.config.CircusConfig;
import circus.manager.config.ConfigException;
import circus.manager.config.Problem;
import circus.message.CommandException;
import circus.message.ErrorCode;
import java.lang.System.Logger.Level;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;

/**
 * The configuration with which circusd was started, to be read again: its file, as a rule. That takes place on a thread of its own ({@code circus-config}, there only
 * while it is needed): neither a slow disk nor a large file holds up the loop. Used on circus-loop only.
 */
final class ConfigurationFile implements LiveChanges.Source {
    private static final System.Logger LOG = System.getLogger(ConfigurationFile.class.getName());

    /** Where it comes from, each time anew. Any thread. */
    interface Origin {
        CircusConfig load(Map<String, String> environment) throws ConfigException;
    }

    private final Origin origin;
    private final Map<String, String> environment;
    private final Executor loop;
    private final ThreadPoolExecutor readers =
            new ThreadPoolExecutor(1, 1, 1, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), reading -> {
                Thread thread = new Thread(reading, "circus-config");
                thread.setDaemon(true);
                return thread;
            });

    ConfigurationFile(Origin origin, Map<String, String> environment, Executor loop) {
        this.origin = origin;
        this.environment = environment;
        this.loop = loop;
        readers.allowCoreThreadTimeOut(true);
    }

    @Override
    public void read(Consumer<CircusConfig> read, Consumer<CommandException> refused) {
        readers.execute(() -> {
            try {
                CircusConfig config = origin.load(environment);
                for (Problem warning : config.warnings()) {
                    LOG.log(Level.WARNING, String.valueOf(warning));
                }
                loop.execute(() -> read.accept(config));
            } catch (ConfigException mistakes) {
                CommandException cause =
                        new CommandException(ErrorCode.BAD_MSG_DATA_ERROR, String.valueOf(mistakes.getMessage()));
                loop.execute(() -> refused.accept(cause));
            } catch (RuntimeException ours) {
                LOG.log(Level.ERROR, "cannot read the configuration, by a mistake of ours", ours);
                loop.execute(() -> refused.accept(CommandException.serverError()));
            }
        });
    }
}
