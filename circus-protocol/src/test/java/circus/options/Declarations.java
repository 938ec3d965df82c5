package circus.options;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** All declared options, as tests go through them. */
final class Declarations {
    static final List<Class<?>> HOLDERS =
            List.of(CircusOptions.class, WatcherOptions.class, SocketOptions.class, StreamOptions.class);

    private static final Map<Class<?>, List<Option<?>>> ALL = Map.of(
            CircusOptions.class, CircusOptions.ALL,
            WatcherOptions.class, WatcherOptions.ALL,
            SocketOptions.class, SocketOptions.ALL,
            StreamOptions.class, StreamOptions.ALL);

    private Declarations() {}

    static List<Option<?>> all(Class<?> holder) {
        return Objects.requireNonNull(ALL.get(holder));
    }

    /** The constants of type Option, whether or not they stand in ALL. */
    static List<Option<?>> constants(Class<?> holder) {
        List<Option<?>> options = new ArrayList<>();
        Arrays.stream(holder.getFields())
                .filter(field -> Modifier.isStatic(field.getModifiers()) && field.getType() == Option.class)
                .forEach(field -> options.add((Option<?>) value(field)));
        return options;
    }

    static Stream<Option<?>> everywhere() {
        return HOLDERS.stream().flatMap(holder -> all(holder).stream());
    }

    private static Object value(Field field) {
        try {
            return field.get(null);
        } catch (IllegalAccessException e) {
            throw new LinkageError("cannot read " + field, e);
        }
    }
}
