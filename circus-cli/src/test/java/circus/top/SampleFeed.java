package circus.top;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;

/** Messages as a feed sends them, second by second. Not a mock: they go through the same reading as real ones. */
final class SampleFeed {
    static final long SECOND = 1_000_000_000L;

    final Model model = new Model(Duration.ofSeconds(3));
    long now = 5 * SECOND;

    /** A process of a watcher; {@code cpu} and {@code memory} as JSON has them. */
    SampleFeed process(String watcher, int pid, String cpu, String memory, double age) {
        return tell("stat." + watcher + "." + pid, """
                {"mem_info1": "2.00M", "mem_info2": "2.85M", "cpu": %s, "mem": %s, "ctime": "0:00.00", "pid": %d, \
                "username": "www", "nice": 0, "create_time": 1795209590.23, "age": %s, "cmdline": "sleep", \
                "children": [], "subtopic": %d, "name": null}""".formatted(cpu, memory, pid, age, pid));
    }

    SampleFeed daemon(String name, int pid, double cpu) {
        return tell(
                "stat.circus." + pid,
                "{\"mem_info1\": \"40.00M\", \"cpu\": %s, \"mem\": 0.5, \"pid\": %d, \"age\": 450.05, \"cmdline\": \"java\", \"username\": \"root\", \"name\": \"%s\"}"
                        .formatted(cpu, pid, name));
    }

    SampleFeed group(String watcher, Integer... pids) {
        String list = List.of(pids).stream().map(String::valueOf).collect(Collectors.joining(", ", "[", "]"));
        return tell("stat." + watcher, "{\"pid\": " + list + ", \"cpu\": 0.0, \"mem\": 0, \"age\": \"N/A\"}");
    }

    SampleFeed socket(int descriptor, String address, int hits) {
        return tell(
                "stat.sockets." + descriptor,
                "{\"fd\": %d, \"subtopic\": %d, \"reads\": %d, \"address\": \"%s\"}"
                        .formatted(descriptor, descriptor, hits, address));
    }

    SampleFeed tell(String topic, String body) {
        StatMessage.read(topic, body.getBytes(StandardCharsets.UTF_8)).ifPresent(message -> model.accept(message, now));
        return this;
    }

    /** So many seconds later. */
    SampleFeed after(double seconds) {
        now += (long) (seconds * SECOND);
        return this;
    }

    /** Two watchers, one with two processes; daemons; a socket. */
    SampleFeed usual() {
        return process("web", 4242, "12.5", "0.25", 3_700)
                .process("web", 4243, "0.0", "0.25", 65)
                .group("web", 4242, 4243)
                .process("db", 4250, "1.5", "3.125", 100_000)
                .group("db", 4250)
                .daemon("circusd", 4200, 0.4)
                .group("circus", 4200)
                .socket(9, "127.0.0.1:9999", 17)
                .tell("stat.sockets", "{\"addresses\": [\"127.0.0.1:9999\"], \"reads\": 17}");
    }
}
