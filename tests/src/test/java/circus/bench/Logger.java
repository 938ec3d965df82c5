package circus.bench;

import circus.tests.harness.Circus;
import circus.tests.harness.Commands;
import circus.tests.harness.Home;
import circus.tests.harness.PythonCircus;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** One of those who run workers and write what these print to files; ours, and its peers. Each has a folder for its files. */
enum Logger {
    C("C: epoll, read, write") {
        @Override
        boolean isHere() {
            return true;
        }

        @Override
        Running start(Job job) throws IOException {
            List<String> command = new ArrayList<>(
                    List.of(job.peers.peer.toString(), "store", job.file("log"), Integer.toString(job.workers)));
            command.addAll(job.command);
            Held held = new Held(command);
            return new Running(() -> List.of(held.pid()), held::end);
        }
    },
    RUNIT("runit, svlogd") {
        @Override
        boolean isHere() {
            return Tools.has("runsvdir") && Tools.has("svlogd");
        }

        @Override
        Running start(Job job) throws IOException {
            for (int i = 0; i < job.workers; i++) {
                Path service = Files.createDirectories(job.home.path("runit").resolve("w" + i));
                Tools.script(service.resolve("run"), "exec " + String.join(" ", job.command));
                Path log = Files.createDirectories(service.resolve("log"));
                Path files = Files.createDirectories(job.folder.resolve("w" + i));
                // Its default size is a megabyte; n0: no file is ever removed.
                Files.writeString(files.resolve("config"), "s" + (job.rotate > 0 ? job.rotate : 1 << 30) + "\nn0\n");
                Tools.script(log.resolve("run"), "exec svlogd " + files);
            }
            Process runsvdir = Tools.start(
                    job.home.directory(),
                    List.of("runsvdir", "-P", job.home.path("runit").toString()));
            return new Running(() -> all(runsvdir.pid()).map(ProcessHandle::pid).toList(), () -> {
                List<ProcessHandle> all = all(runsvdir.pid()).toList();
                Commands.run(Duration.ofSeconds(10), "kill", "-HUP", Long.toString(runsvdir.pid()));
                Tools.awaitEnds(all); // they write into their folders to the last
            });
        }

        private Stream<ProcessHandle> all(long runsvdir) {
            return ProcessHandle.allProcesses().filter(each -> isRunits(each, runsvdir));
        }

        /** runsvdir, a runsv for each service, and an svlogd below that. */
        private boolean isRunits(ProcessHandle process, long runsvdir) {
            String program = process.info().command().orElse("");
            boolean below = process.pid() == runsvdir
                    || Stream.iterate(
                                    process.parent(),
                                    each -> each.isPresent(),
                                    each -> each.flatMap(ProcessHandle::parent))
                            .anyMatch(each -> each.get().pid() == runsvdir);
            return below && Stream.of("/runsvdir", "/runsv", "/svlogd").anyMatch(program::endsWith);
        }
    },
    SUPERVISOR("Supervisor") {
        @Override
        boolean isHere() {
            return Tools.has("supervisord");
        }

        @Override
        Running start(Job job) throws IOException {
            Path configuration = job.home.write("supervisord.conf", """
                    [supervisord]
                    nodaemon = true
                    logfile = /dev/null
                    logfile_maxbytes = 0
                    pidfile = %s
                    minfds = 1024
                    [program:w]
                    command = %s
                    process_name = %%(program_name)s%%(process_num)d
                    numprocs = %d
                    stdout_logfile = %s/%%(process_num)d.log
                    stdout_logfile_maxbytes = %d
                    stdout_logfile_backups = 1000
                    """.formatted(
                            job.home.path("supervisord.pid"),
                            String.join(" ", job.command),
                            job.workers,
                            job.folder,
                            job.rotate));
            Process daemon = Tools.start(job.home.directory(), List.of("supervisord", "-c", configuration.toString()));
            return new Running(() -> List.of(daemon.pid()), () -> Tools.end(daemon));
        }
    },
    CIRCUS("Circus 0.19") {
        @Override
        boolean isHere() {
            return System.getenv("CIRCUS_PYTHON") != null;
        }

        @Override
        Running start(Job job) {
            Circus circus = job.home.circus("python", "", job.section());
            List<String> words = PythonCircus.words(Path.of(System.getenv("CIRCUS_PYTHON")), "circus.circusd");
            long pid = circus.launchInstead(words).pid();
            return new Running(() -> List.of(pid), circus::terminate);
        }
    },
    OURS("circusd on papa") {
        @Override
        boolean isHere() {
            return true;
        }

        @Override
        Running start(Job job) {
            Circus circus = job.home.circus("ours", "", job.section());
            long manager = circus.start().pid();
            long kernel = Long.parseLong(circus.askKernel("hello").replaceAll("(?s).* pid=(\\d+) .*", "$1"));
            return new Running(() -> List.of(manager, kernel), circus::terminate);
        }
    };

    /**
     * What is to be run.
     *
     * @param folder where the files are to be
     * @param rotate when a file has so many bytes; 0: never. C never does.
     */
    record Job(Home home, Peers peers, Path folder, int workers, long rotate, List<String> command) {
        String file(String name) {
            return folder.resolve(name).toString();
        }

        /** For both Circuses. */
        String section() {
            String rotation = rotate == 0
                    ? ""
                    : "stdout_stream.max_bytes = %d\nstdout_stream.backup_count = 1000\n".formatted(rotate);
            return """
                    [watcher:w]
                    cmd = %s
                    numprocesses = %d
                    stdout_stream.class = FileStream
                    stdout_stream.filename = %s
                    %s""".formatted(String.join(" ", command), workers, file("log"), rotation);
        }
    }

    /** Who is told that it is over. */
    interface End {
        void now() throws IOException;
    }

    /** Which processes there are may be asked once all run. */
    interface Daemons {
        List<Long> pids();
    }

    /** One that runs. */
    record Running(Daemons daemons, End end) {}

    final String title;

    Logger(String title) {
        this.title = title;
    }

    /** Whether it is installed. */
    abstract boolean isHere();

    /** Returns when it, or its workers, have begun to run. */
    abstract Running start(Job job) throws IOException;
}
