package papa.kernel;

import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** After hello, an option that cannot be taken is told by a sentence with its name and its value. */
@Timeout(60)
class OptionErrorsTest {
    private final RunningKernel kernel = new RunningKernel();

    OptionErrorsTest() throws Exception {}

    @AfterEach
    void end() throws Exception {
        kernel.close();
    }

    private void refused(String request, String why) throws Exception {
        List<String> words = new ArrayList<>(Arrays.asList(request.split(" ")));
        RunningKernel.Client client = kernel.connect();
        assertThatThrownBy(() -> client.channel.call(words, RunningKernel.LIMIT))
                .hasMessageContaining(why);
    }

    @Test
    void of_a_socket() throws Exception {
        refused("make socket s family=x", "cannot take family=x: inet, inet6 or unix is wanted");
        refused(
                "make socket s type=x",
                "cannot make socket s: type x is unknown: take stream, dgram, seqpacket or raw");
        refused("make socket s port=x", "cannot take port=x: a whole number is wanted");
        refused("make socket s frob=1", "cannot make a socket with frob=: there is no such option (help make socket)");
    }

    @Test
    void of_a_process() throws Exception {
        refused("make process p bufsize=zz -- /bin/true", "cannot take bufsize=zz: bytes are wanted");
        refused("make process p bufsize=9999g -- /bin/true", "cannot take bufsize=9999g: bytes are wanted");
        refused("make process p umask=512 -- /bin/true", "cannot take umask=512: not between 0 and 511 (0777)");
        refused("make process p frob=1 -- /bin/true", "cannot make a process with frob=: there is no such option");
    }

    @Test
    void names_to_follow_are_few_since_they_are_kept() throws Exception {
        String names = " a*".repeat(256);
        kernel.connect().channel.call(List.of(("follow output" + names).split(" ")), RunningKernel.LIMIT);
        refused("follow output" + names + " a*", "cannot follow 257 names: 256 are the most");
        refused("follow output " + "n".repeat(1025), "cannot take a name of 1025 bytes");
    }
}
