package papa.upgrade;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import papa.request.Refusal;

class ProofTest {
    private static final Proof PROOF = new Proof(
            "0.2.0",
            new Program(
                    "/opt/my jdk/bin/java",
                    List.of("papa", "", "a b", "-Dx=\"y\"", "line\nline", "\u00e4=\u00ff"),
                    List.of("PATH=/bin", "EMPTY=", "X=a=b c\\", "NO_SIGN")));

    @Test
    void what_is_said_is_heard_among_all_else_that_a_java_says() throws Exception {
        assertThat(Proof.hear(PROOF.say())).isEqualTo(PROOF);
        assertThat(Proof.hear("warning: whatever\n" + PROOF.say() + "\nand more"))
                .isEqualTo(PROOF);
        assertThat(Proof.hear(PROOF.say().replace(" end=1", " later=thing end=1")))
                .isEqualTo(PROOF);
    }

    @Test
    void half_of_it_is_nothing() {
        String said = PROOF.say().strip();
        for (int length = 0; length < said.length(); length++) {
            String part = said.substring(0, length);
            assertThatThrownBy(() -> Proof.hear(part)).as(part).isInstanceOf(Refusal.class);
        }
    }
}
