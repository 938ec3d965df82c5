package papa.posix;

import jnr.ffi.annotations.In;
import jnr.ffi.annotations.Out;

/**
 * The C library as jnr-ffi binds it. A {@code long} is an address or a size. Used by {@link NativePosix} alone.
 *
 * <p>Arrays appear only where a call returns at once. While a call has a Java array, the collector waits for it, and all
 * threads that need memory wait for the collector: a program on a file system that hangs would stop the whole kernel.
 */
public interface LibC {
    long calloc(long count, long bytes);

    void free(long address);

    long memcpy(long to, long from, long bytes);

    int memfd_create(long name, int flags);

    int ftruncate(int fd, long length);

    int madvise(long address, long bytes, int advice);

    int epoll_create1(int flags);

    int epoll_ctl(int epoll, int operation, int fd, long event);

    int epoll_wait(int epoll, long events, int most, int timeoutMillis);

    int eventfd(int initial, int flags);

    long read(int fd, long address, long bytes);

    long write(int fd, long address, long bytes);

    long pread(int fd, long address, long bytes, long offset);

    int pipe2(@Out int[] ends, int flags);

    int close(int fd);

    int fcntl(int fd, int command, long argument);

    int dup3(int fd, int to, int flags);

    int open(long path, int flags, int mode);

    int fchownat(int directory, long path, int uid, int gid, int flags);

    int chmod(long path, int mode);

    int flock(int fd, int operation);

    int unlink(long path);

    int mkdir(long path, int mode);

    int rmdir(long path);

    int socket(int domain, int type, int protocol);

    int bind(int fd, long address, int length);

    int connect(int fd, long address, int length);

    int listen(int fd, int backlog);

    int accept4(int fd, long address, long length, int flags);

    int getsockname(int fd, @Out byte[] address, @In @Out int[] length);

    int getpeername(int fd, @Out byte[] address, @In @Out int[] length);

    int setsockopt(int fd, int level, int option, @In int[] value, int length);

    int setsockopt(int fd, int level, int option, long value, int length);

    int getsockopt(int fd, int level, int option, @Out int[] value, @In @Out int[] length);

    int getsockopt(int fd, int level, int option, long value, long length);

    int posix_spawn(long pid, long path, long actions, long attributes, long argv, long environment);

    int posix_spawn_file_actions_init(long actions);

    int posix_spawn_file_actions_destroy(long actions);

    int posix_spawn_file_actions_addopen(long actions, int fd, long path, int flags, int mode);

    int posix_spawn_file_actions_adddup2(long actions, int fd, int to);

    int posix_spawn_file_actions_addclose(long actions, int fd);

    int posix_spawn_file_actions_addclosefrom_np(long actions, int from);

    int posix_spawnattr_init(long attributes);

    int posix_spawnattr_setflags(long attributes, short flags);

    int posix_spawnattr_setsigmask(long attributes, long set);

    int posix_spawnattr_setsigdefault(long attributes, long set);

    int sigemptyset(long set);

    int wait4(int pid, @Out int[] status, int options, long usage);

    int getrusage(int who, long usage);

    int waitid(int kind, int id, long info, int options);

    int kill(int pid, int signal);

    int prctl(int option, long value, long unused1, long unused2, long unused3);

    int setsid();

    long signal(int number, long handler);

    int pthread_sigmask(int how, long set, long former);

    int signalfd(int fd, long set, int flags);

    int execve(long path, long argv, long environment);

    long readlink(long path, long into, long bytes);

    int getpid();

    int getuid();

    int getrlimit(int resource, @Out long[] softAndHard);

    int setrlimit(int resource, @In long[] softAndHard);

    int prlimit(int pid, int resource, long wanted, long former);

    int setpriority(int kind, int id, int nice);

    int getgroups(int count, long groups);

    int getegid();

    int gettid();

    int getpwnam_r(long name, long user, long strings, long room, long result);

    int getpwuid_r(int uid, long user, long strings, long room, long result);

    int getgrnam_r(long name, long group, long strings, long room, long result);

    int getgrgid_r(int gid, long group, long strings, long room, long result);

    int getgrouplist(long name, int gid, long groups, long count);

    long strlen(long address);

    int mkfifo(long path, int mode);

    int poll(long polls, long count, int timeoutMillis);

    int unshare(int flags);

    int chdir(long path);

    int umask(int mask);

    int statx(int directory, long path, int flags, int mask, long into);

    int access(long path, int mode);

    long syscall(long number, long first, long second, long third, long fourth);
}
