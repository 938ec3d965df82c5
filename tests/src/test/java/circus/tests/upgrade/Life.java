package circus.tests.upgrade;

import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame;

/** One process as its follower sees it: where its streams are, what is committed of them, and its end. One thread uses it. */
final class Life {
    private final Frame.Announced announced;
    private final Consumer<String> faults;
    private final Stream out;
    private final Stream err;
    private long lastMicros;
    private @Nullable Integer code;
    private boolean ended;
    private boolean exitCommitted;

    /** @param length of the lines of its {@code writer.pl}; 0 for another program, of which only the places are looked at */
    Life(Frame.Announced announced, int length, Consumer<String> faults) {
        this.announced = announced;
        this.faults = faults;
        out = new Stream("out", length);
        err = new Stream("err", length);
    }

    private final class Stream {
        private final String word;
        private final @Nullable NumberedStream numbers;
        private long end;
        private long committed;

        Stream(String word, int length) {
            this.word = word;
            numbers = length == 0 ? null : new NumberedStream(announced.name() + " " + word, length, faults);
        }

        void take(Frame.Data data) {
            if (data.offset() != end) {
                faults.accept(name() + " " + word + ": at " + end + " comes what is at " + data.offset());
            }
            end += data.bytes().remaining();
            if (numbers != null) {
                numbers.take(data.bytes());
            }
        }

        void commit(List<String> words) {
            if (committed < end) {
                words.addAll(List.of(word, Long.toString(incarnation()), Long.toString(end)));
                committed = end;
            }
        }
    }

    String name() {
        return announced.name();
    }

    long incarnation() {
        return announced.incarnation();
    }

    int pid() {
        return announced.pid();
    }

    void take(Frame.Data data) {
        if (ended) {
            faults.accept(name() + ": output after its end");
        }
        if (data.timeMicros() < lastMicros) {
            faults.accept(name() + ": captured at " + data.timeMicros() + ", after what was captured at " + lastMicros);
        }
        lastMicros = data.timeMicros();
        (data.channel() == Frame.Channel.OUT ? out : err).take(data);
    }

    void exited(Frame.Exit exit) {
        if (code != null) {
            faults.accept(name() + ": its exit is told twice, with " + code + " and with " + exit.code());
        }
        code = exit.code();
    }

    void ended() {
        if (ended) {
            faults.accept(name() + ": its end is told twice");
        }
        ended = true;
        for (Stream each : List.of(out, err)) {
            if (each.numbers != null && !each.numbers.isComplete()) {
                faults.accept(name() + " " + each.word + ": its end comes after line " + each.numbers.lines()
                        + ", without the total");
            }
        }
    }

    @Nullable
    Integer code() {
        return code;
    }

    /** What is to be committed now, as words of {@code commit}; it counts as committed from then on. */
    List<String> toCommit() {
        List<String> words = new ArrayList<>();
        out.commit(words);
        err.commit(words);
        if (ended && code != null && !exitCommitted) {
            words.addAll(List.of("exit", Long.toString(incarnation())));
            exitCommitted = true;
        }
        return words;
    }

    /** Whether all of it, and its exit, has been asked to be forgotten. */
    boolean isOver() {
        return exitCommitted;
    }

    long lines() {
        return (out.numbers == null ? 0 : out.numbers.lines()) + (err.numbers == null ? 0 : err.numbers.lines());
    }
}
