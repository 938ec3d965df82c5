package circus.manager.command;

import circus.command.CommandSpec;
import circus.command.Parameter;
import circus.command.PropertyValues;
import circus.manager.watcher.Behalf;
import circus.manager.watcher.Change;
import circus.manager.watcher.Order;
import circus.manager.watcher.Outcome;
import circus.message.CommandException;
import circus.message.PythonText;
import circus.message.Reply;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Function;

/** One request under way: what was asked, and the one answer to it. Runs on circus-loop only. */
public final class Call {
    private static final System.Logger LOG = System.getLogger(Call.class.getName());

    /** Of a request that may be half a mebibyte long. */
    private static final int MOST_WORDS = 200;

    private final Caller caller;
    private final CommandSpec spec;
    private final PropertyValues properties;
    private final boolean isPatient;
    private final Consumer<Reply> replyTo;
    private final Consumer<CommandException> givenUp;
    private boolean replied;
    private boolean atOnce;
    private long number;
    private Instant received = Instant.EPOCH;

    /** @param isPatient an operation in the way is waited for, where another caller would be refused */
    public Call(
            Caller caller, CommandSpec spec, PropertyValues properties, boolean isPatient, Consumer<Reply> replyTo) {
        this(caller, spec, properties, isPatient, replyTo, cause -> {});
    }

    /** @param givenUp told when the work fails of which the caller has been told already that it has begun */
    Call(
            Caller caller,
            CommandSpec spec,
            PropertyValues properties,
            boolean isPatient,
            Consumer<Reply> replyTo,
            Consumer<CommandException> givenUp) {
        this.caller = caller;
        this.spec = spec;
        this.properties = properties;
        this.isPatient = isPatient;
        this.replyTo = replyTo;
        this.givenUp = givenUp;
    }

    Caller caller() {
        return caller;
    }

    /** @param number of all the requests that this daemon has carried out */
    void begin(long number, Instant received) {
        this.number = number;
        this.received = received;
    }

    boolean hasBegun() {
        return number > 0;
    }

    CommandSpec spec() {
        return spec;
    }

    PropertyValues properties() {
        return properties;
    }

    /** Sends the answer; only the first one is sent. */
    void reply(Reply reply) {
        if (!replied) {
            replied = true;
            replyTo.accept(reply);
        }
    }

    /** The answer is wanted when the work is done, not when it has begun. */
    private boolean waiting() {
        return properties.isTrue("waiting");
    }

    /** An operation in the way is waited for, where another caller would be refused. */
    boolean patient() {
        return !atOnce && (isPatient || waiting());
    }

    /** What was looked at before must hold when it is carried out: it is not to wait for its turn. */
    void demandAtOnce() {
        atOnce = true;
    }

    /** The work has begun: answers now, unless the end of it is waited for. */
    void accepted() {
        if (!waiting()) {
            reply(Reply.ok());
        }
    }

    /**
     * For an operation on one watcher.
     *
     * @param whenDone the answer to who waits for the end of it
     */
    Order watcherOrder(Function<Change, Reply> whenDone) {
        return order(spec.watcherLock().orElse(spec.word()), whenDone);
    }

    /**
     * For an operation on several watchers, or the daemon.
     *
     * @param whenDone the answer to who waits for the end of it
     */
    Order arbiterOrder(Function<Change, Reply> whenDone) {
        return order(spec.arbiterLock().orElse(spec.word()), whenDone);
    }

    private Order order(String lock, Function<Change, Reply> whenDone) {
        return new Order(number, words(), caller.words(), received, lock, patient(), false, outcome(whenDone));
    }

    /** Who asks, for what is done to workers. */
    Behalf behalf() {
        return new Behalf(words(), caller.words());
    }

    /** The command as a person would write it, shortened: {@code set web numprocesses}. */
    private String words() {
        StringBuilder words = new StringBuilder(spec.word());
        for (Parameter parameter : spec.parameters()) {
            if (parameter.isPositional() && properties.isGiven(parameter.property())) {
                Object value = properties.raw(parameter.property());
                words.append(' ')
                        .append(
                                value instanceof Map<?, ?>
                                        ? String.join(
                                                " ",
                                                properties
                                                        .object(parameter.property())
                                                        .keySet())
                                        : PythonText.str(value));
            }
        }
        return words.length() <= MOST_WORDS ? words.toString() : words.substring(0, MOST_WORDS) + "…";
    }

    /** Answers when the work is done, if that is waited for; a failure that nobody hears of is logged. */
    Outcome outcome(Function<Change, Reply> whenDone) {
        return new Outcome() {
            @Override
            public void done(Change change) {
                reply(whenDone.apply(change));
            }

            @Override
            public void failed(CommandException cause) {
                if (replied) {
                    LOG.log(Level.WARNING, "{0} was given up: {1}", spec.word(), cause.reason());
                    givenUp.accept(cause);
                }
                reply(cause.reply());
            }
        };
    }
}
