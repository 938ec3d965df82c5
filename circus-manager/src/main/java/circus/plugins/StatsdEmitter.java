package circus.plugins;

import circus.message.Event;
import circus.options.BadValueException;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginContext;
import circus.plugin.PluginEvent;
import org.jspecify.annotations.Nullable;

/** Counts events: each is an increment of {@code WATCHER.ACTION}, with the watcher's name as topics have it. */
public final class StatsdEmitter implements Plugin {
    private @Nullable Statsd statsd;

    @Override
    public void start(PluginContext circus) throws BadValueException {
        statsd = Statsd.of(PluginClass.STATSD_EMITTER.read(circus.config()), PluginOptions.APPLICATION_NAME);
    }

    @Override
    public void event(PluginEvent event) {
        if (statsd != null) {
            statsd.increment(Event.inTopic(event.watcher()) + "." + event.action());
        }
    }

    @Override
    public void stop() {
        if (statsd != null) {
            statsd.close();
        }
    }
}
