package circus.manager.recall;

import circus.manager.line.Layout;
import circus.manager.line.LogLine;
import circus.manager.output.LogStanding;
import circus.manager.output.OutputRoutes;
import java.nio.file.Path;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** The log files that stand behind what is remembered, at one instant of the output path. One thread. */
final class Logs {
    /** So much of all files together is looked at for one question. */
    private static final long BUDGET = 64L << 20;

    /** A line may tell its time in whole seconds. */
    private static final long COARSE_MICROS = 1_000_000;

    private final List<LogStanding> standing;
    private final TailQuestion question;
    private final Map<Integer, List<Speaker>> speakers;
    private final List<Recall.View> remembered;

    /** Those that older lines are read from. */
    private final Set<Path> covered = new HashSet<>();

    /** How far streams were remembered before it was asked what stands in the files. */
    private final Map<Voice, Long> before = new HashMap<>();

    Logs(Supplier<List<LogStanding>> logs, TailQuestion question, Recall recall) {
        recall.views(any -> true).forEach(view -> before.put(view.voice(), view.end()));
        List<LogStanding> standing = logs.get();
        this.remembered = recall.views(any -> true);
        this.speakers = recall.speakers().stream().collect(Collectors.groupingBy(Speaker::pid));
        this.standing =
                standing.stream().filter(each -> isWanted(each, question)).toList();
        this.question = question;
    }

    /** Whether anybody who is meant may have written there. */
    private static boolean isWanted(LogStanding log, TailQuestion question) {
        return log.sources().keySet().stream()
                .anyMatch(source -> (!question.stderrOnly() || source.channel() == Channel.ERR)
                        && question.selection().mayMean(source.watcher()));
    }

    /** How far a stream is written to a log, so that what follows is to come from elsewhere; -1 if it goes to none. */
    long written(Recall.View view) {
        OutputRoutes.Source source =
                new OutputRoutes.Source(view.speaker().watcher(), view.voice().channel());
        for (LogStanding log : standing) {
            if (!covered.contains(log.path())) {
                continue;
            }
            Long written = log.written().get(view.voice().text());
            if (written != null) {
                return written;
            }
            if (log.sources().containsKey(source)) {
                // Of who has said nothing since circusd was started, all that is remembered stands there.
                return view.ended() ? view.end() : before.getOrDefault(view.voice(), -1L);
            }
        }
        return -1;
    }

    /** From where the last so many lines begin, or those that are not too old; by the path of the log. */
    Map<Path, List<LogLane.Part>> begin(long lines, long sinceMicros) {
        Map<Path, List<LogLane.Part>> found = new LinkedHashMap<>();
        for (LogStanding log : standing) {
            List<LogLane.Part> whole = new ArrayList<>();
            String inode = LogLane.inode(log.path());
            long before = beforeRemembered(log, inode);
            whole.add(new LogLane.Part(log.path(), inode, 0, before < 0 ? log.length() : before));
            for (Path older : LogLane.siblings(log.path())) {
                whole.add(new LogLane.Part(
                        log.path(), LogLane.inode(older), 0, older.toFile().length()));
            }
            whole.removeIf(part -> part.inode().isEmpty());
            whole.subList(Math.min(whole.size(), LogLane.MOST_PARTS), whole.size())
                    .clear();
            List<LogLane.Part> last = lane(log, List.of()).last(whole, lines, sinceMicros, BUDGET / standing.size());
            if (!last.isEmpty()) {
                found.put(log.path(), last);
                if (before < 0) {
                    covered.add(log.path());
                }
            }
        }
        return found;
    }

    /**
     * Where the file ends that stood there before all that is remembered was written, or -1 if that is not known. What is remembered tells
     * more than the file: so where the whole lives of all who have written to it are remembered, and their bytes stand there as they
     * were said, the file is needed for what was before them only.
     */
    private long beforeRemembered(LogStanding log, String inode) {
        if (!log.sources().values().stream().allMatch(Layout.PLAIN::equals)) {
            return -1;
        }
        long written = 0;
        for (Recall.View view : remembered) {
            OutputRoutes.Source source = new OutputRoutes.Source(
                    view.speaker().watcher(), view.voice().channel());
            if (!log.sources().containsKey(source)) {
                continue;
            }
            Long own = log.written().get(view.voice().text());
            if (view.first() > 0 || (own == null && !view.ended())) {
                return -1;
            }
            written += own == null ? view.end() : own;
        }
        long before = log.length() - written;
        if (before <= 0) {
            return before == 0 ? 0 : -1;
        }
        byte[] last = LogLane.read(new LogLane.Part(log.path(), inode, 0, before), before - 1, 1);
        return last.length == 1 && last[0] == '\n' ? before : -1;
    }

    /** Reads on where somebody was; what is no log by now is left out. */
    List<LogLane> lanes(Map<Path, List<LogLane.Part>> parts) {
        List<LogLane> lanes = new ArrayList<>();
        for (LogStanding log : standing) {
            List<LogLane.Part> own = parts.getOrDefault(log.path(), List.of());
            if (!own.isEmpty()) {
                lanes.add(lane(log, own));
            }
        }
        return lanes;
    }

    /** The latest of those who had this pid, and lived then. */
    private @Nullable Speaker find(int pid, String watcher, long micros) {
        return speakers.getOrDefault(pid, List.of()).stream()
                .filter(speaker -> (watcher.isEmpty() || speaker.watcher().equals(watcher))
                        && (micros == 0 || micros + COARSE_MICROS >= speaker.startedMicros()))
                .max(Comparator.comparingLong(Speaker::startedMicros))
                .orElse(null);
    }

    private LogLane lane(LogStanding log, List<LogLane.Part> parts) {
        Layout layout = log.sources().values().iterator().next();
        Set<String> watchers = log.sources().keySet().stream()
                .map(OutputRoutes.Source::watcher)
                .collect(Collectors.toSet());
        Set<Channel> channels = log.sources().keySet().stream()
                .map(OutputRoutes.Source::channel)
                .collect(Collectors.toSet());
        String watcher = watchers.size() == 1 ? watchers.iterator().next() : "";
        String stream = channels.size() > 1 ? "" : channels.contains(Channel.ERR) ? "stderr" : "stdout";
        boolean all = question.selection().meansAll(watchers);
        Predicate<Utterance> chosen = line -> (all || question.selection().has(line.speaker()))
                && (!question.stderrOnly() || (line.isChannelKnown() && line.channel() == Channel.ERR));
        return new LogLane(
                new LogLine.Reader(layout, ZoneId.systemDefault()), this::find, watcher, stream, chosen, parts);
    }
}
