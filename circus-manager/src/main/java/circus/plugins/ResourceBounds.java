package circus.plugins;

import circus.options.MemoryBound;
import circus.options.OptionValues;
import circus.options.PluginOptions;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** What processes may use and what they must; 0 as an upper limit is none. A value. */
record ResourceBounds(
        double maxCpu,
        Optional<Double> minCpu,
        MemoryBound maxMemory,
        Optional<MemoryBound> minMemory,
        double healthThreshold) {
    /** What can be amiss, and what the metric is called that tells of it. */
    enum Fault {
        OVER_CPU("over_cpu"),
        UNDER_CPU("under_cpu"),
        OVER_MEMORY("over_memory"),
        UNDER_MEMORY("under_memory"),
        OVER_HEALTH("over_health");

        private final String word;

        Fault(String word) {
            this.word = word;
        }

        String word() {
            return word;
        }
    }

    static ResourceBounds of(OptionValues section) {
        return new ResourceBounds(
                section.get(PluginOptions.MAX_CPU),
                section.get(PluginOptions.MIN_CPU),
                section.get(PluginOptions.MAX_MEM),
                section.get(PluginOptions.MIN_MEM),
                section.get(PluginOptions.HEALTH_THRESHOLD));
    }

    Set<Fault> faults(ResourceUse use) {
        Set<Fault> faults = EnumSet.noneOf(Fault.class);
        if (maxCpu != 0 && use.maxCpu() > maxCpu) {
            faults.add(Fault.OVER_CPU);
        }
        if (minCpu.isPresent() && use.minCpu() <= minCpu.get()) {
            faults.add(Fault.UNDER_CPU);
        }
        double most = maxMemory.isPercent() ? use.maxMemory() : use.maxBytes();
        if (maxMemory.amount() != 0 && most > maxMemory.amount()) {
            faults.add(Fault.OVER_MEMORY);
        }
        if (minMemory.isPresent()
                && (minMemory.get().isPercent() ? use.minMemory() : use.minBytes())
                        < minMemory.get().amount()) {
            faults.add(Fault.UNDER_MEMORY);
        }
        if (healthThreshold != 0 && (use.maxCpu() + use.maxMemory()) / 2 > healthThreshold) {
            faults.add(Fault.OVER_HEALTH);
        }
        return faults;
    }
}
