package circus.manager;

import circus.manager.arbiter.Arbiter;
import circus.manager.output.OutputPump;
import circus.manager.watcher.Reconciler;
import circus.manager.watcher.Watcher;

/** Tells the pump where output goes when that has changed for some watcher: once a turn, however many did. Runs on circus-loop only. */
record Rerouting(Arbiter arbiter, OutputPump pump) implements Reconciler {
    @Override
    public long step(long now) {
        pump.routes(Routes.of(arbiter.watchers().stream().map(Watcher::config).toList()));
        return NEVER;
    }
}
