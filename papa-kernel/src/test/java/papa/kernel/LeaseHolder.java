package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/**
 * A process of its own that holds a lease: force ends it, which takes the longer the more memory it has. It does not end
 * with its connection: who waits for its end sees that it was killed. Its exit code tells nothing, since the kernel under
 * test reaps every child of this JVM, and where it comes before Java does, Java says 0.
 */
final class LeaseHolder {
    private LeaseHolder() {}

    static Process start(Path socket, String lease, int bytes) throws Exception {
        String program =
                "$x = 'x' x $ARGV[2]; use IO::Socket::UNIX; $s = IO::Socket::UNIX->new(Peer => $ARGV[0]) or die;"
                        + " print $s \"lease take $ARGV[1]\\n\"; while (<$s>) { print; STDOUT->flush; } sleep 100;";
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
