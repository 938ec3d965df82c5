package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import circus.hook.HookPoint;
import circus.manager.config.WatcherConfig;
import circus.manager.hook.HookAnswer;
import circus.manager.kernel.Exit;
import circus.manager.watcher.FakeKernel.Temper;
import circus.manager.watcher.Operation.Kind;
import circus.message.Event;
import circus.message.EventKind;
import circus.options.OptionValues;
import circus.options.WatcherOptions;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;

/**
 * Whatever is asked, whatever dies and whatever fails, in any order and with the manager dying in between: never more workers than wanted,
 * every end told once, every operation answered once, and in the end what was asked for is there.
 */
class WatcherPropertiesTest {
    /** One thing that may happen. */
    sealed interface Action {}

    record Ask(Kind kind) implements Action {}

    record Resize(int amount) implements Action {}

    record Death(int which, int code, int leftovers) implements Action {}

    /** The command kill, for all or one. */
    record Killed(int pid, int signum, double seconds) implements Action {}

    record SpawnsFail(boolean fail) implements Action {}

    record NextAre(Temper temper) implements Action {}

    /** The kernel answers so many requests. */
    record Answers(int count) implements Action {}

    record Pass(double seconds) implements Action {}

    record Settle() implements Action {}

    /** Hooks do not answer any more, until they do again. */
    record HooksHang(boolean hang) implements Action {}

    /** Somebody connects to a socket. */
    record Connect() implements Action {}

    record ManagerDies(boolean otherConfiguration) implements Action {}

    @Provide
    Arbitrary<List<Action>> actions() {
        Arbitrary<Action> ask = Arbitraries.of(Kind.START, Kind.STOP, Kind.RESTART, Kind.RELOAD, Kind.RELOAD_IN_TURN)
                .map(Ask::new);
        Arbitrary<Action> resize = Arbitraries.integers().between(-3, 3).map(Resize::new);
        Arbitrary<Action> death = Combinators.combine(
                        Arbitraries.integers().between(0, 9), Arbitraries.of(0, 1, -9, -11), Arbitraries.of(0, 0, 0, 2))
                .as(Death::new);
        Arbitrary<Action> killed = Combinators.combine(
                        Arbitraries.of(0, 0, 1001, 1002, 1004),
                        Arbitraries.of(15, 9),
                        Arbitraries.of(-1.0, 0.0, 0.5, 30.0))
                .as(Killed::new);
        Arbitrary<Action> others = Arbitraries.of(
                new SpawnsFail(true),
                new SpawnsFail(false),
                new NextAre(Temper.OBEDIENT),
                new NextAre(Temper.STUBBORN),
                new Answers(1),
                new Answers(2),
                new Settle(),
                new HooksHang(true),
                new HooksHang(false),
                new Connect(),
                new Connect(),
                new ManagerDies(false),
                new ManagerDies(true));
        Arbitrary<Action> pass = Arbitraries.of(0.01, 0.5, 1.0, 2.5, 40.0).map(Pass::new);
        return Arbitraries.oneOf(ask, resize, death, death, killed, others, pass)
                .list()
                .ofMaxSize(40);
    }

    @Provide
    Arbitrary<OptionValues> options() {
        return Combinators.combine(plainOptions(), Arbitraries.of(false, false, true))
                .as((options, onDemand) -> options.with(WatcherOptions.ON_DEMAND, onDemand));
    }

    private static Arbitrary<OptionValues> plainOptions() {
        return Combinators.combine(
                        Arbitraries.integers().between(0, 4),
                        Arbitraries.of(0.0, 0.0, 0.7),
                        Arbitraries.of(true, true, false),
                        Arbitraries.of(5, 1, -1),
                        Arbitraries.of(0.0, 2.0),
                        Arbitraries.of(true, false),
                        Arbitraries.of(0, 0, 60),
                        Arbitraries.of(false, true))
                .as((count, warmup, respawn, retries, grace, autostart, age, children) -> Stage.options(
                                WatcherOptions.CMD, "serve $(circus.sockets.web) 100")
                        .with(WatcherOptions.NUMPROCESSES, count)
                        .with(WatcherOptions.WARMUP_DELAY, warmup)
                        .with(WatcherOptions.RESPAWN, respawn)
                        .with(WatcherOptions.MAX_RETRY, retries)
                        .with(WatcherOptions.GRACEFUL_TIMEOUT, grace)
                        .with(WatcherOptions.AUTOSTART, autostart)
                        .with(WatcherOptions.MAX_AGE, age)
                        .with(WatcherOptions.MAX_AGE_VARIANCE, 3)
                        .with(WatcherOptions.STOP_CHILDREN, children)
                        .with(WatcherOptions.BACKOFF, children ? 0.4 : 0)
                        .with(WatcherOptions.BACKOFF_MAX, 2.0));
    }

    @Property(tries = 2000)
    void every_story_ends_well(@ForAll("options") OptionValues options, @ForAll("actions") List<Action> actions) {
        Story story = new Story(Stage.config("web", options));
        actions.forEach(story::tell);
        story.checkTheEnd();
    }

    @Property(tries = 2000)
    void every_story_with_hooks_ends_well(
            @ForAll("options") OptionValues options,
            @ForAll("actions") List<Action> actions,
            @ForAll Set<HookPoint> hooked,
            @ForAll long seed) {
        List<String> points = hooked.stream().map(HookPoint::word).toList();
        Story story = new Story(Stage.hooked(options, points.toArray(String[]::new)));
        story.hooksDecide(new Random(seed));
        actions.forEach(story::tell);
        story.checkTheEnd();
    }

    /** A watcher, what happens to it, and what has to hold all the time. */
    private static final class Story {
        private final Stage stage = new Stage();
        private final Set<Integer> spawned = new HashSet<>();
        private final Map<Integer, Integer> exits = new HashMap<>();
        private List<Stage.Heard> heard = new ArrayList<>();
        private WatcherConfig config;
        private Watcher watcher;

        Story(WatcherConfig config) {
            this.config = config;
            stage.sockets.put("web", new SocketPlace(64, "127.0.0.1:80"));
            watcher = stage.watcher(config);
        }

        /** True mostly, sometimes false or an error. */
        void hooksDecide(Random random) {
            for (HookPoint point : HookPoint.values()) {
                stage.hooks.answers(point, task -> {
                    int lot = random.nextInt(20);
                    return lot == 0 ? HookAnswer.failed("boom") : HookAnswer.of(lot > 2);
                });
            }
        }

        void tell(Action action) {
            if (action instanceof Ask ask) {
                heard.add(stage.ask(watcher, ask.kind()));
            } else if (action instanceof Resize resize) {
                heard.add(stage.resize(watcher, resize.amount()));
            } else if (action instanceof Death death) {
                kill(death);
            } else if (action instanceof Killed killed) {
                heard.add(stage.kill(watcher, killed.pid(), killed.signum(), killed.seconds()));
            } else if (action instanceof SpawnsFail spawns) {
                stage.kernel.failAlways = spawns.fail();
            } else if (action instanceof NextAre next) {
                stage.kernel.temper = next.temper();
            } else if (action instanceof Answers answers) {
                stage.stepChanged();
                for (int i = 0; i < answers.count() && stage.kernel.waiting() > 0; i++) {
                    stage.kernel.answerOne();
                }
            } else if (action instanceof Pass pass) {
                stage.pass(pass.seconds());
            } else if (action instanceof HooksHang hooks) {
                stage.hooks.silent.clear();
                if (hooks.hang()) {
                    stage.hooks.silent.addAll(EnumSet.allOf(HookPoint.class));
                }
            } else if (action instanceof Connect) {
                stage.kernel.connect("web");
            } else if (action instanceof Settle) {
                stage.settle();
            } else if (action instanceof ManagerDies death) {
                replaceManager(death.otherConfiguration());
            }
            check();
        }

        private void kill(Death death) {
            List<Long> running = List.copyOf(stage.kernel.running.keySet());
            if (!running.isEmpty()) {
                long victim = running.get(death.which() % running.size());
                stage.kernel.child(victim).leftovers = death.leftovers();
                stage.kernel.child(victim).stubbornLeftovers = death.code() == 1;
                stage.kernel.end(victim, death.code());
            }
        }

        /** What it was asked and had not finished is answered by nobody. */
        private void replaceManager(boolean otherConfiguration) {
            check();
            heard = new ArrayList<>();
            stage.forget();
            stage.kernel.managerDied();
            if (otherConfiguration) {
                config = config.with(WatcherOptions.CMD, config.options().get(WatcherOptions.CMD) + "0");
            }
            watcher = stage.watcher(config);
            stage.kernel.running.forEach((incarnation, child) -> watcher.adopt(
                    Integer.parseInt(child.spec.annotations().getOrDefault("wid", "0")),
                    child.launched,
                    child.spec.annotations().getOrDefault("digest", ""),
                    0,
                    Notice.parse(child.notes.get(Notice.KEY))));
            List.copyOf(stage.kernel.ended.values())
                    .forEach(ended -> watcher.adoptEnded(
                            1,
                            ended.child().launched,
                            asItIs(ended.exit()),
                            Notice.parse(ended.child().notes.get(Notice.KEY))));
            stage.kernel.lingering.forEach((incarnation, child) -> {
                if (!stage.kernel.ended.containsKey(incarnation)) {
                    watcher.adoptLeftovers(1, child.launched);
                }
            });
            Resumption resumption = watcher.resume(Optional.ofNullable(stage.kernel.values.get("watcher.web"))
                    .flatMap(RunState::fromJson)
                    .orElse(RunState.NOTHING));
            if (resumption.action() == Resumption.Action.START) {
                stage.ask(watcher, Kind.START);
            }
            // As a daemon does, before it hears anything of the kernel.
            stage.stepChanged();
        }

        /** What it has left behind may have ended, too. */
        private Exit asItIs(Exit exit) {
            return stage.kernel.lingering.containsKey(exit.incarnation())
                    ? exit
                    : new Exit(exit.incarnation(), exit.code(), exit.time(), 0);
        }

        private void check() {
            for (Event event : stage.events) {
                Integer pid = (Integer) event.payload().get("process_pid");
                if (pid != null && event.kind() == EventKind.SPAWN) {
                    assertThat(spawned.add(pid)).as("second spawn of %d", pid).isTrue();
                } else if (pid != null && event.kind() == EventKind.EXIT) {
                    exits.merge(pid, 1, Integer::sum);
                }
            }
            stage.events.clear();
            assertThat(exits.values()).as("ends told").allMatch(count -> count == 1);
            assertThat(heard).allMatch(each -> each.replies <= 1);
            assertThat(notAskedToStop()).as("workers that may go on").isLessThanOrEqualTo(allowed());
        }

        private long notAskedToStop() {
            return stage.kernel.running.keySet().stream()
                    .filter(incarnation ->
                            stage.kernel.signals.stream().noneMatch(signal -> signal.startsWith(incarnation + " ")))
                    .count();
        }

        /** A decr that waits for its turn, or a new manager before its first step, has yet to take effect. */
        private long allowed() {
            return Math.max(watcher.target(), watcher.processes().size());
        }

        private boolean isComplete() {
            return watcher.isQuiet()
                    && (!respawns()
                            || watcher.status() == WatcherStatus.STOPPED
                            || stage.kernel.running.size() == watcher.target());
        }

        private boolean isOnDemand() {
            return config.options().get(WatcherOptions.ON_DEMAND);
        }

        private boolean respawns() {
            return config.options().get(WatcherOptions.RESPAWN) && !isOnDemand();
        }

        /** Whatever it has been through: with a start, the next connection is served. */
        private void checkDemand() {
            stage.ask(watcher, Kind.START);
            stage.settle();
            stage.kernel.connect("web");
            stage.settle();
            // With a warm-up, many workers take their time.
            for (int i = 0; i < 1_000 && watcher.status() == WatcherStatus.STARTING; i++) {
                stage.pass(0.1);
            }
            boolean wanted = watcher.target() > 0;
            assertThat(watcher.status() == WatcherStatus.ACTIVE || !wanted)
                    .as("active")
                    .isTrue();
            assertThat(stage.kernel.running.isEmpty()).isEqualTo(!wanted);
        }

        void checkTheEnd() {
            stage.kernel.failAlways = false;
            stage.hooks.silent.clear();
            for (HookPoint point : HookPoint.values()) {
                stage.hooks.returns(point, true);
            }
            stage.pass(1_000);
            // Somebody may just be too old.
            for (int i = 0; i < 200 && !isComplete(); i++) {
                stage.pass(0.3);
            }
            check();
            assertThat(heard).as("answers").allMatch(each -> each.replies == 1);
            assertThat(stage.kernel.notTaken).isEmpty();
            assertThat(stage.kernel.lingering).isEmpty();
            boolean respawn = respawns();
            if (watcher.status() == WatcherStatus.ACTIVE) {
                int running = stage.kernel.running.size();
                assertThat(running).isLessThanOrEqualTo(watcher.target());
                assertThat(respawn ? running : watcher.target()).isEqualTo(watcher.target());
                assertThat(watcher.isQuiet()).isTrue();
            } else {
                assertThat(watcher.status()).isEqualTo(WatcherStatus.STOPPED);
                assertThat(stage.kernel.running).isEmpty();
            }
            if (isOnDemand()) {
                checkDemand();
            }
            watcher.quit();
            stage.pass(1_000);
            check();
            assertThat(watcher.isQuiet()).isTrue();
            assertThat(watcher.processes()).isEmpty();
            assertThat(stage.kernel.running).isEmpty();
            assertThat(exits.keySet()).containsAll(spawned);
            assertThat(stage.kernel.values).isEmpty();
        }
    }
}
