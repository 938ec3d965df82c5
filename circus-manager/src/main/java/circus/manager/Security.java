package circus.manager;

import circus.manager.audit.Audit;
import circus.manager.audit.AuditFile;
import circus.manager.audit.OwnLog;
import circus.manager.command.Rights;
import circus.manager.config.CircusConfig;
import circus.manager.file.OwnFile;
import circus.manager.output.Reason;
import circus.options.AuditFormat;
import circus.options.CircusOptions;
import circus.options.OptionValues;
import java.io.IOException;
import java.lang.System.Logger.Level;
import java.nio.file.Path;
import java.util.Optional;

/**
 * What a configuration says about callers, once they are let in: their rights, and where the audit goes. It holds until circusd is started
 * anew.
 */
record Security(Rights rights, Audit audit, int uid) implements AutoCloseable {
    private static final System.Logger LOG = System.getLogger(Security.class.getName());
    private static final String IPC = "ipc://";

    static Security of(CircusConfig config) throws StartupException {
        OptionValues options = config.options();
        int uid;
        try {
            uid = OwnFile.user();
        } catch (IOException unreadable) {
            throw new StartupException("cannot find out which user this is: " + unreadable);
        }
        Exposure.of(options, uid).ifPresent(warning -> LOG.log(Level.WARNING, warning));
        Rights rights = new Rights(
                options.get(CircusOptions.ENDPOINT_OWNER),
                options.get(CircusOptions.ENDPOINT).startsWith(IPC),
                uid);
        return new Security(rights, audit(config.auditLog(), options.get(CircusOptions.AUDIT_FORMAT)), uid);
    }

    private static Audit audit(Optional<Path> file, AuditFormat format) throws StartupException {
        if (file.isEmpty()) {
            return new OwnLog(format);
        }
        try {
            return AuditFile.open(file.get(), format);
        } catch (IOException refused) {
            throw new StartupException("cannot write the audit to " + file.get() + ": " + Reason.of(refused));
        }
    }

    @Override
    public void close() {
        audit.close();
    }
}
