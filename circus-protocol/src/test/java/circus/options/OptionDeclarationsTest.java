package circus.options;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class OptionDeclarationsTest {
    /** A text other than the default for every key, the value that it stands for in JSON, and what {@code $(circus.KEY)} makes of it. */
    private static final Map<String, Sample> SAMPLES = Map.ofEntries(
            text("name", "main"),
            sample("check_delay", "1e-1", 0.1, "0.1"),
            text("endpoint", "ipc:///run/c.sock"),
            text("pubsub_endpoint", "tcp://*:7"),
            bool("endpoint_open", "yes", true),
            text("papa_endpoint", "tcp://127.0.0.1:20202"),
            bool("use_papa", "on", true),
            text("loglevel", "DEBUG"),
            text("logoutput", "-"),
            text("pidfile", "/run/c.pid"),
            text("state_file", "/var/lib/c.json"),
            sample("include", " a.ini  conf.d/*.ini ", List.of("a.ini", "conf.d/*.ini"), "['a.ini', 'conf.d/*.ini']"),
            sample("include_dir", "conf.d", List.of("conf.d"), "['conf.d']"),
            sample("warmup_delay", "2", 2L, "2.0"),
            sample("umask", "0o22", 18L, "18"),
            text("endpoint_owner", "root"),
            text("curve_server_key", "server.key_secret"),
            text("curve_clients", "clients"),
            text("audit_log", "-"),
            sample("audit_format", "JSON", "json", "json"),
            sample("on_kernel_loss", "Replace", "replace", "replace"),
            text("multicast_endpoint", "udp://237.1.1.1:1"),
            text("stats_endpoint", ""),
            bool("statsd", "1", true),
            bool("statsd_close_outputs", "true", true),
            bool("httpd", "yes", true),
            text("httpd_host", "0.0.0.0"),
            number("httpd_port", "80", 80),
            bool("httpd_close_outputs", "ON", true),
            bool("debug", "True", true),
            bool("debug_gc", "1", true),
            text("loggerconfig", "default"),
            text("fqdn_prefix", "pre"),
            text("stream_backend", "gevent"),
            text("proc_name", "circus"),
            text("ssh_server", "host"),
            text("cmd", "sleep $(circus.wid)"),
            text("args", "-v"),
            number("numprocesses", " +1_0 ", 10),
            text("executable", "/bin/sh"),
            text("working_dir", "/srv"),
            bool("shell", "yes", true),
            text("shell_args", "a b"),
            text("uid", "nobody"),
            text("gid", "100"),
            sample("env", "A=x=y", Map.of("A", "x=y"), "{'A': 'x=y'}"),
            bool("send_hup", "yes", true),
            number("stop_signal", "int", 2),
            bool("stop_children", "yes", true),
            number("max_retry", "-1", -1),
            sample("graceful_timeout", ".5", 0.5, "0.5"),
            number("priority", "-7", -7),
            bool("use_sockets", "yes", true),
            bool("on_demand", "yes", true),
            bool("singleton", "yes", true),
            bool("copy_env", "yes", true),
            bool("copy_path", "yes", true),
            bool("respawn", "off", false),
            bool("autostart", "FALSE", false),
            bool("close_child_stdin", "0", false),
            bool("close_child_stdout", "yes", true),
            bool("close_child_stderr", "yes", true),
            number("max_age", "60", 60),
            number("max_age_variance", "5", 5),
            text("extension_path", "hooks.jar:lib"),
            text("commands", "com.example.Drain"),
            sample("hook_timeout", "7", 7.0, "7.0"),
            sample("backoff", ".5", 0.5, "0.5"),
            sample("backoff_max", "20", 20.0, "20.0"),
            text("virtualenv", "/v"),
            text("virtualenv_py_ver", "3.9"),
            text("stdin_socket", "web"),
            text("host", "::1"),
            number("port", "0", 0),
            sample("family", "af_unix", "AF_UNIX", "AF_UNIX"),
            sample("type", "sock_dgram", "SOCK_DGRAM", "SOCK_DGRAM"),
            text("proto", "tcp"),
            number("backlog", "5", 5),
            text("path", "/run/w.sock"),
            bool("replace", "yes", true),
            bool("so_reuseport", "yes", true),
            text("interface", "lo"),
            bool("blocking", "yes", true),
            text("class", "FileStream"),
            text("filename", "/var/log/w"),
            text("time_format", "%H:%M"),
            number("max_bytes", "10", 10),
            number("backup_count", "3", 3),
            sample("rotate_when", "w2", "W2", "W2"),
            sample("prefix", "wid,watcher", "wid, watcher", "wid, watcher"),
            bool("compress", "yes", true),
            sample("file_mode", "0640", "640", "640"),
            text("address", "udp://log.example:1514"),
            text("facility", "local3"),
            text("tag", "web"),
            text("overflow", "block"),
            sample("overflow_after", "2", 2.0, "2.0"),
            number("rotate_interval", "2", 2),
            bool("utc", "yes", true),
            text("color", "red"));

    private record Sample(String text, Object json, String expansion) {}

    private static Map.Entry<String, Sample> sample(String key, String text, Object json, String expansion) {
        return Map.entry(key, new Sample(text, json, expansion));
    }

    private static Map.Entry<String, Sample> text(String key, String text) {
        return sample(key, text, text, text);
    }

    private static Map.Entry<String, Sample> number(String key, String text, long number) {
        return sample(key, text, number, Long.toString(number));
    }

    private static Map.Entry<String, Sample> bool(String key, String text, boolean value) {
        return sample(key, text, value, value ? "True" : "False");
    }

    static List<Option<?>> options() {
        return Declarations.everywhere().toList();
    }

    @ParameterizedTest
    @MethodSource("options")
    <T> void every_option_goes_from_text_to_json_and_back(Option<T> option) throws BadValueException {
        Sample sample = Objects.requireNonNull(SAMPLES.get(option.key()), "a sample for " + option.key());
        T value = option.type().parse(sample.text());
        assertThat(value).isNotEqualTo(option.byDefault());
        assertThat(option.type().toJson(value)).isEqualTo(sample.json());
        assertThat(option.fromJson(sample.json())).isEqualTo(value);
        assertThat(option.type().text(value)).isEqualTo(sample.expansion());
    }

    @ParameterizedTest
    @MethodSource("options")
    <T> void every_default_goes_to_json_and_back(Option<T> option) throws BadValueException {
        assertThat(option.fromJson(option.type().toJson(option.byDefault()))).isEqualTo(option.byDefault());
    }

    @ParameterizedTest
    @MethodSource("options")
    void every_option_is_explained_in_a_sentence(Option<?> option) {
        assertThat(option.doc()).matches("[A-Z/].*[^ ]\\.").doesNotContain("\n");
        assertThat(option.type().name()).isNotBlank();
    }

    static List<Class<?>> holders() {
        return Declarations.HOLDERS;
    }

    @ParameterizedTest
    @MethodSource("holders")
    void every_constant_is_in_ALL_and_no_key_is_there_twice(Class<?> holder) {
        List<Option<?>> all = Declarations.all(holder);
        assertThat(all).containsExactlyInAnyOrderElementsOf(Declarations.constants(holder));
        assertThat(all).extracting(Option::key).doesNotHaveDuplicates();
    }

    @ParameterizedTest
    @MethodSource("holders")
    void defaults_are_those_of_circus(Class<?> holder) {
        Map<String, @Nullable Object> defaults = new HashMap<>();
        Declarations.all(holder).forEach(option -> put(option, defaults));
        assertThat(defaults).isEqualTo(Defaults.of(holder));
    }

    private static <T> void put(Option<T> option, Map<String, @Nullable Object> defaults) {
        defaults.put(option.key(), option.type().toJson(option.byDefault()));
    }
}
