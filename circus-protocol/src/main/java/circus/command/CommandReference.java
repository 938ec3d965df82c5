package circus.command;

import circus.message.ErrorCode;
import circus.message.Event;
import circus.message.EventKind;
import java.util.Optional;

/** The reference page of commands and events, made from their declarations. Pure functions. */
public final class CommandReference {
    private static final String INTRODUCTION = """
            # Commands and events

            The reference of this version, generated from `CommandSpec`, `ErrorCode` and `EventKind`; change it there.

            ## The control endpoint

            A ZeroMQ ROUTER, by default at `tcp://127.0.0.1:5555`. A DEALER sends one frame, a JSON object, and receives
            one frame, a JSON object:

            ```
            {"command": "incr", "properties": {"name": "web", "nb": 2, "waiting": true}, "id": "1"}
            {"status": "ok", "time": 1795209466.404296, "numprocesses": 5, "id": "1"}
            {"status": "error", "reason": "program nope not found", "tb": null, "time": 1795209277.03, "errno": 3, "id": "1"}
            ```

            `id` is any JSON value and is repeated in the reply. `"msg_type": "cast"` asks for no reply, not even an error.
            Names of commands and watchers are compared without case. With a true `waiting` the reply comes when the work
            is done. A REQ may ask, too: its empty frame is given back to it.

            Whatever else arrives is answered as well, with an error: a body that is empty, no JSON (`json invalid`) or no
            object, a request without a command, properties that are no object. JSON may be nested 200 levels deep. Only
            two things have no answer: a message of another number of frames, which the log tells of, and a message of
            more than 512 KiB, which ends the connection it came by; ZeroMQ connects again by itself, and nobody else
            notices.

            """;

    private CommandReference() {}

    /** The whole page. */
    public static String markdown() {
        StringBuilder page = new StringBuilder(INTRODUCTION);
        errors(page);
        for (CommandSpec.Group group : CommandSpec.Group.values()) {
            page.append("## ").append(group.title()).append("\n\n");
            for (CommandSpec command : CommandSpec.values()) {
                if (command.group() == group) {
                    command(page, command);
                }
            }
        }
        events(page);
        return page.toString();
    }

    private static void errors(StringBuilder page) {
        page.append("| errno | name | reason when there is nothing more precise to say |\n| --- | --- | --- |\n");
        for (ErrorCode code : ErrorCode.values()) {
            row(page, String.valueOf(code.errno()), code.name(), code.words());
        }
        page.append('\n');
    }

    private static void command(StringBuilder page, CommandSpec command) {
        page.append("### ")
                .append(command.word())
                .append("\n\n")
                .append(command.summary())
                .append(".\n\n");
        page.append(command.help()).append("\n\n```\n").append(command.usage()).append("\n```\n\n");
        if (!command.parameters().isEmpty()) {
            page.append("| property | type | default | on the command line | |\n| --- | --- | --- | --- | --- |\n");
            for (Parameter parameter : command.parameters()) {
                row(
                        page,
                        "`" + parameter.property() + "`",
                        parameter.type().words(),
                        parameter.mandatory()
                                ? "mandatory"
                                : Optional.ofNullable(parameter.byDefault()).orElse(""),
                        parameter.isOnCommandLine() ? "`" + parameter.usage() + "`" : "",
                        parameter.doc());
            }
            page.append('\n');
        }
        page.append("Reply: ")
                .append(command.reply())
                .append("\n\n")
                .append(timing(command))
                .append("\n\n```\n");
        for (String example : command.examples()) {
            page.append(example).append('\n');
        }
        page.append("```\n\n");
    }

    private static String timing(CommandSpec command) {
        String when = switch (command.timing()) {
            case IMMEDIATE -> "Answers at once.";
            case ASYNCHRONOUS -> "Answers at once without a result, or with `waiting` when the work is done.";
            case CONSOLE -> "Not answered by circusd; circusctl does it.";
        };
        StringBuilder text = new StringBuilder(when);
        if (command.arbiterLock().isPresent() || command.watcherLock().isPresent()) {
            text.append(" In a conflict it is called ");
            command.watcherLock()
                    .ifPresent(name -> text.append('`').append(name).append('`'));
            command.arbiterLock()
                    .ifPresent(name -> text.append(command.watcherLock().isPresent() ? " (one watcher) or `" : "`")
                            .append(name)
                            .append('`'));
            text.append('.');
        }
        return text.toString();
    }

    private static void events(StringBuilder page) {
        page.append("""
                ## Events

                A PUB socket, by default at `tcp://127.0.0.1:5556`. Each message has two frames: the topic
                `watcher.NAME.EVENT`, with the name in lower case and `_` for blanks, and a JSON object. [events.md](events.md)
                tells of their numbers, and how to get those that one has missed.

                """);
        page.append(eventTable());
    }

    /** All kinds of events. */
    public static String eventTable() {
        StringBuilder table =
                new StringBuilder("| event | keys, in this order | published when |\n| --- | --- | --- |\n");
        for (EventKind kind : EventKind.values()) {
            row(table, "`" + kind.word() + "`", String.join(", ", kind.keys()) + ", " + Event.SEQ, kind.doc());
        }
        return table.toString();
    }

    private static void row(StringBuilder page, String... cells) {
        for (String cell : cells) {
            page.append("| ").append(cell.replace("|", "\\|")).append(' ');
        }
        page.append("|\n");
    }
}
