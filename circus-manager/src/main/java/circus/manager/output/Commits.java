package circus.manager.output;

import circus.manager.failpoint.Failpoint;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import papa.client.ReplyListener;

/**
 * Puts together what is to be committed as one, and hears when it was. What belongs to one file never goes into two
 * commits. Runs on circus-output only.
 */
final class Commits {
    private static final Logger LOGGER = System.getLogger(Commits.class.getName());

    /** A commit is sent when its words have reached this many characters, so that its line stays short. */
    private static final int LONG_ENOUGH = 32 * 1024;

    private final KernelRequests kernel;
    private final Consumer<WorkerOutput> advanced;
    private final Consumer<String> refused;
    private List<String> words = new ArrayList<>();
    private int characters;
    private List<Map.Entry<LogFile, LogRecord>> records = new ArrayList<>();
    private List<Map.Entry<WorkerStream, Long>> offsets = new ArrayList<>();
    private int unanswered;

    /**
     * @param advanced hears which workers' output was committed
     * @param refused hears why the kernel does not take our commits any more
     */
    Commits(KernelRequests kernel, Consumer<WorkerOutput> advanced, Consumer<String> refused) {
        this.kernel = kernel;
        this.advanced = advanced;
        this.refused = refused;
    }

    /** Adds the operation that says how far a stream was brought. */
    static void offset(List<String> words, StreamId stream, long offset) {
        words.add(stream.channel().word());
        words.add(Long.toString(stream.incarnation()));
        words.add(Long.toString(offset));
    }

    /** Adds everything that is to be known about a file. */
    void add(String name, LogFile file) {
        file.takeMoved().forEach(this::addOffset);
        LogRecord record = file.record();
        String encoded = record.encode();
        file.formerName(name).ifPresent(former -> words.addAll(List.of("unset", former)));
        words.addAll(List.of("set", name, encoded));
        characters += name.length() + encoded.length();
        records.add(Map.entry(file, record));
        sendIfLong();
    }

    /** Adds a stream whose bytes have gone where nothing need be remembered. */
    void add(WorkerStream stream) {
        addOffset(stream);
        sendIfLong();
    }

    private void addOffset(WorkerStream stream) {
        int first = words.size();
        offset(words, stream.id(), stream.written());
        words.subList(first, words.size()).forEach(word -> characters += word.length() + 1);
        offsets.add(Map.entry(stream, stream.written()));
    }

    private void sendIfLong() {
        if (characters >= LONG_ENOUGH) {
            send();
        }
    }

    /** Sends what was added, if anything. */
    void send() {
        if (words.isEmpty()) {
            return;
        }
        List<String> request = new ArrayList<>(words.size() + 1);
        request.add("commit");
        request.addAll(words);
        Answer answer = new Answer(records, offsets);
        words = new ArrayList<>();
        characters = 0;
        records = new ArrayList<>();
        offsets = new ArrayList<>();
        unanswered++;
        Failpoint.BEFORE_COMMIT.pass();
        kernel.request(request, answer);
    }

    /** Sends what was put together by somebody else. */
    void send(List<String> request) {
        unanswered++;
        kernel.request(request, new Answer(List.of(), List.of()));
    }

    /** Whether the kernel has still to answer. */
    boolean isWaiting() {
        return unanswered > 0;
    }

    private final class Answer implements ReplyListener {
        private final List<Map.Entry<LogFile, LogRecord>> files;
        private final List<Map.Entry<WorkerStream, Long>> streams;

        Answer(List<Map.Entry<LogFile, LogRecord>> files, List<Map.Entry<WorkerStream, Long>> streams) {
            this.files = files;
            this.streams = streams;
        }

        @Override
        public void ok(String text) {
            Failpoint.COMMITTED.pass();
            unanswered--;
            files.forEach(each -> each.getKey().acknowledge(each.getValue()));
            for (Map.Entry<WorkerStream, Long> each : streams) {
                each.getKey().committed(each.getValue());
                advanced.accept(each.getKey().worker());
            }
        }

        @Override
        public void failed(String reason) {
            unanswered--;
            LOGGER.log(Level.DEBUG, "the kernel refused a commit: {0}", reason);
            refused.accept(reason);
        }
    }
}
