package papa.wire;

import java.util.List;

/**
 * An option of {@code make}, declared once: what {@code make} takes, {@code help} tells and docs/papa.md lists. {@link
 * ProcessOption} and {@link SocketOption} hold them; one that stands in neither is not taken.
 */
public interface MakeOption {
    /** What a refusal says, after hello, of an option that is not declared: whoever asked knows a later version of the wire. */
    String UNKNOWN = "there is no such option";

    /**
     * What is declared of one.
     *
     * @param word as it is written before the {@code =}; a family of options ({@code env.X}) ends with a point
     * @param version of the wire; 0 is papa 1.0.6
     * @param form what stands behind the {@code =}, for people: {@code N}, {@code PATH}, {@code 0|1}
     * @param byDefault what holds when it is not given, in words; empty where there is nothing to say
     * @param help what it does, in a line
     */
    record Declaration(String word, int version, String form, String byDefault, String help) {}

    Declaration declaration();

    default String word() {
        return declaration().word();
    }

    default String form() {
        return declaration().form();
    }

    default String byDefault() {
        return declaration().byDefault();
    }

    default String help() {
        return declaration().help();
    }

    /** Whether papa 1.0.6 has it; the others need no {@code hello} either, but an older kernel refuses them. */
    default boolean isPapas() {
        return declaration().version() == 0;
    }

    /** Whether this stands for all options that begin with {@link #word}. */
    default boolean isFamily() {
        return word().endsWith(".");
    }

    /** How it is written, for people: {@code umask=OCTAL}, {@code env.X=VALUE}. */
    default String usage() {
        return word() + (isFamily() ? "X" : "") + "=" + form();
    }

    /** The options of what {@code make process} or {@code make socket} makes. */
    static List<MakeOption> of(String what) {
        return what.equals("process") ? List.of(ProcessOption.values()) : List.of(SocketOption.values());
    }
}
