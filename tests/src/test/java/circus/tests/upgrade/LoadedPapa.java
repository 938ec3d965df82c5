package circus.tests.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Footprint;
import circus.tests.harness.Home;
import circus.tests.harness.Installation;
import circus.tests.harness.Kernel;
import circus.tests.harness.PapaSession;
import circus.tests.harness.Pinger;
import circus.tests.workers.LoadWorker;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import papa.client.PapaException;

/**
 * One papa with everything around it that an upgrade could hurt: writers and their manager, a reader of a tail, a watch, clients that
 * ask. What is asserted here is the promise: nothing that happens to papa's program may show.
 */
final class LoadedPapa implements AutoCloseable {
    private static final Duration LIMIT = Duration.ofSeconds(30);
    private static final int WRITERS = 20;

    /** Its writers are not kept by the manager, but one is read by a tail, one by a watch, and one by nobody until the end. */
    private static final List<String> FREE = List.of("free.tailed", "free.watched", "free.silent");

    private final Kernel kernel;
    private final int port = Home.freePort();
    private final List<Long> gaps = new ArrayList<>();
    private final PapaSession session;
    private final Keeper keeper;
    private final Asker asker;
    private final TailReader tail;
    private final Watcher watch;
    private final Pinger pinger;
    private final Map<String, Integer> pids;
    private final String about;
    private final Footprint before;
    private Churn churn;
    private Churn.Counts counts = Churn.Counts.NONE;

    private LoadedPapa(Home home, Kernel kernel) throws PapaException {
        this.kernel = kernel;
        Path writer = home.resource("upgrade/writer.pl");
        session = kernel.session();
        session.ask("hello");
        keeper = Keeper.start(kernel.socket(), writer);
        startProcesses(writer);
        asker = Asker.start(kernel.socket(), "free.silent");
        tail = TailReader.start(kernel, "free.tailed");
        watch = Watcher.start(kernel, "free.watched");
        pinger = Pinger.start(kernel.socket());
        await("all run").atMost(LIMIT).until(() -> keeper.pids().size() == WRITERS + 2);
        pids = keeper.pids();
        // So that all code has run once, and whatever stays open is open.
        churn = Churn.start(kernel, keeper, port);
        before = calm();
        about = about();
        goOn();
    }

    /** Returns when everything is under way. */
    static LoadedPapa start(Home home, Kernel kernel) throws PapaException {
        return new LoadedPapa(home, kernel);
    }

    private void startProcesses(Path writer) {
        for (int i = 0; i < WRITERS; i++) {
            List<String> notes = List.of("annotate.slot=" + i, "annotate.text=\"two words\"");
            keeper.make(Keeper.writer(writer, "load.writer-" + i, notes, 20, 2, Keeper.LINE));
        }
        // More than a pipe takes, at once.
        keeper.make(Keeper.writer(writer, "load.long", List.of("bufsize=64k"), 50, 80, Keeper.LONG_LINE));
        demand("make socket web backlog=128 port=" + port);
        keeper.make(List.of(
                "make",
                "process",
                "load.web",
                "stdin=web",
                "--",
                Installation.java().toString(),
                "-XX:+UseSerialGC",
                "-XX:TieredStopAtLevel=1",
                "-Xmx16m",
                "-cp",
                Path.of("target", "test-classes").toAbsolutePath().toString(),
                LoadWorker.class.getName(),
                "web"));
        FREE.forEach(name -> demand(String.join(
                " ",
                Keeper.writer(
                        writer, name, List.of("bufsize=8m"), name.equals("free.silent") ? 200 : 25, 1, Keeper.LINE))));
    }

    private String demand(String line) {
        String answer = session.ask(line);
        if (answer.startsWith("Error")) {
            throw new AssertionError(line + ": " + answer);
        }
        return answer;
    }

    /** All that must stay as it is, in the kernel's words. */
    private String about() {
        String hello = session.ask("hello").replaceFirst(".*(?= instance=)", "").replaceFirst(" capabilities=.*", "");
        return hello + "\n" + session.ask("lease show") + "\n" + session.ask("list sockets") + "\n"
                + session.ask("list processes free.* load.writer-*").replaceAll(" (out|err)=\\S+", "");
    }

    /** Does something to papa, and looks whether anybody has noticed, but for the time that it took. */
    void during(Runnable upgrade) {
        long began = System.nanoTime();
        upgrade.run();
        gaps.add(Duration.ofNanos(pinger.longestNanos(began)).toMillis());
        check();
    }

    /** Returns when nothing comes and goes any more: what papa takes then. */
    Footprint calm() {
        counts = counts.and(churn.stop());
        check();
        return Footprint.of(kernel.daemon().pid());
    }

    /** After {@link #calm}. */
    void goOn() {
        churn = Churn.start(kernel, keeper, port);
    }

    /** Fails where somebody has noticed something. */
    void check() {
        assertThat(kernel.daemon().isAlive()).isTrue();
        churn.check();
        asker.check();
        tail.check();
        watch.check();
        pinger.check();
    }

    /** Ends the load and the workers, then looks at what is left. Tells how much there was to be noticed. */
    String nothingWasNoticed() throws PapaException {
        calm();
        assertThat(keeper.pids()).as("pids of the workers").isEqualTo(pids);
        await("papa holds what it held before").atMost(LIMIT).untilAsserted(() -> {
            Footprint after = Footprint.of(kernel.daemon().pid());
            // Fewer may be: what the first program was started with besides, or opened for once, has not been handed
            // on.
            assertThat(after.moreThan(before)).as("descriptors").isEmpty();
            assertThat(after.children()).isEqualTo(before.children());
            assertThat(after.moreThreadsThan(before)).as("threads").isEmpty();
        });
        assertThat(about()).isEqualTo(about);
        long asked = asker.stop() + pinger.asked();
        pinger.stop();
        keeper.end();
        FREE.forEach(name -> demand("signal " + name + " TERM"));
        await("all workers have ended").atMost(LIMIT).until(() -> {
            keeper.check();
            return keeper.living() == 0;
        });
        long exits = keeper.exits();
        long lines = keeper.stop() + tail.stop() + watch.stop() + silent();
        session.close();
        kernel.daemon().signal("TERM");
        assertThat(kernel.daemon().awaitExit(LIMIT)).isZero();
        List<Long> sorted = gaps.stream().sorted().toList();
        return gaps.size() + " times; a request waited "
                + (sorted.isEmpty()
                        ? 0
                        : sorted.get(sorted.size() / 2) + " ms in the median, " + sorted.get(sorted.size() - 1))
                + " ms at most; " + lines + " lines, "
                + exits + " exits, " + asked + " answers, " + counts.connections() + " connections, "
                + counts.requests() + " requests at the socket, the slowest in "
                + counts.slowestRequest().toMillis() + " ms";
    }

    /** Of the output that nobody has asked for until now: all of it is there. */
    private long silent() {
        await("it has ended")
                .atMost(LIMIT)
                .until(() -> session.ask("stats free.silent").contains("running=0"));
        NumberedStream numbers = new NumberedStream("free.silent out", Keeper.LINE, fault -> {
            throw new AssertionError(fault);
        });
        String text = session.ask("tail free.silent out offset=0");
        numbers.take(text.substring(0, text.lastIndexOf('\n') + 1));
        numbers.take(text.substring(text.lastIndexOf('\n') + 1) + "\n");
        assertThat(numbers.isComplete()).as("the total of free.silent").isTrue();
        return numbers.lines();
    }

    @Override
    public void close() {
        churn.close();
        keeper.close();
        asker.close();
        tail.close();
        watch.close();
        pinger.close();
    }
}
