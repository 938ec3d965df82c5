package circus.manager.plan;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.config.CircusConfig;
import circus.manager.config.WatcherConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.lifecycle.AfterContainer;
import net.jqwik.api.lifecycle.BeforeContainer;

/** Whatever two files say and whatever was done in between: a plan that was carried out leaves nothing to do. */
final class PlanPropertiesTest {
    private static final List<String> NAMES = List.of("a", "B", "c d");
    private static Path folder = Path.of("");

    @BeforeContainer
    static void open() throws IOException {
        folder = Files.createTempDirectory("plan");
    }

    @AfterContainer
    static void close() throws IOException {
        Files.deleteIfExists(folder.resolve("main.ini"));
        Files.delete(folder);
    }

    /** What is done at run time: to the first, second or third watcher. */
    record Deed(String kind, int watcher) {}

    @Provide
    Arbitrary<List<String>> files() {
        Arbitrary<List<String>> options = Arbitraries.of(
                        "numprocesses = 2",
                        "numprocesses = 3",
                        "stop_signal = INT",
                        "foo = 1",
                        "foo = 2",
                        "send_hup = yes",
                        "autostart = no",
                        "copy_env = yes",
                        "max_age = 5",
                        "priority = 3",
                        "stdout_stream.class = StdoutStream",
                        "rlimit_core = 1",
                        "args = $(circus.foo)",
                        "use_papa = yes")
                .list()
                .ofMaxSize(4);
        Arbitrary<List<String>> watcher = Combinators.combine(Arbitraries.of(NAMES), Arbitraries.of("x", "y"), options)
                .as((name, cmd, more) -> {
                    List<String> lines = new ArrayList<>(List.of("[watcher:" + name + "]", "cmd = " + cmd));
                    lines.addAll(more);
                    return lines;
                });
        Arbitrary<List<String>> rest = Arbitraries.of(
                        "[env:a]\nA = 1",
                        "[env:*]\nA = 2",
                        "[circus]\nwarmup_delay = 1",
                        "[socket:s]\nport = 1",
                        "[socket:s]\nport = 2")
                .list()
                .ofMaxSize(2);
        return Combinators.combine(watcher.list().ofMaxSize(3), rest).as((watchers, more) -> {
            List<String> lines = new ArrayList<>();
            watchers.forEach(lines::addAll);
            lines.addAll(more);
            return lines;
        });
    }

    @Provide
    Arbitrary<List<Deed>> deeds() {
        return Combinators.combine(
                        Arbitraries.of("stop", "incr", "cmd", "env", "numprocesses", "rm", "add"),
                        Arbitraries.integers().between(0, 2))
                .as(Deed::new)
                .list()
                .ofMaxSize(4);
    }

    @Property(tries = 100)
    void a_file_that_has_not_changed_is_nothing_to_do(
            @ForAll("files") List<String> file, @ForAll("deeds") List<Deed> deeds) {
        String[] lines = file.toArray(String[]::new);
        Scene scene = done(new Scene(folder, lines), each -> each.load(lines), deeds);
        Plan plan = scene.plan(lines);
        assertThat(plan.isEmpty()).as(plan.text()).isTrue();
    }

    @Property(tries = 200)
    void a_plan_that_was_carried_out_leaves_nothing_to_do(
            @ForAll("files") List<String> one, @ForAll("files") List<String> other, @ForAll("deeds") List<Deed> deeds) {
        String[] before = one.toArray(String[]::new);
        String[] after = other.toArray(String[]::new);
        Scene scene = done(new Scene(folder, before), each -> each.load(before), deeds);
        CircusConfig config = scene.load(after);
        Plan plan = scene.plan(config);
        scene.apply(plan, config);
        Plan next = scene.plan(config);
        assertThat(next.isEmpty()).as(() -> plan.text() + "\n" + next.text()).isTrue();
        assertThat(definitions(next)).as(plan::text).isEqualTo(definitions(plan));
    }

    private static Map<String, WatcherConfig> definitions(Plan plan) {
        Map<String, WatcherConfig> definitions = new TreeMap<>();
        plan.watchers().forEach(step -> step.config().ifPresent(config -> definitions.put(step.name(), config)));
        return definitions;
    }

    private static Scene done(Scene scene, Function<Scene, CircusConfig> file, List<Deed> deeds) {
        List<String> names = new ArrayList<>();
        file.apply(scene).watchers().forEach(watcher -> names.add(watcher.name()));
        for (Deed deed : deeds) {
            if (deed.kind().equals("add")) {
                String name = NAMES.get(deed.watcher());
                if (!names.contains(name)) {
                    names.add(name);
                    scene.added(name, "added", Map.of("numprocesses", 2L));
                }
            } else if (deed.watcher() < names.size()) {
                String name = names.get(deed.watcher());
                switch (deed.kind()) {
                    case "stop" -> scene.stopped(name);
                    case "incr" -> scene.resized(name, 7);
                    case "cmd" -> scene.set(name, "cmd", "set");
                    case "env" -> scene.set(name, "env", Map.of("B", "1"));
                    case "numprocesses" -> scene.set(name, "numprocesses", 5L).resized(name, 5);
                    default -> {
                        scene.removed(name);
                        names.remove(name);
                    }
                }
            }
        }
        return scene;
    }
}
