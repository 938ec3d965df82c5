package circus.manager.disk;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(20)
final class DiskCrewTest {
    private final CountDownLatch hang = new CountDownLatch(1);
    private final List<String> told = new ArrayList<>();
    private final DiskCrew crew = new DiskCrew(() -> {});

    @AfterEach
    void end() {
        hang.countDown();
        crew.close(Duration.ofSeconds(5));
    }

    private DiskTask<?> task(Object lane, String name, DiskTask.Work<String> work) {
        return new DiskTask<>(lane, work, new DiskTask.Completion<String>() {
            @Override
            public void done(String outcome) {
                told.add(outcome);
            }

            @Override
            public void failed(IOException reason) {
                told.add(name + ": " + reason.getMessage());
            }
        });
    }

    private DiskTask<?> quick(Object lane, String name) {
        return task(lane, name, () -> name);
    }

    private DiskTask<?> stuck(Object lane, String name) {
        return task(lane, name, () -> {
            try {
                hang.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            return name;
        });
    }

    private void await(String name) {
        while (!told.contains(name)) {
            crew.look(System.nanoTime());
            crew.takeDone().forEach(DiskTask::complete);
            Thread.onSpinWait();
        }
    }

    @Test
    void work_is_done_and_told_on_the_thread_that_asks() {
        crew.hand(List.of(
                quick("a", "one"),
                task("a", "two", () -> {
                    throw new IOException("no");
                }),
                task("a", "three", () -> {
                    throw new IllegalStateException("a bug");
                }),
                quick("a", "four")));
        String third = "three: a mistake of ours: java.lang.IllegalStateException: a bug";
        await("four");
        await(third);
        assertThat(told).containsExactlyInAnyOrder("one", "two: no", third, "four");
    }

    @Test
    void what_hangs_holds_up_nothing_else_of_its_list() {
        crew.hand(List.of(stuck("a", "stuck"), quick("b", "one"), stuck("a", "stuck too"), quick("a", "two")));
        await("one");
        await("two");
        assertThat(told).containsExactly("one", "two");
        hang.countDown();
        await("stuck");
        await("stuck too");
    }

    @Test
    void a_device_that_hangs_does_not_use_up_the_threads() {
        crew.hand(IntStream.range(0, 50)
                .<DiskTask<?>>mapToObj(i -> stuck("hung", "stuck " + i))
                .toList());
        crew.hand(List.of(quick("healthy", "well")));
        await("well");
        long threads = Thread.getAllStackTraces().keySet().stream()
                .filter(thread -> thread.getName().startsWith("circus-disk-"))
                .count();
        assertThat(threads).isLessThanOrEqualTo(16);
        hang.countDown();
        await("stuck 49");
    }

    @Test
    void an_end_does_not_wait_for_what_hangs() {
        crew.hand(List.of(stuck("a", "stuck")));
        crew.close(Duration.ofMillis(50));
        crew.takeDone().forEach(DiskTask::complete);
        assertThat(told).isEmpty();
    }
}
