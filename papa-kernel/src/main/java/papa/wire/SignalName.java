package papa.wire;

import java.util.Locale;
import java.util.Optional;

/** The signals of Linux by number and name (signal(7); the numbers of all machines but Alpha, SPARC, MIPS and PA-RISC). */
public enum SignalName {
    HUP(1),
    INT(2),
    QUIT(3),
    ILL(4),
    TRAP(5),
    ABRT(6),
    BUS(7),
    FPE(8),
    KILL(9),
    USR1(10),
    SEGV(11),
    USR2(12),
    PIPE(13),
    ALRM(14),
    TERM(15),
    STKFLT(16),
    CHLD(17),
    CONT(18),
    STOP(19),
    TSTP(20),
    TTIN(21),
    TTOU(22),
    URG(23),
    XCPU(24),
    XFSZ(25),
    VTALRM(26),
    PROF(27),
    WINCH(28),
    IO(29),
    PWR(30),
    SYS(31);

    /** The highest number; those from 32 on have no names. */
    public static final int HIGHEST = 64;

    private final int number;

    SignalName(int number) {
        this.number = number;
    }

    public int number() {
        return number;
    }

    /** The number that {@code TERM}, {@code SIGTERM} or {@code 15} means, in any case; 0 is no signal, only a question. */
    public static Optional<Integer> number(String word) {
        String upper = word.toUpperCase(Locale.ROOT);
        String name = upper.startsWith("SIG") ? upper.substring(3) : upper;
        for (SignalName each : values()) {
            if (each.name().equals(name)) {
                return Optional.of(each.number);
            }
        }
        boolean digits = !word.isEmpty() && word.length() <= 2 && word.chars().allMatch(c -> c >= '0' && c <= '9');
        return digits && Integer.parseInt(word) <= HIGHEST ? Optional.of(Integer.parseInt(word)) : Optional.empty();
    }

    /** {@code TERM}, or the number where there is no name. */
    public static String of(int number) {
        return number >= 1 && number <= values().length ? values()[number - 1].name() : Integer.toString(number);
    }
}
