package circus.manager.config;

import static circus.options.CircusOptions.CHECK_DELAY;
import static circus.options.CircusOptions.STATSD;
import static circus.options.SocketOptions.HOST;
import static circus.options.SocketOptions.UMASK;
import static circus.options.SocketOptions.USE_PAPA;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.tuple;

import circus.options.SocketFamily;
import circus.options.WatcherOptions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class CircusConfigTest {
    private static final String KEY = "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID";

    @TempDir
    Path directory;

    private IniHome home;

    @BeforeEach
    void open() {
        home = new IniHome(directory);
    }

    @Test
    void all_mistakes_are_told_at_once_in_the_order_of_files_and_lines() {
        home.with("conf.d/b.ini", "[watcher:b]", "junk", "respawn = perhaps");
        home.with("conf.d/a.ini", "[watcher:c]", "stop_signal = X");
        assertThat(home.errors(
                        "[watcher:a]",
                        "numprocesses = two",
                        "more junk",
                        "hooks.after_stop = m.h",
                        "[circus]",
                        "include = conf.d/b.ini conf.d/a.ini",
                        "check_delay = inf",
                        "[socket:s]",
                        "port = http",
                        "[plugin:p]",
                        "use = a.b"))
                .containsExactly(
                        "1: cannot start a process of [watcher:a]: it has no cmd",
                        "2: cannot use numprocesses = two in [watcher:a]: 'two' is not an integer",
                        "3: cannot read 'more junk': it is neither [SECTION] nor NAME = VALUE; to continue the option above, indent it",
                        "4: cannot use hooks.after_stop = m.h in [watcher:a]: there is no Java class m.h on the class path or in"
                                + " extension_path, and no python3 on circusd's PATH that could import a Python hook of that name;"
                                + " a program is written as exec:/path/to/program",
                        "7: cannot use check_delay = inf in [circus]: 'inf' is not a number of seconds",
                        "9: cannot use port = http in [socket:s]: 'http' is not an integer",
                        "11: cannot use use = a.b in [plugin:p]: there is no Java class a.b on the class path or in extension_path,"
                                + " circusd brings along Flapping, WatchDog, ResourceWatcher, CommandReloader, StatsdEmitter, FullStats,"
                                + " RedisObserver, HttpObserver only, and no python3 on circusd's PATH that could import a Python plugin of"
                                + " that name; a program is written as exec:/path/to/program",
                        "conf.d/b.ini:1: cannot start a process of [watcher:b]: it has no cmd",
                        "conf.d/b.ini:2: cannot read 'junk': it is neither [SECTION] nor NAME = VALUE; to continue the option above,"
                                + " indent it",
                        "conf.d/b.ini:3: cannot use respawn = perhaps in [watcher:b]: 'perhaps' is not a boolean (write yes or no)",
                        "conf.d/a.ini:1: cannot start a process of [watcher:c]: it has no cmd",
                        "conf.d/a.ini:2: cannot use stop_signal = X in [watcher:c]:"
                                + " 'X' is not a signal (a name such as TERM, or 1 to 64)");
    }

    @Test
    void the_exception_says_it_as_compilers_do() {
        home.with("main.ini", "[watcher:a]", "junk", "cmd = \"x");
        String file = home.path("main.ini").toString();
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CircusConfig.load(home.path("main.ini"), Map.of()))
                .withMessage(file
                        + ":2: cannot read 'junk': it is neither [SECTION] nor NAME = VALUE; to continue the option above, indent it\n"
                        + file + ":3: cannot split the cmd of watcher 'a' into words: No closing quotation in: \"x");
    }

    @Test
    void a_file_that_is_not_there_is_told() {
        Path file = home.path("nope.ini");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CircusConfig.load(file, Map.of()))
                .withMessage(file + ": cannot read the configuration: there is no such file");
    }

    @Test
    void a_directory_is_no_configuration() {
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CircusConfig.load(directory, Map.of()))
                .withMessageContaining(directory + ": cannot read the configuration: ");
    }

    @Test
    void an_empty_file_is_a_configuration() {
        CircusConfig config = home.load("");
        assertThat(config.watchers()).isEmpty();
        assertThat(config.sockets()).isEmpty();
        assertThat(config.warnings()).isEmpty();
        assertThat(config.file()).isEqualTo(home.path("main.ini"));
        assertThat(config.name()).matches("main-[0-9a-f]{8}");
    }

    @Test
    void watchers_and_sockets_are_sorted_by_name() {
        CircusConfig config = home.load(
                "[watcher:b]",
                "cmd = x",
                "[socket:Z]",
                "port = 0",
                "[watcher:B2]",
                "cmd = x",
                "[watcher:a]",
                "cmd = x",
                "[socket:y]",
                "port = 0");
        assertThat(config.watchers()).extracting(WatcherConfig::name).containsExactly("B2", "a", "b");
        assertThat(config.sockets()).extracting(SocketConfig::name).containsExactly("y", "z");
    }

    @Test
    void names_that_differ_in_case_only_are_refused() {
        assertThat(home.errors(
                        "[watcher:A]",
                        "cmd = x",
                        "[watcher:a]",
                        "cmd = x",
                        "[socket:S]",
                        "port = 0",
                        "[socket:s]",
                        "port = 0"))
                .containsExactly(
                        "3: cannot have a watcher 'a' beside a watcher 'A': commands find a watcher whatever the case of its name",
                        "7: cannot have another socket 's': names count as equal when only their case differs");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "warmup_delay = -1|'-1' is not a number of seconds from 0 on",
                "endpoint = 5555|'5555' is not an endpoint (tcp://HOST:PORT or ipc://PATH)",
                "pubsub_endpoint = tcp://x|'tcp://x' is not an endpoint (tcp://HOST:PORT or ipc://PATH)",
                "papa_endpoint = udp://x:1|'udp://x:1' is not an endpoint (tcp://HOST:PORT or ipc://PATH)",
                "use_papa = perhaps|'perhaps' is not a boolean (write yes or no)",
                "loglevel = loud|'loud' is not a log level (critical, error, warning, info, debug)",
                "httpd_port = 70000|'70000' is not a port (0 to 65535)",
                "umask = 9|'9' is not an octal mask (000 to 777)",
                "name = my.site|a name has 1 to 48 letters, digits, _ and -"
            })
    void a_bad_value_in_the_circus_section_is_told(String line, String cause) {
        assertThat(home.errors("[circus]", line)).containsExactly("2: cannot use " + line + " in [circus]: " + cause);
    }

    @Test
    void unknown_options_and_sections_are_told() {
        assertThat(home.warnings(
                        "[circus]",
                        "zork = 1",
                        "endpont = tcp://*:1",
                        "[socket:s]",
                        "prt = 1",
                        "[foo]",
                        "x = 1",
                        "[watcher]",
                        "cmd = x",
                        "[watcher:a]",
                        "[socket:t]",
                        "[env:nobody]",
                        "A = 1"))
                .containsExactly(
                        "2: zork in [circus] is not an option of Circus and has no effect",
                        "3: endpont in [circus] is not an option of Circus and has no effect; did you mean endpoint?",
                        "5: prt in [socket:s] is not an option of Circus and has no effect; did you mean port?",
                        "6: [foo] is ignored; sections are called circus, watcher:NAME, socket:NAME, plugin:NAME, env and env:NAMES",
                        "8: [watcher] is ignored; sections are called circus, watcher:NAME, socket:NAME, plugin:NAME, env and env:NAMES",
                        "10: [watcher:a] is ignored, since it has no options",
                        "11: [socket:t] is ignored, since it has no options",
                        "12: [env:nobody] has no effect, since no watcher is called that");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "statsd_close_outputs = yes",
                "httpd = yes",
                "httpd_port = 1",
                "debug = 1",
                "fqdn_prefix = x",
                "loggerconfig = default",
                "stream_backend = gevent"
            })
    void what_has_no_effect_yet_is_told(String line) {
        assertThat(home.warnings("[circus]", line))
                .containsExactly(
                        "2: " + line.substring(0, line.indexOf(' ')) + " in [circus] has no effect in this version");
    }

    @Test
    void statistics_bring_a_watcher_which_nobody_else_may_be() {
        CircusConfig config = home.load(
                "[circus]", "stats_endpoint = ipc:///tmp/feed", "statsd = yes", "[watcher:a]", "cmd = sleep 1");
        assertThat(config.watchers()).extracting(WatcherConfig::name).containsExactly("a", "circusd-stats");
        assertThat(config.watchers().get(1).isResident()).isTrue();
        assertThat(config.watchers().get(1).options().get(WatcherOptions.CMD)).endsWith("--statspoint ipc:///tmp/feed");
        assertThat(home.errors("[circus]", "statsd = yes", "[watcher:Circusd-Stats]", "cmd = sleep 1"))
                .containsExactly("3: cannot have a watcher 'Circusd-Stats': that is the one by which circusd publishes"
                        + " statistics; leave out this section, or statsd and stats_endpoint in [circus]");
        assertThat(home.errors("[circus]", "statsd = yes", "stats_endpoint = tcp://127.0.0.1:5555"))
                .containsExactly(
                        "3: cannot use stats_endpoint = tcp://127.0.0.1:5555 in [circus]: endpoint and stats_endpoint need one"
                                + " each");
        assertThat(home.errors("[circus]", "statsd = yes", "stats_endpoint = nowhere"))
                .containsExactly("3: cannot use stats_endpoint = nowhere in [circus]: 'nowhere' is not an endpoint"
                        + " (tcp://HOST:PORT or ipc://PATH)");
    }

    @Test
    void what_is_said_of_users_keys_and_the_audit_is_looked_at_all_at_once() throws IOException {
        home.with("secret", "curve", "  public-key = nothing");
        home.with("open", "curve", "  public-key = " + KEY, "  secret-key = " + KEY);
        assertThat(home.errors(
                        "[circus]",
                        "endpoint = ipc:///tmp/none",
                        "endpoint_owner = who-is-that",
                        "curve_server_key = secret",
                        "curve_clients = clients.d",
                        "audit_log = no/such/place",
                        "audit_format = xml",
                        "multicast_endpoint = 237.219.251.97:1"))
                .containsExactly(
                        "3: cannot use endpoint_owner = who-is-that in [circus]: there is no such user",
                        "4: cannot use curve_server_key = secret in [circus]: its public-key is no key: that is 40 letters of Z85,"
                                + " and this has 7",
                        "5: cannot use curve_clients = clients.d in [circus]: there is no such file",
                        "6: cannot use audit_log = no/such/place in [circus]: there is no directory HOME/no/such",
                        "7: cannot use audit_format = xml in [circus]: 'xml' is neither text nor json",
                        "8: cannot use multicast_endpoint = 237.219.251.97:1 in [circus]: '237.219.251.97:1' is not an endpoint of"
                                + " discovery (udp://ADDRESS:PORT, or none)");
        assertThat(home.errors("[circus]", "curve_server_key = open"))
                .containsExactly(
                        "2: cannot use curve_server_key = open in [circus]: it needs curve_clients beside it, else nobody could"
                                + " connect",
                        "2: cannot use curve_server_key = open in [circus]: its secret key can be read or replaced by others (mode"
                                + " 0644); use `chmod 600 HOME/open`");
        assertThat(home.errors("[circus]", "curve_clients = open"))
                .containsExactly(
                        "2: cannot use curve_clients = open in [circus]: it needs curve_server_key beside it, circusd's own"
                                + " key pair");
        Files.setPosixFilePermissions(home.path("open"), PosixFilePermissions.fromString("rw-------"));
        CircusConfig config =
                home.load("[circus]", "curve_server_key = open", "curve_clients = open", "audit_log = a.log");
        assertThat(config.warnings()).isEmpty();
        assertThat(config.curveServerKey()).contains(home.path("open"));
        assertThat(config.curveClients()).contains(home.path("open"));
        assertThat(config.auditLog()).contains(home.path("a.log"));
        assertThat(home.load("[circus]", "audit_log = -").auditLog()).isEmpty();
    }

    @Test
    void an_owner_who_is_nobody_is_a_mistake_at_an_ipc_endpoint_only_as_in_circus() {
        assertThat(home.warnings("[circus]", "endpoint_owner = who-is-that"))
                .containsExactly("2: endpoint_owner in [circus] lets nobody in, since there is no user who-is-that");
    }

    @Test
    void a_stats_endpoint_turns_statistics_on() {
        CircusConfig config = home.load("[circus]", "stats_endpoint = tcp://127.0.0.1:5557");
        assertThat(config.options().get(STATSD)).isTrue();
        assertThat(config.warnings())
                .extracting(Problem::text)
                .containsExactly("You defined a stats_endpoint without setting up statsd to True.");
    }

    @Test
    void DEFAULT_does_not_make_options_unknown() {
        assertThat(home.warnings(
                        "[DEFAULT]",
                        "foo = 1",
                        "numprocesses = 2",
                        "[circus]",
                        "check_delay = 2",
                        "[watcher:a]",
                        "cmd = x"))
                .isEmpty();
        assertThat(home.load("[DEFAULT]", "check_delay = 3", "[circus]", "debug = no")
                        .options()
                        .get(CHECK_DELAY))
                .isEqualTo(3);
    }

    @Test
    void a_given_name_is_the_name() {
        assertThat(home.load("[circus]", "name = site_1").name()).isEqualTo("site_1");
    }

    @Test
    void a_watcher_may_only_name_sockets_that_exist() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "cmd = x",
                        "args = $(circus.sockets.Web) ((circus.sockets.web2))",
                        "use_sockets = yes",
                        "[socket:web]",
                        "port = 0"))
                .containsExactly(
                        "3: cannot replace $(circus.sockets.web2) in [watcher:a]: there is no section [socket:web2]");
    }

    @Test
    void a_watcher_that_names_a_socket_wants_it() {
        assertThat(home.warnings(
                        "[watcher:a]", "cmd = x $(circus.sockets.web)", "use_papa = yes", "[socket:web]", "port = 0"))
                .containsExactly(
                        "2: the socket 'web' is closed in the processes of [watcher:a], since use_sockets is not true there",
                        "2: Process \"a\" refers to socket \"web\" but they do not have the same \"use_papa\" state");
        assertThat(home.warnings(
                        "[circus]",
                        "use_papa = yes",
                        "[watcher:a]",
                        "cmd = x $(circus.sockets.web)",
                        "use_sockets = yes",
                        "[socket:web]",
                        "port = 0"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            quoteCharacter = '`',
            value = {
                "port = 80800|'80800' is not a port (0 to 65535)",
                "family = inet|'inet' is not a known address family (AF_INET, AF_INET6, AF_UNIX)",
                "family = af_unix|it needs a path",
                "type = SOCK_RDM|Linux has it for none of these families",
                "type = SOCK_SEQPACKET|Linux has it for Unix sockets only, those with a path",
                "type = SOCK_RAW|a raw socket needs a protocol, such as proto = icmp",
                "proto = zork|there is no protocol of that name in /etc/protocols",
                "port = http|'http' is not an integer",
                "interface = a-name-too-long1|the name of a network interface has 1 to 15 bytes",
                "type = BOGUS|'BOGUS' is not a known socket type (SOCK_STREAM, SOCK_DGRAM, SOCK_RAW, SOCK_RDM, SOCK_SEQPACKET)",
                "host = ::1|it is an IPv6 address; add family = AF_INET6",
                "backlog = many|'many' is not an integer",
                "umask = rw|'rw' is not an octal mask (000 to 777)",
                "replace = maybe|'maybe' is not a boolean (write yes or no)",
                "so_reuseport = maybe|'maybe' is not a boolean (write yes or no)",
                "umask = 0x22|'0x22' is not an octal mask (000 to 777)"
            })
    void a_bad_socket_is_told(String line, String cause) {
        assertThat(home.errors("[socket:s]", line))
                .containsExactly("2: cannot use " + line + " in [socket:s]: " + cause);
    }

    @Test
    void a_socket_has_a_name_an_address_and_a_path_that_fits() {
        String path = "/" + "x".repeat(107);
        assertThat(home.errors(
                        "[socket:]",
                        "port = 0",
                        "[socket:a]",
                        "host =",
                        "[socket:b]",
                        "path =",
                        "[socket:c]",
                        "path = " + path))
                .containsExactly(
                        "1: cannot use [socket:]: a socket needs a name",
                        "4: cannot use host =  in [socket:a]: it names no address; 0.0.0.0 stands for all",
                        "6: cannot use path =  in [socket:b]: it names no file",
                        "8: cannot use path = " + path
                                + " in [socket:c]: it has 108 bytes, and a socket's path has room for 107");
    }

    @Test
    void sockets_are_read_with_an_octal_mask_and_a_path_that_wins() {
        CircusConfig config = home.load(
                "[circus]",
                "use_papa = yes",
                "[socket:U]",
                "path = run/u.sock",
                "umask = 022",
                "use_papa = no",
                "[socket:v]",
                "host = $(circus.env.H)",
                "family = AF_INET6",
                "[env]",
                "H = ::1");
        SocketConfig unix = config.sockets().get(0);
        assertThat(unix.name()).isEqualTo("u");
        assertThat(unix.family()).isEqualTo(SocketFamily.AF_UNIX);
        assertThat(unix.options().get(UMASK)).isEqualTo(18);
        assertThat(unix.options().get(USE_PAPA)).isFalse();
        assertThat(unix.path()).contains(Path.of("run/u.sock").toAbsolutePath());
        SocketConfig inet = config.sockets().get(1);
        assertThat(inet.family()).isEqualTo(SocketFamily.AF_INET6);
        assertThat(inet.options().get(HOST)).isEqualTo("::1");
        assertThat(inet.options().get(USE_PAPA)).isTrue();
        assertThat(inet.path()).isEmpty();
    }

    @Test
    void what_counts_for_the_other_kind_of_socket_only_is_told() {
        assertThat(home.warnings(
                        "[socket:u]",
                        "path = u.sock",
                        "host = 127.0.0.1",
                        "port = 1",
                        "[socket:t]",
                        "umask = 022",
                        "replace = yes"))
                .containsExactly(
                        "3: host in [socket:u] has no effect, since it has a path",
                        "4: port in [socket:u] has no effect, since it has a path",
                        "6: umask in [socket:t] has no effect, since it has no path",
                        "7: replace in [socket:t] has no effect, since it has no path");
    }

    @Test
    void a_misspelt_section_is_told_with_what_was_probably_meant() {
        String rule =
                " is ignored; sections are called circus, watcher:NAME, socket:NAME, plugin:NAME, env and env:NAMES";
        assertThat(home.warnings(
                        "[wather:A b]", "cmd = x", "[Circus]", "debug = no", "[default]", "x = 1", "[mine]", "x = 1"))
                .containsExactly(
                        "1: [wather:A b]" + rule + "; did you mean [watcher:A b]?",
                        "3: [Circus]" + rule + "; did you mean [circus]?",
                        "5: [default]" + rule + "; did you mean [DEFAULT]?",
                        "7: [mine]" + rule);
    }

    @Test
    void an_option_of_DEFAULT_that_becomes_a_variable_is_told() {
        assertThat(home.warnings("[DEFAULT]", "copy_env = no", "[env]", "A = 1", "[watcher:a]", "cmd = x"))
                .containsExactly("2: copy_env in [DEFAULT] is also a variable of [env],"
                        + " since the options of [DEFAULT] count in every section");
    }

    @Test
    void commands_and_events_need_an_endpoint_each() {
        assertThat(home.errors("[circus]", "endpoint = tcp://127.0.0.1:7000", "pubsub_endpoint = tcp://127.0.0.1:7000"))
                .containsExactly("3: cannot use pubsub_endpoint = tcp://127.0.0.1:7000 in [circus]:"
                        + " endpoint and pubsub_endpoint need one each");
        assertThat(home.errors("[circus]", "endpoint = tcp://127.0.0.1:5556"))
                .containsExactly("2: cannot use endpoint = tcp://127.0.0.1:5556 in [circus]:"
                        + " endpoint and pubsub_endpoint need one each");
    }

    @Test
    void a_value_that_is_cut_within_quotes_is_told() {
        assertThat(home.warnings("[watcher:a]", "cmd = x", "foo = 'a ; b'", "bar = \"a\" ; b", "baz = it's ; b"))
                .containsExactly(
                        "3: the value of foo ends before '; b'': a ; after a blank begins a comment, within quotes too");
    }

    @Test
    void mistakes_and_warnings_are_known_together() {
        home.with("main.ini", "[watcher:a]", "cmd = x", "cmd = y", "junk");
        assertThatExceptionOfType(ConfigException.class)
                .isThrownBy(() -> CircusConfig.load(home.path("main.ini"), Map.of()))
                .satisfies(thrown -> assertThat(thrown.all())
                        .extracting(Problem::line, Problem::severity)
                        .containsExactly(tuple(3, Problem.Severity.WARNING), tuple(4, Problem.Severity.ERROR)))
                .satisfies(thrown ->
                        assertThat(thrown.problems()).extracting(Problem::line).containsExactly(4));
    }

    @Test
    void a_socket_may_be_of_any_type_that_there_is() {
        assertThat(home.warnings(
                        "[socket:s]",
                        "proto = TCP",
                        "[socket:d]",
                        "type = sock_dgram",
                        "proto = udp",
                        "so_reuseport = yes",
                        "interface = lo",
                        "[socket:p]",
                        "type = SOCK_SEQPACKET",
                        "path = /p",
                        "[socket:r]",
                        "type = SOCK_RAW",
                        "proto = icmp",
                        "[socket:u]",
                        "type = SOCK_RAW",
                        "path = /u"))
                .isEmpty();
    }

    @Test
    void nobody_can_wait_at_sockets_that_come_with_the_workers() {
        assertThat(home.errors(
                        "[watcher:a]",
                        "cmd = x $(circus.sockets.s)",
                        "use_sockets = yes",
                        "on_demand = yes",
                        "[socket:s]",
                        "so_reuseport = yes"))
                .containsExactly(
                        "4: cannot use on_demand = true in [watcher:a]: nobody listens at the socket 's' before"
                                + " there is a process, since it has so_reuseport");
    }

    @Test
    void what_says_nothing_to_a_type_of_socket_is_told() {
        assertThat(home.warnings(
                        "[socket:d]",
                        "type = SOCK_DGRAM",
                        "backlog = 5",
                        "[socket:u]",
                        "path = /u",
                        "so_reuseport = yes",
                        "interface = lo",
                        "[socket:r]",
                        "type = SOCK_RAW",
                        "proto = icmp",
                        "port = 1"))
                .containsExactly(
                        "3: backlog in [socket:d] has no effect, since nobody connects to a socket for datagrams",
                        "6: so_reuseport in [socket:u] has no effect, since it has a path",
                        "7: interface in [socket:u] has no effect, since it has a path",
                        "11: port in [socket:r] has no effect, since a raw socket has no port");
    }

    @Test
    void included_files_come_after_the_main_one_and_sorted() {
        home.with("conf.d/b.ini", "[watcher:a]", "x = b", "y = b", "[watcher:b]", "cmd = b");
        home.with("conf.d/a.ini", "[watcher:a]", "x = a", "[circus]", "include = ../n.ini", "check_delay = 7");
        home.with("more/c.ini", "[watcher:c]", "cmd = c");
        home.with("n.ini", "[watcher:n]", "cmd = n");
        CircusConfig config = home.load("[circus]", "include_dir = more conf.d", "[watcher:a]", "cmd = main");
        assertThat(config.watchers()).extracting(WatcherConfig::name).containsExactly("a", "b", "c");
        assertThat(config.watchers().get(0).extras()).isEqualTo(Map.of("x", "a", "y", "b"));
        assertThat(config.options().get(CHECK_DELAY)).isEqualTo(7);
        assertThat(config.warnings().stream().map(Problem::text))
                .containsExactly(
                        "include has no effect in a file that is included itself",
                        "x in [watcher:a] is ignored, since the first value counts, which is in "
                                + home.path("conf.d/a.ini") + ":2");
    }

    @Test
    void including_a_file_twice_or_the_main_file_is_harmless() {
        home.with("x.ini", "[watcher:x]", "cmd = x");
        assertThat(home.warnings("[circus]", "include = x.ini *.ini ./x.ini", "include_dir = ."))
                .isEmpty();
    }

    @Test
    void includes_see_circusds_own_environment_only() {
        home.with("tarek/x.ini", "[watcher:x]", "cmd = x");
        assertThat(home.load("[circus]", "include = $(circus.env.user)/*.ini").watchers())
                .hasSize(1);
        assertThat(home.warnings("[circus]", "include = $(circus.env.D)/*.ini", "[env]", "D = tarek"))
                .containsExactly(
                        "2: 'HOME/$(circus.env.D)/*.ini' does not lead to any config. Make sure include paths are relative"
                                + " to the main config file");
    }

    @Test
    void a_directory_or_a_broken_link_is_not_included_and_told() throws Exception {
        home.with("conf.d/x.ini", "[watcher:x]", "cmd = x");
        Files.createSymbolicLink(home.path("gone.ini"), home.path("nowhere"));
        assertThat(home.warnings("[circus]", "include = conf.d", "  gone.ini"))
                .containsExactly(
                        "2: the directory HOME/conf.d is not included; name it in include_dir, or its files",
                        "2: HOME/gone.ini is not included, since it cannot be read: NoSuchFile (HOME/gone.ini)");
    }
}
