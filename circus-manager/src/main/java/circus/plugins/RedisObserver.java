package circus.plugins;

import circus.options.BadValueException;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.options.RedisAddress;
import circus.plugin.Plugin;
import circus.plugin.PluginContext;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Asks a Redis server every {@code loop_rate} seconds how it is, and tells the figures that it gives of those below; when it gives none,
 * tells of the error. A watcher is restarted only when the server does not answer: one that answers by an error, as with a wrong password or
 * while it loads its data, would not be mended by that. The plugin's thread does not wait for the server.
 */
public final class RedisObserver implements Plugin {
    private static final System.Logger LOG = System.getLogger(RedisObserver.class.getName());

    private static final List<String> KEYS = List.of(
            "pubsub_channels",
            "connected_slaves",
            "lru_clock",
            "connected_clients",
            "keyspace_misses",
            "used_memory",
            "used_memory_peak",
            "total_commands_processed",
            "used_memory_rss",
            "total_connections_received",
            "pubsub_patterns",
            "used_cpu_sys",
            "used_cpu_sys_children",
            "blocked_clients",
            "used_cpu_user",
            "client_biggest_input_buf",
            "mem_fragmentation_ratio",
            "expired_keys",
            "evicted_keys",
            "client_longest_output_list",
            "uptime_in_seconds",
            "keyspace_hits");

    private @Nullable Statsd statsd;
    private @Nullable RedisQuestioner redis;
    private boolean isAsking;
    private boolean isWell = true;

    @Override
    public void start(PluginContext circus) throws BadValueException {
        OptionValues options = PluginClass.REDIS_OBSERVER.read(circus.config());
        Statsd told = Statsd.of(options, PluginOptions.REDIS_APPLICATION_NAME);
        statsd = told;
        RedisAddress address = options.get(PluginOptions.REDIS_URL);
        Duration limit = Seconds.of(options.get(PluginOptions.REDIS_TIMEOUT));
        Optional<String> watcher = options.get(PluginOptions.RESTART_ON_TIMEOUT).filter(name -> !name.isBlank());
        RedisQuestioner asked = new RedisQuestioner(address, limit);
        redis = asked;
        circus.every(Seconds.of(options.get(PluginOptions.LOOP_RATE)), () -> {
            if (!isAsking) {
                isAsking = true;
                asked.info(answer -> circus.execute(() -> {
                    isAsking = false;
                    judge(circus, told, watcher, address, answer);
                }));
            }
        });
    }

    private void judge(
            PluginContext circus,
            Statsd statsd,
            Optional<String> watcher,
            RedisAddress address,
            RedisQuestioner.Answer answer) {
        if (answer instanceof RedisQuestioner.Info info) {
            if (!isWell) {
                LOG.log(Level.INFO, "{0}: {1} answers again", circus.name(), address);
            }
            isWell = true;
            for (String key : KEYS) {
                String value = info.values().get(key);
                if (value != null) {
                    number(value).ifPresent(number -> statsd.gauge("redis_stats." + key, number));
                }
            }
            return;
        }
        RedisQuestioner.Trouble trouble = (RedisQuestioner.Trouble) answer;
        if (isWell) {
            LOG.log(Level.WARNING, "{0}: cannot ask {1}: {2}", circus.name(), address, trouble.reason());
        }
        isWell = false;
        statsd.increment("redis_stats.error");
        if (watcher.isPresent() && !trouble.answered()) {
            LOG.log(Level.INFO, "{0}: {1} is restarted", circus.name(), watcher.get());
            circus.cast("restart", Map.of("name", watcher.get()));
            statsd.increment("redis_stats.restart_on_error");
        }
    }

    /** A whole number as it is, another one as Python writes it; nothing else is one for statsd. */
    private static Optional<Number> number(String text) {
        try {
            return Optional.of(Long.parseLong(text));
        } catch (NumberFormatException notWhole) {
            try {
                double number = Double.parseDouble(text);
                return Double.isFinite(number) ? Optional.of(number) : Optional.empty();
            } catch (NumberFormatException none) {
                return Optional.empty();
            }
        }
    }

    @Override
    public void stop() {
        if (redis != null) {
            redis.close();
        }
        if (statsd != null) {
            statsd.close();
        }
    }
}
