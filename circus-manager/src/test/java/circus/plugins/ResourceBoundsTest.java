package circus.plugins;

import static org.assertj.core.api.Assertions.assertThat;

import circus.options.PluginClass;
import circus.plugins.ResourceBounds.Fault;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

class ResourceBoundsTest {
    private static Set<Fault> faults(ResourceUse use, String... section) throws Exception {
        Map<String, String> texts = new LinkedHashMap<>();
        for (int i = 0; i < section.length; i += 2) {
            texts.put(section[i], section[i + 1]);
        }
        return ResourceBounds.of(PluginClass.RESOURCE_WATCHER.read(texts)).faults(use);
    }

    private static ResourceUse use(double cpu, double memory, double bytes) {
        return new ResourceUse(cpu, memory, bytes, cpu, memory, bytes);
    }

    @Test
    void the_defaults_bound_processor_memory_and_the_mean_of_both() throws Exception {
        assertThat(faults(use(90, 60, 1e9))).isEmpty();
        assertThat(faults(use(90.1, 10, 1e9))).containsExactly(Fault.OVER_CPU);
        assertThat(faults(use(10, 90.1, 1e9))).containsExactly(Fault.OVER_MEMORY);
        assertThat(faults(use(90, 60.1, 1e9))).containsExactly(Fault.OVER_HEALTH);
        assertThat(faults(use(0, 0, 0))).isEmpty();
    }

    @Test
    void nought_is_no_upper_bound() throws Exception {
        assertThat(faults(use(400, 100, 1e12), "max_cpu", "0", "max_mem", "0", "health_threshold", "0"))
                .isEmpty();
    }

    @Test
    void too_little_is_as_much_as_min_cpu_and_less_than_min_mem() throws Exception {
        assertThat(faults(use(5, 50, 1e6), "min_cpu", "5")).containsExactly(Fault.UNDER_CPU);
        assertThat(faults(use(5.1, 50, 1e6), "min_cpu", "5")).isEmpty();
        assertThat(faults(use(5, 20, 1e6), "min_mem", "20")).isEmpty();
        assertThat(faults(use(5, 19.9, 1e6), "min_mem", "20")).containsExactly(Fault.UNDER_MEMORY);
        assertThat(faults(ResourceUse.NOTHING, "min_mem", "1", "min_cpu", "0"))
                .containsExactly(Fault.UNDER_CPU, Fault.UNDER_MEMORY);
    }

    @Test
    void memory_with_a_unit_is_compared_with_bytes_both_ways() throws Exception {
        assertThat(faults(use(5, 0.1, 1024 * 1024), "max_mem", "1M", "min_mem", "1M"))
                .isEmpty();
        assertThat(faults(use(5, 0.1, 1024 * 1024 + 1), "max_mem", "1MB")).containsExactly(Fault.OVER_MEMORY);
        assertThat(faults(use(5, 0.1, 1024 * 1024 - 1), "min_mem", "1M")).containsExactly(Fault.UNDER_MEMORY);
    }

    @Test
    void the_greatest_and_the_least_of_all_processes_count_and_what_may_not_be_known_counts_as_the_whole() {
        assertThat(ResourceUse.of(List.of(
                        Map.of("cpu", 3.5, "mem", 0.5, "mem_info1", "1.50M"),
                        Map.of("cpu", 1L, "mem", 2, "mem_info1", "512B"))))
                .isEqualTo(new ResourceUse(3.5, 2, 1.5 * 1024 * 1024, 1, 0.5, 512));
        assertThat(ResourceUse.of(List.of(
                        Map.of("cpu", "N/A", "mem", "N/A", "mem_info1", "N/A"),
                        Map.of("cpu", 1L, "mem", 2, "mem_info1", "512B"))))
                .isEqualTo(new ResourceUse(100, 100, 512, 1, 2, 0));
        assertThat(ResourceUse.of(List.of())).isEqualTo(ResourceUse.NOTHING);
    }

    @Test
    void only_what_is_amiss_without_a_break_counts_and_each_thing_by_itself() {
        FaultCounters<String> counters = new FaultCounters<>(2);
        Set<Fault> both = Set.of(Fault.OVER_CPU, Fault.OVER_HEALTH);
        assertThat(counters.count("web", both)).isEmpty();
        assertThat(counters.count("web", both)).isEmpty();
        assertThat(counters.count("web", Set.of(Fault.OVER_HEALTH, Fault.UNDER_MEMORY)))
                .containsExactly(Fault.OVER_HEALTH);
        // After that all begin anew.
        assertThat(counters.count("web", Set.of(Fault.UNDER_MEMORY))).isEmpty();
        assertThat(counters.count("web", Set.of(Fault.UNDER_MEMORY))).isEmpty();
        assertThat(counters.count("web", Set.of())).isEmpty();
        assertThat(counters.count("web", Set.of(Fault.UNDER_MEMORY))).isEmpty();
        assertThat(counters.count("db", both)).isEmpty();
        counters.retain(Set.of("db"));
        assertThat(counters.size()).isEqualTo(1);
        assertThat(new FaultCounters<String>(0).count("web", both)).hasSize(2);
    }
}
