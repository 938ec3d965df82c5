package circus.manager.output;

import circus.manager.line.LineShape;
import circus.manager.line.LossNotice;
import circus.manager.line.Speaker;
import circus.options.SyslogAddress;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.time.temporal.ChronoUnit;
import java.util.Locale;
import papa.wire.Frame.Channel;

/**
 * A message for each line: as RFC 5424 has it, with the time of its capture, for a remote syslog; for the local one just
 * its priority and text, and a line feed. What is said on stderr is an error, all else information. One thread at a time.
 */
final class SyslogLines implements LineShape {
    private static final DateTimeFormatter TIME =
            DateTimeFormatter.ofPattern("yyyy-MM-dd'T'HH:mm:ss.SSSSSS'Z'", Locale.US);
    private static final int ERROR = 3;
    private static final int INFORMATION = 6;
    private static final int LONGEST_NAME = 48;

    private final LineShape text;
    private final boolean isLocal;
    private final String priority;
    private final String names;

    /**
     * For one stream.
     *
     * @param text shapes what stands in the message
     * @param host the name of this machine
     */
    SyslogLines(OutputRoute.ToSyslog route, LineShape text, Speaker speaker, Channel channel, String host) {
        this.text = text;
        this.isLocal = route.address().transport() == SyslogAddress.Transport.LOCAL;
        this.priority = "<" + (route.facility() * 8 + (channel == Channel.OUT ? INFORMATION : ERROR)) + ">";
        this.names = " " + word(host) + " " + word(route.tag()) + " " + speaker.pid() + " "
                + (channel == Channel.OUT ? "stdout" : "stderr") + " - ";
    }

    /** What RFC 5424 allows in a name; one that is empty is a dash. */
    private static String word(String name) {
        String plain = name.replaceAll("[^!-~]", "_");
        return plain.isEmpty() ? "-" : plain.substring(0, Math.min(LONGEST_NAME, plain.length()));
    }

    private String head(long micros) {
        if (isLocal) {
            return priority;
        }
        Instant time = Instant.EPOCH.plus(micros, ChronoUnit.MICROS);
        return priority + "1 " + TIME.format(time.atOffset(ZoneOffset.UTC)) + names;
    }

    @Override
    public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
        byte[] head = head(micros).getBytes(StandardCharsets.US_ASCII);
        target.append(head, 0, head.length);
        boolean ends = source[to - 1] == '\n';
        int behind = ends ? to - 1 : to;
        if (behind > from) {
            text.shape(target, micros, source, from, behind, true);
        }
        if (isLocal) {
            target.append(new byte[] {'\n'}, 0, 1);
        }
    }

    @Override
    public boolean endsEveryPart() {
        return true;
    }

    @Override
    public String notice(long lost, long firstMicros, long lastMicros, ZoneId zone) {
        String line = LossNotice.text(lost, firstMicros, lastMicros, zone).stripTrailing();
        return head(lastMicros) + line + (isLocal ? "\n" : "");
    }
}
