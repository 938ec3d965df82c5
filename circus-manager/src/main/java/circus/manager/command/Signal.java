package circus.manager.command;

import circus.command.PropertyValues;
import circus.manager.arbiter.Arbiter;
import circus.manager.kernel.SignalReply;
import circus.manager.kernel.SignalTarget;
import circus.manager.watcher.SignalOrder;
import circus.manager.watcher.Watcher;
import circus.message.CommandException;
import circus.message.ErrorCode;
import circus.message.PythonText;
import circus.message.Reply;
import java.util.OptionalInt;
import java.util.OptionalLong;

/** Sends a signal to processes of a watcher, or to what descends from them. The answer comes when the kernel has sent it. */
final class Signal implements Command {
    private final Arbiter arbiter;

    Signal(Arbiter arbiter) {
        this.arbiter = arbiter;
    }

    @Override
    public void run(Call call) throws CommandException {
        PropertyValues properties = call.properties();
        OptionalLong pid = properties.integer("pid");
        OptionalLong child = child(properties, pid);
        String name = properties.mandatoryText("name");
        Watcher watcher = arbiter.find(name);
        SignalTarget target = properties.isTrue("children")
                ? SignalTarget.CHILDREN
                : properties.isTrue("recursive") ? SignalTarget.TREE : SignalTarget.PROCESS;
        if (pid.isPresent() && (child.isPresent() || target == SignalTarget.CHILDREN)) {
            demandProcess(watcher, name, pid.getAsLong());
        }
        SignalOrder order = new SignalOrder(
                pid,
                child.isPresent() ? OptionalInt.of((int) child.getAsLong()) : OptionalInt.empty(),
                target,
                properties.signal("signum").orElseThrow());
        watcher.signal(order, new SignalReply() {
            @Override
            public void sent(boolean anybody) {
                call.reply(anybody || child.isEmpty() ? Reply.ok() : noSuchChild(child.getAsLong(), pid, name));
            }

            @Override
            public void failed(String reason) {
                call.reply(new Reply.Failed(ErrorCode.OS_ERROR, reason, null));
            }
        });
    }

    /** The child that is meant; 0 is none. */
    private static OptionalLong child(PropertyValues properties, OptionalLong pid) throws CommandException {
        if (properties.isGiven("childpid") && pid.isEmpty()) {
            throw new CommandException(ErrorCode.COMMAND_ERROR, "cannot specify childpid without pid");
        }
        OptionalLong child = properties.integer(properties.isGiven("childpid") ? "childpid" : "child_pid");
        if (child.isPresent() && child.getAsLong() != (int) child.getAsLong()) {
            throw new CommandException(ErrorCode.COMMAND_ERROR, "no process can have the pid " + child.getAsLong());
        }
        return child.isPresent() && child.getAsLong() == 0 ? OptionalLong.empty() : child;
    }

    private static void demandProcess(Watcher watcher, String name, long pid) throws CommandException {
        if (watcher.processes().stream().noneMatch(process -> process.pid() == pid)) {
            throw new CommandException(
                    ErrorCode.COMMAND_ERROR, "process " + pid + " not found in " + PythonText.repr(name));
        }
    }

    private static Reply noSuchChild(long child, OptionalLong pid, String name) {
        String parent = pid.isPresent() ? "process " + pid.getAsLong() : "any process of " + PythonText.repr(name);
        return new Reply.Failed(
                ErrorCode.COMMAND_ERROR, "process " + child + " is not a child of " + parent + ", or has ended", null);
    }
}
