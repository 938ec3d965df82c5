package circus.plugins;

import circus.options.BadValueException;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginCallException;
import circus.plugin.PluginContext;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Tells what the processes of each watcher use, every {@code loop_rate} seconds: the greatest and the sum of their processor times and
 * memory, as the command {@code stats} has them. What it does not know of a process ({@code N/A}) is left out.
 */
public final class FullStats implements Plugin {
    private static final System.Logger LOG = System.getLogger(FullStats.class.getName());
    private static final String PLUGINS = "plugin:";

    /** As circusd writes sizes, and as others of Circus might: {@code 512B}, {@code 1.60M}. */
    private static final Pattern SIZE =
            Pattern.compile("([0-9]*\\.?[0-9]+) *([BKMGTPEZY]?)B?", Pattern.CASE_INSENSITIVE);

    private static final String UNITS = "BKMGTPEZY";

    private @Nullable Statsd statsd;

    @Override
    public void start(PluginContext circus) throws BadValueException {
        OptionValues options = PluginClass.FULL_STATS.read(circus.config());
        Statsd told = Statsd.of(options, PluginOptions.APPLICATION_NAME);
        statsd = told;
        circus.every(Seconds.of(options.get(PluginOptions.LOOP_RATE)), () -> tell(circus, told));
    }

    private static void tell(PluginContext circus, Statsd statsd) throws InterruptedException {
        Map<String, @Nullable Object> reply;
        try {
            reply = circus.call("stats", Map.of());
        } catch (PluginCallException noAnswer) {
            LOG.log(Level.WARNING, "{0}: {1}", circus.name(), noAnswer.getMessage());
            statsd.increment("_stats.error");
            return;
        }
        if (!"ok".equals(reply.get("status")) || !(reply.get("infos") instanceof Map<?, ?> watchers)) {
            LOG.log(Level.WARNING, "{0}: cannot get statistics: {1}", circus.name(), reply.get("reason"));
            statsd.increment("_stats.error");
            return;
        }
        watchers.forEach((watcher, processes) -> {
            if (!watcher.toString().startsWith(PLUGINS) && processes instanceof Map<?, ?> infos) {
                tell(statsd, "_stats." + watcher, infos);
            }
        });
    }

    private static void tell(Statsd statsd, String bucket, Map<?, ?> infos) {
        List<Number> cpu = new ArrayList<>();
        List<Number> memoryShare = new ArrayList<>();
        List<Number> memory = new ArrayList<>();
        int known = 0;
        for (Map.Entry<?, ?> info : infos.entrySet()) {
            if (info.getValue() instanceof Map<?, ?> process) {
                boolean isKnown = keep(process.get("cpu"), cpu);
                isKnown |= keep(process.get("mem"), memoryShare);
                isKnown |= keep(bytes(process.get("mem_info1")).orElse(null), memory);
                known += isKnown ? 1 : 0;
            } else if ("spawn_count".equals(info.getKey()) && info.getValue() instanceof Number count) {
                statsd.gauge(bucket + ".spawn_count", count);
            }
        }
        statsd.gauge(bucket + ".watchers_num", known);
        tell(statsd, bucket + ".cpu", cpu);
        tell(statsd, bucket + ".mem_pct", memoryShare);
        tell(statsd, bucket + ".mem", memory);
    }

    private static boolean keep(@Nullable Object value, List<Number> among) {
        return value instanceof Number number && Double.isFinite(number.doubleValue()) && among.add(number);
    }

    /** The greatest one and the sum; whole numbers where all are whole. */
    private static void tell(Statsd statsd, String bucket, List<Number> values) {
        if (values.isEmpty()) {
            return;
        }
        Number most = values.get(0);
        double sum = 0;
        long whole = 0;
        boolean isWhole = true;
        for (Number value : values) {
            if (value.doubleValue() > most.doubleValue()) {
                most = value;
            }
            isWhole &= value instanceof Long;
            sum += value.doubleValue();
            whole += value.longValue();
        }
        statsd.gauge(bucket + "_max", most);
        // Two branches, as ?: would make a fraction of both.
        if (isWhole) {
            statsd.gauge(bucket + "_sum", whole);
        } else {
            statsd.gauge(bucket + "_sum", sum);
        }
    }

    /** Bytes, as exactly as the text tells. */
    static Optional<Long> bytes(@Nullable Object size) {
        Matcher matcher = SIZE.matcher(size instanceof String text ? text.strip() : "");
        if (!matcher.matches()) {
            return Optional.empty();
        }
        String unit = matcher.group(2).isEmpty() ? "B" : matcher.group(2).toUpperCase(Locale.ROOT);
        return Optional.of((long) (Double.parseDouble(matcher.group(1)) * Math.pow(1024, UNITS.indexOf(unit))));
    }

    @Override
    public void stop() {
        if (statsd != null) {
            statsd.close();
        }
    }
}
