package circus.options;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The defaults as the contract has them (config.md 3 and 4, sockets.md 1, streams.md 3), in JSON, written down a second time on purpose. */
final class Defaults {
    private Defaults() {}

    static Map<String, @Nullable Object> of(Class<?> holder) {
        Map<String, @Nullable Object> defaults = new HashMap<>();
        if (holder == CircusOptions.class) {
            circus(defaults);
        } else if (holder == WatcherOptions.class) {
            watcher(defaults);
        } else if (holder == SocketOptions.class) {
            socket(defaults);
        } else {
            stream(defaults);
        }
        return defaults;
    }

    private static void circus(Map<String, @Nullable Object> defaults) {
        defaults.put("check_delay", 5.0);
        defaults.put("endpoint", "tcp://127.0.0.1:5555");
        defaults.put("pubsub_endpoint", "tcp://127.0.0.1:5556");
        defaults.put("stats_endpoint", "tcp://127.0.0.1:5557");
        defaults.put("multicast_endpoint", "udp://237.219.251.97:12027");
        defaults.put("httpd_host", "localhost");
        defaults.put("httpd_port", 8080L);
        defaults.put("warmup_delay", 0L);
        defaults.put("audit_format", "text");
        defaults.put("on_kernel_loss", "adopt");
        for (String off : List.of(
                "endpoint_open",
                "use_papa",
                "statsd",
                "statsd_close_outputs",
                "httpd",
                "httpd_close_outputs",
                "debug",
                "debug_gc")) {
            defaults.put(off, false);
        }
        for (String none : List.of(
                "name",
                "papa_endpoint",
                "loglevel",
                "logoutput",
                "pidfile",
                "extension_path",
                "commands",
                "state_file",
                "umask",
                "endpoint_owner",
                "curve_server_key",
                "curve_clients",
                "audit_log",
                "loggerconfig",
                "fqdn_prefix",
                "stream_backend",
                "proc_name",
                "ssh_server")) {
            defaults.put(none, null);
        }
        defaults.put("include", List.of());
        defaults.put("include_dir", List.of());
    }

    private static void watcher(Map<String, @Nullable Object> defaults) {
        defaults.put("cmd", "");
        defaults.put("args", "");
        defaults.put("numprocesses", 1L);
        defaults.put("warmup_delay", 0L);
        defaults.put("stop_signal", 15L);
        defaults.put("max_retry", 5L);
        defaults.put("graceful_timeout", 30.0);
        defaults.put("priority", 0L);
        defaults.put("max_age", 0L);
        defaults.put("max_age_variance", 30L);
        defaults.put("backoff", 0.0);
        defaults.put("backoff_max", 60.0);
        defaults.put("hook_timeout", 30.0);
        defaults.put("env", Map.of());
        for (String on : List.of("respawn", "autostart", "close_child_stdin")) {
            defaults.put(on, true);
        }
        for (String off : List.of(
                "shell",
                "send_hup",
                "stop_children",
                "use_sockets",
                "on_demand",
                "singleton",
                "copy_env",
                "copy_path",
                "close_child_stdout",
                "close_child_stderr",
                "use_papa")) {
            defaults.put(off, false);
        }
        for (String none : List.of(
                "executable",
                "working_dir",
                "shell_args",
                "uid",
                "gid",
                "virtualenv",
                "virtualenv_py_ver",
                "stdin_socket")) {
            defaults.put(none, null);
        }
    }

    private static void socket(Map<String, @Nullable Object> defaults) {
        defaults.put("host", "localhost");
        defaults.put("port", 8080L);
        defaults.put("family", "AF_INET");
        defaults.put("type", "SOCK_STREAM");
        defaults.put("backlog", 2048L);
        defaults.put("umask", 8L);
        for (String off : List.of("replace", "so_reuseport", "blocking", "use_papa")) {
            defaults.put(off, false);
        }
        for (String none : List.of("proto", "path", "interface")) {
            defaults.put(none, null);
        }
    }

    private static void stream(Map<String, @Nullable Object> defaults) {
        defaults.put("max_bytes", 0L);
        defaults.put("backup_count", 0L);
        defaults.put("rotate_interval", 1L);
        defaults.put("utc", false);
        defaults.put("compress", false);
        defaults.put("prefix", "");
        defaults.put("facility", "daemon");
        defaults.put("overflow", "drop");
        defaults.put("overflow_after", 5.0);
        for (String none :
                List.of("class", "filename", "time_format", "rotate_when", "color", "file_mode", "address", "tag")) {
            defaults.put(none, null);
        }
    }
}
