package circus.manager.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import circus.manager.command.Upgrades.Wish;
import circus.manager.control.Access;
import circus.manager.control.CannotListenException;
import circus.manager.control.Endpoints;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A former circusd and one that comes, of which the test says every word. Its process does nothing. */
@Timeout(60)
class WatchTest {
    private final Ends ends = new Ends();
    private final AtomicInteger served = new AtomicInteger();
    private final ExecutorService loop = Executors.newSingleThreadExecutor();
    private final Process child;
    private final Endpoints endpoints;
    private final Progress progress = new Progress();
    private Watch watch;

    WatchTest() throws IOException, CannotListenException {
        child = new ProcessBuilder("sleep", "1000").start();
        endpoints = new Endpoints(
                "tcp://127.0.0.1:" + freePort(),
                "tcp://127.0.0.1:" + freePort(),
                Access.of(Optional.empty(), false, Optional.empty()));
        watch = watch(Duration.ofHours(1));
    }

    private Watch watch(Duration probation) {
        Wish wish = new Wish(false, Optional.empty(), Duration.ofSeconds(60), probation, false);
        Upgrade.Self self = new Upgrade.Self("test", Path.of("/nowhere"), List.of("", ""), List.of(), Map.of());
        Upgrade upgrade = new Upgrade(
                wish, new Installation(Path.of("/nowhere")), self, endpoints, progress, Runnable::run, Optional::empty);
        upgrade.meets(child, ends.wire);
        return new Watch(upgrade, endpoints, progress, served::incrementAndGet);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    @AfterEach
    void end() throws Exception {
        child.destroyForcibly();
        loop.shutdownNow();
        assertThat(loop.awaitTermination(30, TimeUnit.SECONDS)).isTrue();
        endpoints.close();
        ends.close();
    }

    private CompletableFuture<Watch.Result> run() {
        return CompletableFuture.supplyAsync(watch::run, loop);
    }

    private static Watch.Result result(CompletableFuture<Watch.Result> running) throws Exception {
        return running.get(30, TimeUnit.SECONDS);
    }

    @Test
    void what_goes_as_it_should_ends_with_the_former_one() throws Exception {
        watch = watch(Duration.ofMillis(100));
        CompletableFuture<Watch.Result> running = run();
        ends.await("yours");
        ends.await("ping");
        ends.say("pong");
        ends.say("serving");
        ends.await("confirmed");
        ends.say("done");
        assertThat(result(running).takesBack()).isFalse();
        assertThat(served).hasValue(1);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "{\"say\": \"reply\", \"number\": 1, \"body\": \"not Base64!\"}",
                "{\"say\": \"serving\"}",
                "{\"say\": \"done\"}",
                "no JSON at all",
                "{\"say\": \"reply\", \"body\": 7"
            })
    void nonsense_is_taken_back(String line) throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.say("serving");
        ends.await("relay");
        ends.send(line + "\n");
        Watch.Result result = result(running);
        assertThat(result.takesBack()).isTrue();
        assertThat(result.reason()).contains("has taken everything back");
        assertThat(child.isAlive()).isFalse();
    }

    @ParameterizedTest
    @ValueSource(strings = {"done", "ending"})
    void nobody_ends_who_has_not_begun(String word) throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.say(word);
        assertThat(result(running).takesBack()).isTrue();
        assertThat(served).hasValue(0);
    }

    @Test
    void words_without_end_do_not_keep_it_from_looking() throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.say("serving");
        Thread babbling = new Thread(() -> {
            String words = "{\"say\": \"nothing that is known\"}\n".repeat(1000);
            try {
                while (!running.isDone()) {
                    ends.send(words);
                }
            } catch (IOException over) {
                // As it has to come.
            }
        });
        babbling.start();
        Watch.Result result = result(running);
        assertThat(result.takesBack()).isTrue();
        assertThat(result.reason()).contains("has not answered");
        babbling.join();
    }

    @Test
    void who_has_ended_is_missed_also_where_another_has_its_connection() throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.say("serving");
        ends.await("relay");
        child.destroyForcibly();
        assertThat(result(running).reason()).contains("it ended with exit code 137");
    }

    @Test
    void an_end_that_is_wanted_before_it_serves_is_told_when_it_does() throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.await("yours");
        watch.signalled("TERM");
        watch.signalled("HUP");
        ends.say("serving");
        ends.await("\"HUP\"");
        assertThat(child.waitFor()).isEqualTo(128 + 15); // it knows nothing of signals
        ends.leave();
        assertThat(result(running).takesBack()).isTrue();
        assertThat(watch.unheard()).as("it ended otherwise than it was to").containsExactly("TERM");
    }

    @Test
    void an_end_that_is_wanted_is_for_who_takes_back() throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.await("yours");
        watch.signalled("TERM");
        watch.signalled("USR1");
        child.destroyForcibly();
        ends.leave();
        assertThat(result(running).takesBack()).isTrue();
        assertThat(watch.unheard()).containsExactly("TERM", "USR1");
    }

    @Test
    void an_end_that_both_come_to_is_not_taken_back() throws Exception {
        CompletableFuture<Watch.Result> running = run();
        ends.say("serving");
        ends.await("relay");
        ends.say("ending");
        child.destroyForcibly();
        ends.leave();
        assertThat(result(running).takesBack()).isFalse();
    }
}
