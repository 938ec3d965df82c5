package circus.command;

import circus.message.CommandException;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What there is to know about a command before it is called: one of circusd's own ({@link CommandSpec}), or one that somebody has added
 * ({@link circus.command.spi.CommandDefinition}). Any thread.
 */
public interface CommandDeclaration {
    /** The name on the wire and on the command line. */
    String word();

    /** One line, without a full stop. */
    String summary();

    /** A paragraph for users; words in backquotes are literal. */
    String help();

    /** In the order in which they are checked and sent. */
    List<Parameter> parameters();

    /** Command lines. */
    List<String> examples();

    /** What circusctl says to too few or too many arguments. */
    String wrongCount();

    /** Whether circusctl drops arguments that it has no use for. */
    boolean ignoresExtraArguments();

    /** Whether it changes anything when it is asked for so: then the audit is told. */
    boolean changes(Map<String, @Nullable Object> properties);

    /** {@code circusctl incr NAME [NB] [--waiting]}. */
    default String usage() {
        StringBuilder usage = new StringBuilder("circusctl ").append(word());
        for (Parameter parameter : parameters()) {
            if (parameter.isOnCommandLine()) {
                usage.append(' ').append(parameter.usage());
            }
        }
        return usage.toString();
    }

    /**
     * Checks a request's properties: first whether all are there that have to be, then what they hold, both in the declared order.
     * Properties that the command does not declare are no error.
     */
    default PropertyValues check(Map<String, @Nullable Object> properties) throws CommandException {
        for (Parameter parameter : parameters()) {
            if (parameter.mandatory() && !properties.containsKey(parameter.property())) {
                throw CommandException.missing(parameter.property());
            }
        }
        for (Parameter parameter : parameters()) {
            if (properties.containsKey(parameter.property())) {
                parameter.type().check(parameter.property(), properties.get(parameter.property()));
            }
        }
        return new PropertyValues(this, properties);
    }

    /**
     * The declaration of one of its properties.
     *
     * @throws IllegalArgumentException if it has none of that name
     */
    default Parameter parameter(String property) {
        for (Parameter parameter : parameters()) {
            if (parameter.property().equals(property)) {
                return parameter;
            }
        }
        throw new IllegalArgumentException(word() + " has no property " + property);
    }
}
