package circus.manager.recall;

import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import papa.client.KernelChannel;
import papa.client.PapaException;
import papa.wire.Frame.Channel;
import papa.wire.Words;
import papa.wire.WordsException;

/**
 * Fetches from the kernel what the output path has not taken yet, as while a disk is full, over a connection of its own. It follows nothing,
 * so nobody is held back by it, and what it reads stays in the kernel. Any thread; one at a time.
 */
final class KernelCatchUp implements TailReader.CatchUp {
    private static final System.Logger LOG = System.getLogger(KernelCatchUp.class.getName());

    /** A kernel that is being upgraded answers later; then there is nothing to fetch, either. */
    private static final Duration LIMIT = Duration.ofSeconds(1);

    private final Path socket;
    private final String pattern;
    private final Recall recall;

    /** @param pattern {@code circus.ARB.*} */
    KernelCatchUp(Path socket, String pattern, Recall recall) {
        this.socket = socket;
        this.pattern = pattern;
        this.recall = recall;
    }

    @Override
    public synchronized boolean run() {
        // Closed each time: a kernel that is to end with the last client would wait for us.
        try (KernelChannel open = KernelChannel.open(socket, recall::frame)) {
            if (!open.hello().instance().equals(recall.instance())) {
                return false;
            }
            Map<Voice, Long> ends = ends(open.call(List.of("stats", pattern), LIMIT));
            boolean any = false;
            for (Map.Entry<Voice, Long> lagging : recall.lagging(ends).entrySet()) {
                Voice voice = lagging.getKey();
                open.call(
                        List.of(
                                "tail",
                                Long.toString(voice.incarnation()),
                                voice.channel().word(),
                                "offset=" + lagging.getValue()),
                        LIMIT);
                any = true;
            }
            return any;
        } catch (PapaException cannot) {
            LOG.log(Level.DEBUG, "cannot ask the kernel for what is not written yet", cannot);
            return false;
        }
    }

    /** From {@code stats}: where each stream ends by now. */
    private static Map<Voice, Long> ends(String list) throws PapaException {
        Map<Voice, Long> ends = new HashMap<>();
        for (String line : list.split("\n")) {
            long incarnation = -1;
            Map<Channel, Long> found = new HashMap<>();
            try {
                for (String raw : Words.splitQuoted(Words.utf8(line))) {
                    String word = Words.text(raw);
                    String value = word.substring(word.indexOf('=') + 1);
                    if (word.startsWith("incarnation=")) {
                        incarnation = Long.parseLong(value);
                    } else if (word.startsWith("out=")) {
                        found.put(Channel.OUT, Long.parseLong(value.split(":")[1]));
                    } else if (word.startsWith("err=")) {
                        found.put(Channel.ERR, Long.parseLong(value.split(":")[1]));
                    }
                }
            } catch (WordsException | RuntimeException strange) {
                throw new PapaException("cannot understand the kernel's stats: " + line);
            }
            long number = incarnation;
            found.forEach((channel, end) -> ends.put(new Voice(number, channel), end));
        }
        return ends;
    }
}
