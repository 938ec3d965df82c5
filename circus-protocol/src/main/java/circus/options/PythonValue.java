package circus.options;

import java.math.BigDecimal;
import org.jspecify.annotations.Nullable;

/** Scalar values as Python's {@code str} prints them. Pure functions; any thread. */
final class PythonValue {
    private PythonValue() {}

    static String text(@Nullable Object json) {
        if (json == null) {
            return "None";
        }
        if (json instanceof Boolean truth) {
            return truth ? "True" : "False";
        }
        return json instanceof Double number ? number(number) : json.toString();
    }

    /** Plain digits and always a fraction, as Python writes the sizes that a configuration holds; huge and tiny ones keep plain digits too. */
    private static String number(double number) {
        if (Double.isNaN(number) || Double.isInfinite(number)) {
            return Double.isNaN(number) ? "nan" : number > 0 ? "inf" : "-inf";
        }
        BigDecimal plain = new BigDecimal(Double.toString(number)).stripTrailingZeros();
        return (plain.scale() < 1 ? plain.setScale(1) : plain).toPlainString();
    }
}
