package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** A process of its own that holds a lease: force ends it, which takes the longer the more memory it has. */
final class LeaseHolder {
    private LeaseHolder() {}

    static Process start(Path socket, String lease, int bytes) throws Exception {
        String program =
                "$x = 'x' x $ARGV[2]; use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die;"
                        + " print $s \"lease take $ARGV[1]\\n\"; while (<$s>) { print; STDOUT->flush; }";
        Process process = new ProcessBuilder("perl", "-e", program, socket.toString(), lease, "" + bytes)
                .redirectErrorStream(true)
                .start();
        BufferedReader reader =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.US_ASCII));
        assertThat(reader.readLine()).contains("Papa is home");
        assertThat(reader.readLine()).contains(lease + " epoch=").endsWith("pid=" + process.pid());
        return process;
    }
}
