package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Papa's watch, as its clients speak it, where several of them meet. */
@Timeout(60)
class WatchTest {
    private final RunningKernel kernel;

    WatchTest() throws Exception {
        kernel = new RunningKernel();
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    @Test
    void a_watch_ends_when_somebody_else_has_dealt_with_the_last_of_its_processes() throws Exception {
        try (Person watcher = new Person(kernel.socket);
                Person remover = new Person(kernel.socket)) {
            remover.say("make process w /bin/sleep 0.2");
            remover.readTo("> ");
            watcher.say("watch processes w");
            assertThat(watcher.readTo("\n")).isEqualTo("Watching 1\n");
            remover.say("remove processes w");
            remover.readTo("> ");
            assertThat(watcher.readTo("> ")).isEqualTo("Nothing left to watch\n> ");
            watcher.say("get x");
            assertThat(watcher.readTo("> ")).isEqualTo("\n> ");
        }
    }

    private static void awaitEnd(Person person, String name) throws Exception {
        String listing = "";
        while (!listing.contains("running=False")) {
            LockSupport.parkNanos(5_000_000);
            listing = person.ask("list processes " + name);
        }
    }

    @Test
    void a_line_sent_early_acknowledges_the_batch_that_comes_after_it() throws Exception {
        try (Person person = new Person(kernel.socket)) {
            person.ask("make process e /bin/sh -c echo\\ one;sleep\\ .3;echo\\ two");
            person.say("watch processes e\n\n\n\n\n\nget x");
            // However the output came in batches, each is acknowledged, and what is left over is for the prompt.
            String all = person.readTo("Nothing left to watch\n> ");
            assertThat(all).contains(":4\none\n\n").contains(":4\ntwo\n\n").contains("closed:e:");
            person.say("get y");
            assertThat(person.readTo("\n> ")).doesNotContain("Error");
        }
    }

    @Test
    void the_end_is_told_with_a_time_after_all_output_that_was_read_after_it() throws Exception {
        try (Person person = new Person(kernel.socket)) {
            person.ask("make process late /bin/sh -c (sleep\\ 0.3;echo\\ late)&");
            awaitEnd(person, "late");
            person.say("watch processes late\n\n\n\n");
            String all = person.readTo("Nothing left to watch\n> ");
            assertThat(time(all, "closed")).isGreaterThanOrEqualTo(time(all, "out"));
        }
    }

    private static double time(String records, String kind) {
        return Double.parseDouble(records.split(kind + ":late:", 2)[1].split(":", 2)[0]);
    }

    @Test
    void a_q_is_heard_while_there_is_nothing_to_send() throws Exception {
        try (Person person = new Person(kernel.socket)) {
            person.ask("make process s /bin/sleep 30");
            person.say("watch processes s");
            assertThat(person.readTo("\n")).isEqualTo("Watching 1\n");
            person.say("q");
            assertThat(person.readTo("> ")).isEqualTo("Stopped watching\n> ");
        }
    }

    @Test
    void two_watchers_of_one_process_both_come_to_an_end() throws Exception {
        try (Person one = new Person(kernel.socket);
                Person other = new Person(kernel.socket)) {
            one.ask("make process d /bin/sh -c echo\\ 1;echo\\ 2\\ >&2");
            awaitEnd(one, "d");
            one.say("watch processes d");
            other.say("watch processes d");
            String first = one.readTo("] ");
            assertThat(first).contains("out:d:").contains("err:d:").contains("closed:d:");
            assertThat(other.readTo("] ")).isEqualTo(first);
            one.say("");
            assertThat(one.readTo("> ")).isEqualTo("Nothing left to watch\n> ");
            other.say("");
            assertThat(other.readTo("> ")).isEqualTo("Nothing left to watch\n> ");
            assertThat(one.ask("list processes")).isEqualTo("\n> ");
        }
    }

    @Test
    void an_acknowledgement_frees_what_was_delivered_and_nothing_that_came_since() throws Exception {
        try (Person one = new Person(kernel.socket);
                Person other = new Person(kernel.socket)) {
            one.ask("make process p /bin/sh -c echo\\ 1;sleep\\ .3;echo\\ 2;sleep\\ 30");
            one.say("watch processes p");
            assertThat(one.readTo("] ")).contains(":2\n1\n\n] ");
            while (!other.ask("stats p").contains(" out=0:4:0")) {
                LockSupport.parkNanos(5_000_000);
            }
            one.say("");
            assertThat(one.readTo("] ")).contains(":2\n2\n\n] ");
            assertThat(other.ask("stats p")).contains(" out=2:4:0");
        }
    }

    @Test
    void a_process_that_closes_its_stdout_is_heard_on_stderr_and_ends_with_its_own_code() throws Exception {
        try (Person person = new Person(kernel.socket)) {
            person.ask("make process c /bin/sh -c echo\\ a;exec\\ >&-;sleep\\ .1;echo\\ onerr\\ >&2;exit\\ 7");
            awaitEnd(person, "c");
            person.say("watch processes c");
            assertThat(person.readTo("] "))
                    .containsPattern("out:c:[0-9.]+:2\na\n\nerr:c:[0-9.]+:6\nonerr\n\nclosed:c:[0-9.]+:7\n] ");
        }
    }

    @Test
    void a_loss_with_nothing_behind_it_makes_no_empty_batch() throws Exception {
        try (Person one = new Person(kernel.socket);
                Person other = new Person(kernel.socket)) {
            one.ask("make process l /bin/sh -c echo\\ 1;sleep\\ 30");
            one.say("watch processes l");
            one.readTo("] ");
            other.say("watch processes l");
            other.readTo("] ");
            one.say("");
            other.say("q");
            assertThat(other.readTo("> ")).isEqualTo("Stopped watching\n> ");
            one.say("q");
            assertThat(one.readTo("> ")).isEqualTo("Stopped watching\n> ");
        }
    }

    @Test
    void a_watcher_that_vanishes_is_noticed_though_nothing_is_to_be_sent() throws Exception {
        try (Person person = new Person(kernel.socket)) {
            person.ask("make process v /bin/sleep 30");
            try (Person watcher = new Person(kernel.socket)) {
                watcher.say("watch processes v");
                watcher.readTo("\n");
                assertThat(person.ask("stats")).contains(" watches=1 ");
            }
            while (!person.ask("stats").contains(" watches=0 ")) {
                LockSupport.parkNanos(5_000_000);
            }
        }
    }
}
