package circus.plugins;

import circus.options.BadValueException;
import circus.options.MemoryBound;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.function.ToDoubleFunction;
import org.jspecify.annotations.Nullable;

/**
 * What some processes use: the greatest and the least of each figure. Where there is no process, all is 0. A value.
 *
 * @param maxCpu in percent of one processor
 * @param maxMemory in percent of the machine's
 * @param maxBytes resident memory
 */
record ResourceUse(double maxCpu, double maxMemory, double maxBytes, double minCpu, double minMemory, double minBytes) {
    static final ResourceUse NOTHING = new ResourceUse(0, 0, 0, 0, 0, 0);

    private static final double WHOLE = 100;

    /** @param infos of processes, as the command {@code stats} has them */
    static ResourceUse of(Collection<? extends Map<?, ?>> infos) {
        if (infos.isEmpty()) {
            return NOTHING;
        }
        List<Double> cpu = each(infos, info -> percent(info.get("cpu")));
        List<Double> memory = each(infos, info -> percent(info.get("mem")));
        List<Double> bytes = each(infos, info -> bytes(info.get("mem_info1")));
        return new ResourceUse(max(cpu), max(memory), max(bytes), min(cpu), min(memory), min(bytes));
    }

    private static List<Double> each(Collection<? extends Map<?, ?>> infos, ToDoubleFunction<Map<?, ?>> figure) {
        return infos.stream().map(figure::applyAsDouble).toList();
    }

    private static double max(List<Double> figures) {
        return figures.stream().mapToDouble(each -> each).max().orElse(0);
    }

    private static double min(List<Double> figures) {
        return figures.stream().mapToDouble(each -> each).min().orElse(0);
    }

    /** What circusd may not know counts as the whole, as in Circus. */
    private static double percent(@Nullable Object value) {
        return value instanceof Number number ? number.doubleValue() : WHOLE;
    }

    private static double bytes(@Nullable Object value) {
        try {
            return value instanceof String text ? MemoryBound.parse(text).amount() : 0;
        } catch (BadValueException unknown) {
            return 0;
        }
    }
}
