import circus.command.PropertyType;
import circus.command.spi.Command;
import circus.command.spi.CommandContext;
import circus.command.spi.CommandDefinition;
import circus.message.CommandException;
import java.util.List;
import java.util.Map;

/** circusctl whois PID: which watcher a process belongs to. */
public final class Whois implements Command {
    @Override
    public CommandDefinition definition() {
        return CommandDefinition.of("whois", "Tell which watcher a process belongs to")
                .argument("process", PropertyType.INTEGER, "Its pid.")
                .looks()
                .example("circusctl whois 4711");
    }

    @Override
    public void validate(Map<String, Object> properties) throws CommandException {
        if (((Number) properties.get("process")).longValue() <= 0) {
            throw CommandException.invalid("a pid is above 0");
        }
    }

    @Override
    public Map<String, Object> execute(CommandContext circus, Map<String, Object> properties) throws Exception {
        Object process = properties.get("process");
        for (Object watcher : (List<?>) circus.call("list", Map.of()).get("watchers")) {
            if (circus.call("list", Map.of("name", watcher)).get("pids") instanceof List<?> pids
                    && pids.contains(process)) {
                return Map.of("process", process, "watcher", watcher);
            }
        }
        throw CommandException.invalid("no watcher has a process " + process);
    }

    @Override
    public String text(Map<String, Object> reply) {
        return reply.get("process") + " belongs to " + reply.get("watcher");
    }
}
