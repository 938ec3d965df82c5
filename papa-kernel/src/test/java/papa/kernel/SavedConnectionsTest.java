package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import papa.client.ReplyListener;

/** The lines about clients, with anything wrong in them: it is told, and nothing else comes of it. */
@Timeout(60)
class SavedConnectionsTest {
    private final RunningKernel kernel = new RunningKernel();
    private Person watching;
    private Person tailing;

    SavedConnectionsTest() throws Exception {}

    @BeforeEach
    void begin() throws Exception {
        RunningKernel.Client client = kernel.connect();
        client.call("lease", "take", "a");
        client.call("lease", "take", "b");
        long process = client.start("w", "echo one; sleep 1000");
        client.call("follow", "output", "w", "x*");
        client.until(() -> client.output(process).equals("one\n"));
        RunningKernel.Client framed = kernel.connect();
        framed.channel.request(List.of("tail", "w", "follow=1"), new ReplyListener() {
            @Override
            public void ok(String text) {}

            @Override
            public void failed(String reason) {}
        });
        framed.until(() -> framed.output(process).equals("one\n"));
        client.call("make", "socket", "a.s");
        client.call("knock", "a.s");
        watching = new Person(kernel.socket);
        watching.say("watch processes w");
        watching.readTo("] ");
        tailing = new Person(kernel.socket);
        tailing.say("tail w follow=1");
        tailing.readTo("one\n");
    }

    @AfterEach
    void end() throws Exception {
        kernel.close();
        watching.close();
        tailing.close();
    }

    @Test
    void what_is_right_is_restored() throws Exception {
        assertThat(kernel.complaintAbout(state -> state)).isEmpty();
        assertThat(kernel.complaintAbout(state -> state.replaceAll("\n(session|tail-stream) ", "\n$1 later=1 ")))
                .as("a key of a later version")
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = " => ",
            value = {
                "\\ndoor descriptor=\\d+ => \\ndoor descriptor=-1 => descriptor=-1 is no socket",
                "\\ndoor descriptor=\\d+ => \\ndoor descriptor=1 => descriptor=1 is one of the standard streams",
                "(\\nsession descriptor=)\\d+ => $1999999 => is not open",
                "(?s)(\\ndoor descriptor=)(\\d+)(.*?\\nsession descriptor=)\\d+ => $1$2$3$2 => belongs to something else already",
                "(\\n)(door .*) => $1$2$1door descriptor=99 => there is one already",
                "mode=FRAMED => mode=FRAME => mode=FRAME is not known",
                "pid=\\d+ uid=0 => pid=x uid=0 => pid=x is no number",
                "\\n(lease name=a .* holder=)\\d+ => \\n$14711 => there is no connection 4711",
                "\\n(lease name=a .* holder-process=)\\d+ => \\n$1-1 => it has a holder without a process",
                "\\nlease name=a => \\nlease name=b => there is one of this name already",
                "(\\nfollower session=)\\d+ => $14711 => there is no connection 4711",
                "(\\nfollower .*) => $1$1 => reads something already",
                "(\\nfollower-process .*) => $1$1 => its follower has that process already",
                "(\\nfollower-stream .*) => $1$1 => has the stream already",
                "(\\nfollower-process .* process=)1 => $12 => there is no process 2",
                "(\\nfollower-stream .* offset=)4 => $15 => offset=5 does not lie between 0 and 4",
                "(\\nwatch .*) => $1$1 => reads something already",
                "(\\nwatch-process .*) => $1$1 => its watch has that process already",
                "(\\nwatch-stream .*) => $1$1 => has the stream already",
                "(\\nwatch .*state=)\\w+ => $1SLEEPING => state=SLEEPING is not known",
                "(\\nwatch .*sending=)\\w+ => $1-1 => sending=-1 does not lie between 0",
                "(\\ntail .*) => $1$1 => reads something already",
                "(\\ntail-process .*) => $1$1 => its tail has that process already",
                "(\\ntail-stream .*) => $1$1 => has the stream already",
                "(\\ntail-process .*) searched=1 => $1 => has no such process",
                "(\\ntail .* tag=)\\w+ => $1A => tag=A is none that its connection could have sent",
                "(\\ntail .* tag=)\"\" => $1a => tag=a is none that its connection could have sent",
                "(\\ntail-stream .*channel=)OUT => $1UP => channel=UP is not known",
                "(\\nknock .*) => $1$1 => its connection waits for that already",
                "(\\nknock .* socket=).* => $1zork => there is no socket=zork to knock at",
                "\\nwatch .* => \\nunknown => watches nothing",
                "\\nfollower .* => \\nunknown => follows nothing",
            })
    void what_is_wrong_is_told(String pattern, String replacement, String told) throws Exception {
        String with = replacement.replace("\\n", "\n");
        assertThat(kernel.complaintAbout(state -> {
                    String changed = state.replaceFirst(pattern, with);
                    assertThat(changed).isNotEqualTo(state);
                    return changed;
                }))
                .contains("cannot read line ")
                .contains(told);
    }
}
