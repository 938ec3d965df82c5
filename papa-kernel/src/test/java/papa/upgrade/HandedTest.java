package papa.upgrade;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

class HandedTest {
    private static final List<String> JAVA = List.of("papa", "-Xrs", "-cp", "x.jar", "papa.kernel.Papa");
    private static final List<String> OWN = List.of("--debug", "--init", "--", "run", "--resume", "5", "--failed", "x");

    private static List<String> all(List<String> first, String... more) {
        return Stream.of(first.stream(), Arrays.stream(more), OWN.stream())
                .flatMap(each -> each)
                .toList();
    }

    @Test
    void words_that_a_person_gave_are_never_taken_for_those_of_a_kernel() {
        assertThat(Handed.of(OWN)).isEqualTo(new Handed(-1, false, "", OWN));
        assertThat(Handed.of(List.of())).isEqualTo(new Handed(-1, false, "", List.of()));
        assertThat(Handed.of(List.of("--prove"))).isEqualTo(new Handed(-1, false, "", List.of("--prove")));
        assertThat(Handed.of(List.of("--prove", "x")).isNothing()).isTrue();
        assertThat(Handed.of(List.of("--prove", "99999999999")).isNothing()).isTrue();
    }

    @Test
    void what_is_handed_stands_first() {
        assertThat(Handed.of(all(List.of(), "--prove", "7"))).isEqualTo(new Handed(7, true, "", OWN));
        assertThat(Handed.of(all(List.of(), "--resume", "8"))).isEqualTo(new Handed(8, false, "", OWN));
        assertThat(Handed.of(all(List.of(), "--resume", "8", "--failed", "why so")))
                .isEqualTo(new Handed(8, false, "why so", OWN));
    }

    @Test
    void it_never_grows_from_one_program_to_the_next() {
        List<String> shown = all(JAVA, "--prove", "7");
        List<String> resumed = Handed.resume(shown, 8);
        assertThat(resumed).isEqualTo(all(JAVA, "--resume", "8"));

        List<String> again = Handed.again(resumed, OWN.size() + 2);
        assertThat(again).isEqualTo(all(JAVA, "--resume", "0"));
        assertThat(Handed.again(all(JAVA), OWN.size())).isEqualTo(again);

        List<String> back = Handed.goOn(again, 9, "why so");
        assertThat(back).isEqualTo(all(JAVA, "--resume", "9", "--failed", "why so"));
        assertThat(Handed.again(back, OWN.size() + 4)).isEqualTo(again);
        assertThat(Handed.prove("/home/bin/papa", back.subList(JAVA.size(), back.size()), 3))
                .isEqualTo(all(List.of("/home/bin/papa"), "--prove", "3"));
    }

    /** A word of 128 KiB is too long for any program, and one ends at its first NUL. */
    @Test
    void a_reason_is_one_that_a_program_can_be_given() {
        List<String> back = Handed.goOn(all(JAVA, "--resume", "0"), 9, "why\0so " + "x".repeat(200_000));
        String told = back.get(back.indexOf("--failed") + 1);
        assertThat(told).startsWith("why so x").hasSize(4000);
    }
}
