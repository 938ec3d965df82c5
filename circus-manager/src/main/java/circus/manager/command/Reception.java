package circus.manager.command;

import circus.command.CommandDeclaration;
import circus.command.CommandSpec;
import circus.manager.arbiter.Arbiter;
import circus.manager.audit.Audit;
import circus.manager.command.Additions.Addition;
import circus.manager.config.Identities;
import circus.manager.config.WatcherConfig;
import circus.manager.watcher.Clock;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.Reply;
import circus.message.Request;
import circus.options.WatcherOptions;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * Where requests come in: looks whether there is such a command, whether its properties are right and whether the caller may, has it carried
 * out, and sees to it that the audit is told of each that changes something, refused ones included. Runs on circus-loop only.
 */
public final class Reception {
    private static final System.Logger LOG = System.getLogger(Reception.class.getName());

    private final Commands commands;
    private final AddedCommands added;
    private final Arbiter arbiter;
    private final Rights rights;
    private final Audit audit;
    private final Clock clock;

    public Reception(Commands commands, Arbiter arbiter, Rights rights, Audit audit, Clock clock) {
        this(commands, AddedCommands.none(), arbiter, rights, audit, clock);
    }

    /** @param added what users have added */
    public Reception(Commands commands, AddedCommands added, Arbiter arbiter, Rights rights, Audit audit, Clock clock) {
        this.added = added;
        this.commands = commands;
        this.arbiter = arbiter;
        this.rights = rights;
        this.audit = audit;
        this.clock = clock;
    }

    /** Whether it changes anything, if it is carried out. */
    public boolean changes(Request request) {
        return CommandSpec.find(request.command())
                .<CommandDeclaration>map(spec -> spec)
                .or(() -> added.find(request.command()).map(Addition::definition))
                .map(command -> command.changes(request.properties()))
                .orElse(false);
    }

    /** @param replyTo gets exactly one reply, now or later */
    public void take(Caller caller, Request request, Consumer<Reply> replyTo) {
        take(caller, request, request.cast(), replyTo);
    }

    /**
     * A command of a plugin: it waits for its turn, whatever is under way. A program that runs as another user has that one's rights.
     *
     * @param plugin the name of its watcher
     * @param replyTo gets exactly one reply, now or later
     */
    public void takeOf(String plugin, Request request, Consumer<Reply> replyTo) {
        take(Caller.plugin(plugin, uidOf(plugin)), request, true, replyTo);
    }

    private OptionalInt uidOf(String plugin) {
        try {
            WatcherConfig config = arbiter.find(plugin).config();
            Optional<String> user =
                    config.isResident() ? Optional.empty() : config.options().get(WatcherOptions.UID);
            return user.isEmpty() ? OptionalInt.of(rights.ownUid()) : Identities.number(user.get());
        } catch (CommandException gone) {
            return OptionalInt.empty();
        }
    }

    /**
     * @param patient an operation in the way is waited for, where another caller would be refused
     * @param replyTo gets exactly one reply, now or later
     */
    private void take(Caller caller, Request request, boolean patient, Consumer<Reply> replyTo) {
        CommandSpec spec = CommandSpec.find(request.command()).orElse(null);
        Addition addition = spec == null ? added.find(request.command()).orElse(null) : null;
        if (spec != null) {
            take(caller, spec, request, replyTo, (number, trail) -> {
                carryOut(number, caller, spec, request, patient, trail, replyTo);
            });
        } else if (addition != null) {
            take(caller, addition.definition(), request, replyTo, (number, trail) -> {
                added.run(
                        addition,
                        caller,
                        request,
                        (who, inner, told) -> take(who, inner, patient, told),
                        observed(trail, replyTo));
            });
        } else {
            replyTo.accept(CommandException.unknownCommand(request.command()).reply());
        }
    }

    /** Has a command begin. */
    private interface Beginning {
        void begin(long number, @Nullable Trail trail) throws CommandException;
    }

    private void take(
            Caller caller, CommandDeclaration command, Request request, Consumer<Reply> replyTo, Beginning beginning) {
        long number = commands.next();
        Trail trail = command.changes(request.properties())
                ? new Trail(audit, number, clock.now(), caller, command, request)
                : null;
        try {
            beginning.begin(number, trail);
            if (trail != null) {
                trail.taken();
            }
        } catch (CommandException refused) {
            refuse(refused, trail, replyTo);
        } catch (RuntimeException | StackOverflowError mistake) {
            LOG.log(Level.ERROR, "command " + request.command() + " failed", mistake);
            refuse(
                    new CommandException(
                            ErrorCode.COMMAND_ERROR, "cannot carry out " + request.command() + ": " + mistake),
                    trail,
                    replyTo);
        }
    }

    private static void refuse(CommandException refused, @Nullable Trail trail, Consumer<Reply> replyTo) {
        if (trail != null) {
            trail.failed(refused.code(), refused.reason());
        }
        replyTo.accept(refused.reply());
    }

    private static Consumer<Reply> observed(@Nullable Trail trail, Consumer<Reply> replyTo) {
        return trail == null
                ? replyTo
                : reply -> {
                    trail.answered(reply);
                    replyTo.accept(reply);
                };
    }

    private void carryOut(
            long number,
            Caller caller,
            CommandSpec spec,
            Request request,
            boolean patient,
            @Nullable Trail trail,
            Consumer<Reply> replyTo)
            throws CommandException {
        Call call = new Call(
                caller,
                spec,
                spec.check(request.properties()),
                patient,
                observed(trail, replyTo),
                trail == null ? cause -> {} : cause -> trail.failed(cause.code(), cause.reason()));
        call.begin(number, clock.now());
        rights.demand(call, arbiter);
        commands.execute(call);
    }
}
