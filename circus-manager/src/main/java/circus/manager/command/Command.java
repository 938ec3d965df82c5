package circus.manager.command;

import circus.message.CommandException;

/** What one command does. Runs on circus-loop; replies at once or later, but never waits. */
interface Command {
    /** Carries it out, or refuses it before anything has happened. */
    void run(Call call) throws CommandException;
}
