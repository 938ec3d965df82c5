package circus.manager.command;

import circus.command.CommandDeclaration;
import circus.manager.audit.Audit;
import circus.manager.audit.Discretion;
import circus.message.ErrorCode;
import circus.message.Reply;
import circus.message.Request;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalInt;
import org.jspecify.annotations.Nullable;

/**
 * What the audit is told of one request: a line when it has been taken or refused, which is in the same turn of the loop; and another in the
 * rare case that it is given up afterwards. So nobody's command waits for its line, and none is without. Runs on circus-loop only.
 */
final class Trail {
    private final Audit audit;
    private final Map<String, @Nullable Object> fields = new LinkedHashMap<>();
    private boolean told;

    Trail(Audit audit, long number, Instant time, Caller caller, CommandDeclaration command, Request request) {
        this.audit = audit;
        fields.put("time", time.toString());
        fields.put("job", number);
        fields.put("uid", number(caller.uid()));
        fields.put("pid", number(caller.pid()));
        fields.put("from", Discretion.shown(caller.address()));
        fields.put("command", command.word());
        if (request.cast()) {
            fields.put("cast", true);
        }
        fields.put("properties", Discretion.shown(request.properties()));
    }

    private static @Nullable Object number(OptionalInt number) {
        return number.isPresent() ? Long.valueOf(Integer.toUnsignedLong(number.getAsInt())) : null;
    }

    /** It has been taken, unless it was refused before. */
    void taken() {
        if (!told) {
            tell("ok");
        }
    }

    /** An answer goes out, late or at once. */
    void answered(Reply reply) {
        if (reply instanceof Reply.Failed failed) {
            failed(failed.errno(), failed.reason());
        }
    }

    /** It was refused; or given up, after it had been taken. */
    void failed(ErrorCode code, String reason) {
        fields.put("errno", (long) code.errno());
        fields.put("reason", Discretion.shown(reason));
        tell(told ? "failed" : "refused");
    }

    private void tell(String result) {
        told = true;
        Map<String, @Nullable Object> line = new LinkedHashMap<>(fields);
        // Last but for what explains it.
        Object errno = line.remove("errno");
        Object reason = line.remove("reason");
        line.put("result", result);
        if (reason != null) {
            line.put("errno", errno);
            line.put("reason", reason);
        }
        audit.tell(line);
    }
}
