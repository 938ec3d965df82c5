package circus.tests.python;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.DebianPython;
import circus.tests.harness.Home;
import circus.tests.harness.HomeExtension;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;

/**
 * The hooks that Circus's manual shows, word by word, with a real Redis at the port that they name: on a network of their own, since another
 * one may be there.
 */
@Tag("root")
@ExtendWith(HomeExtension.class)
class ManualExamplesTest {
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    private final Home home;

    ManualExamplesTest(Home home) {
        this.home = home;
    }

    /** Brings the loopback of a new network up, and becomes the program. */
    private Path withLoopback() {
        return home.write("loopback.py", """
                import fcntl, os, socket, struct, sys
                UP, SIOCSIFFLAGS = 0x1, 0x8914
                fcntl.ioctl(socket.socket(), SIOCSIFFLAGS, struct.pack('16sh', b'lo', UP))
                os.execv(sys.argv[1], sys.argv[1:])
                """);
    }

    @Test
    void a_watcher_waits_for_redis_by_check_redis() {
        DebianPython.require("redis", "python3-redis");
        home.write("code/mycoolapp/__init__.py", "");
        home.write("code/mycoolapp/myplugins.py", """
                import redis
                import time

                def check_redis(*args, **kw):
                    time.sleep(.5) # give it a chance to start
                    r = redis.StrictRedis(host='localhost', port=6379, db=0)
                    r.set('foo', 'bar')
                    return r.get('foo') == 'bar'
                """);
        home.write("code/newer.py", """
                import redis

                def check_redis(*args, **kw):
                    return redis.StrictRedis(host='localhost', port=6379, db=0).get('foo') == b'bar'
                """);
        Circus circus =
                home.circus("redis", "", """
                [env]
                PYTHONPATH = %s

                [watcher:queue-worker]
                cmd = sleep 1000
                hooks.before_start = mycoolapp.myplugins.check_redis
                priority = 1

                [watcher:redis]
                cmd = redis-server --save ''
                copy_env = true
                priority = 2
                """.formatted(home.path("code"))).atUnixSockets();
        circus.awaitCommands(circus.launchBelow(
                "env",
                "PATH=" + DebianPython.PATH,
                "unshare",
                "--net",
                DebianPython.PROGRAM,
                withLoopback().toString()));

        // Of Python 3 and a redis-py of today get answers bytes, which are not 'bar': the hook of the manual has asked,
        // and says no.
        await("it has asked")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "queue-worker").equals("stopped"));
        assertThat(circus.manager().errors()).doesNotContain("Hook 'before_start' failed");
        circus.tell("set", "queue-worker", "hooks.before_start", "newer.check_redis");
        circus.tell("start", "--waiting", "queue-worker");

        assertThat(circus.tell("status", "queue-worker"))
                .as("foo is bar in Redis")
                .isEqualTo("active");
        circus.terminate();
        home.mustBeEmpty();
    }

    @Test
    void the_hooks_that_the_manual_sketches() {
        home.write("sketches.py", """
                def hook(watcher, arbiter, hook_name, **kwargs):
                    # If you don't return True, the hook can change
                    # the behavior of circus (depending on the hook)
                    return True

                def after_spawn(watcher, arbiter, hook_name, pid, **kwargs):
                    # If you don't return True, circus will kill the process
                    return True

                def before_signal_hook(watcher, arbiter, hook_name, pid, signum, **kwargs):
                    # If you don't return True, circus won't send the signum signal
                    # (SIGKILL is always sent)
                    return True

                def extended_stats_hook(watcher, arbiter, hook_name, pid, stats, **kwargs):
                    stats['added'] = watcher.name
                    return True

                def super_hook(watcher, arbiter, hook_name, **kwargs):
                    pid = None
                    signum = None
                    if hook_name in ('before_signal', 'after_signal'):
                        pid = kwargs['pid']
                        signum = kwargs['signum']
                    with open('diary', 'a') as diary:
                        print(hook_name, pid is not None, signum, file=diary)
                    return True
                """);
        Circus circus = home.circus("sketches", "", """
                [watcher:web]
                cmd = sleep 1000
                hooks.before_start = sketches.hook
                hooks.after_spawn = sketches.after_spawn
                hooks.before_signal = sketches.before_signal_hook
                hooks.extended_stats = sketches.extended_stats_hook
                hooks.after_start = sketches.super_hook
                hooks.after_signal = sketches.super_hook
                """);
        circus.awaitCommands(circus.launchBelow("env", "PATH=" + DebianPython.PATH));
        await("the start")
                .atMost(PATIENCE)
                .until(() -> circus.tell("status", "web").equals("active"));
        Commands.Result stats = circus.ctl("--json", "stats", "web", "--extended");
        assertThat(stats.output()).contains("\"added\": \"web\"");
        circus.tell("stop", "--waiting", "web");
        assertThat(Home.read(home.path("diary")).lines().toList())
                .isEqualTo(List.of("after_start False None", "after_signal True 15"));
        circus.terminate();
        home.mustBeEmpty();
    }
}
