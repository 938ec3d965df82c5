package circus.manager.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class LoopQuestionTest {
    private static final Duration LONG = Duration.ofSeconds(50);

    private final LinkedBlockingQueue<Runnable> loop = new LinkedBlockingQueue<>();
    private boolean asked;

    private String question() {
        asked = true;
        return "answer";
    }

    @Test
    void is_answered_when_its_turn_comes() throws Exception {
        CompletableFuture<Void> turning = CompletableFuture.runAsync(() -> {
            try {
                loop.take().run();
            } catch (InterruptedException never) {
                throw new IllegalStateException(never);
            }
        });
        assertThat(LoopQuestion.ask(loop::add, this::question, LONG, () -> false))
                .isEqualTo("answer");
        turning.join();
    }

    @Test
    void one_that_was_given_up_is_never_looked_at() {
        assertThatThrownBy(() -> LoopQuestion.ask(loop::add, this::question, Duration.ofMillis(100), () -> false))
                .isInstanceOf(TimeoutException.class);
        loop.remove().run();
        assertThat(asked).isFalse();
    }

    @Test
    void is_given_up_at_once_where_it_makes_no_sense_any_more() {
        assertThatThrownBy(() -> LoopQuestion.ask(loop::add, this::question, LONG, () -> true))
                .isInstanceOf(TimeoutException.class);
        loop.remove().run();
        assertThat(asked).isFalse();
    }

    @Test
    void one_that_is_being_answered_is_waited_for() throws Exception {
        CountDownLatch begun = new CountDownLatch(1);
        CountDownLatch given = new CountDownLatch(1);
        String answer = LoopQuestion.ask(
                task -> new Thread(task).start(),
                () -> {
                    begun.countDown();
                    try {
                        given.await();
                    } catch (InterruptedException never) {
                        throw new IllegalStateException(never);
                    }
                    return question();
                },
                LONG,
                () -> {
                    boolean isLate = begun.getCount() == 0;
                    if (isLate) {
                        given.countDown();
                    }
                    return isLate;
                });
        assertThat(answer).isEqualTo("answer");
    }

    @Test
    void what_goes_wrong_is_told() {
        assertThatThrownBy(() -> LoopQuestion.ask(
                        Runnable::run,
                        () -> {
                            throw new IllegalStateException("why");
                        },
                        LONG,
                        () -> false))
                .isInstanceOf(ExecutionException.class)
                .hasMessageContaining("why");
    }
}
