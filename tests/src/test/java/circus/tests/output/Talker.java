package circus.tests.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.tests.harness.Home;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** One who says numbered lines, slowly enough for something to happen in the middle of it, and what his log has to hold. */
final class Talker {
    private static final Pattern LOSS = Pattern.compile("\\[circus] (\\d+) bytes lost .*\n?");

    private Talker() {}

    /** {@code perl SCRIPT COUNT [EVERY]}: rests for 10 ms after so many lines; when all is said there is a file SCRIPT.done. */
    static Path script(Home home) {
        return home.write("talk.pl", """
                my ($count, $every) = (@ARGV, 200);
                $| = 1;
                for my $n (1 .. $count) {
                    print "$n ", '.' x 90, "\\n";
                    select undef, undef, undef, 0.01 if $n % $every == 0;
                }
                print "the end\\n";
                open my $done, '>', "$0.done";
                close $done;
                sleep 1000;
                """);
    }

    /** All that he says. */
    static String said(int count) {
        StringBuilder said = new StringBuilder();
        for (int n = 1; n <= count; n++) {
            said.append(n).append(' ').append(".".repeat(90)).append('\n');
        }
        return said.append("the end\n").toString();
    }

    /** What is missing is told where it is missing, to the byte; everything else is there. Tells how many bytes that are. */
    static long lost(String log, String said) {
        int at = 0;
        long lost = 0;
        List<String> lines = new ArrayList<>();
        for (int from = 0; from < log.length(); ) {
            int end = log.indexOf('\n', from) + 1;
            end = end == 0 ? log.length() : end;
            lines.add(log.substring(from, end));
            from = end;
        }
        for (int i = 0; i < lines.size(); i++) {
            String line = lines.get(i);
            Matcher loss = LOSS.matcher(line);
            boolean isCut =
                    i + 1 < lines.size() && LOSS.matcher(lines.get(i + 1)).matches();
            if (loss.matches()) {
                lost += Long.parseLong(loss.group(1));
                at += Integer.parseInt(loss.group(1));
            } else if (said.startsWith(line, at)) {
                at += line.length();
            } else if (isCut && said.startsWith(line.strip(), at)) {
                at += line.length() - 1;
            } else {
                throw new AssertionError("line " + (i + 1) + " of the log is not what was said there: " + line);
            }
        }
        assertThat(at).as("where the log ends, in what was said").isEqualTo(said.length());
        return lost;
    }
}
