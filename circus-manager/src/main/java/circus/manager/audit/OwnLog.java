package circus.manager.audit;

import circus.options.AuditFormat;
import java.lang.System.Logger.Level;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The audit in circusd's own log, which puts the time before each line, and has its own bounds. Any thread. */
public final class OwnLog implements Audit {
    /** Of a logger that tells whatever {@code loglevel} says: nobody is to lose the audit by wishing for less talk. */
    public static final String NAME = "circus.audit";

    private static final System.Logger LOG = System.getLogger(NAME);

    private final AuditFormat format;

    public OwnLog(AuditFormat format) {
        this.format = format;
    }

    @Override
    public void tell(Map<String, @Nullable Object> fields) {
        Map<String, @Nullable Object> rest = new LinkedHashMap<>(fields);
        if (format == AuditFormat.TEXT) {
            rest.remove(AuditFile.TIME);
        }
        LOG.log(Level.INFO, "audit: {0}", AuditLine.of(rest, format));
    }
}
