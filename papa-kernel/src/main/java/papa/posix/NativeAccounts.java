package papa.posix;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * {@link Accounts} on the C library. All arguments lie outside the heap: the look-ups may ask another machine.
 *
 * <p>Each call gets one block: the result's pointer at 0, the structure at 16, the strings from {@link #STRINGS} on.
 */
final class NativeAccounts implements Accounts {
    private static final int STRINGS = 128;
    private static final int FIRST_ROOM = 4 * 1024;
    private static final int MOST_ROOM = 16 * 1024 * 1024; // a group may have very many members
    private static final int MOST_GROUPS = 65_536; // NGROUPS_MAX

    /** What getpwnam(3) says may stand for "there is none". */
    private static final Set<Integer> NOT_FOUND =
            Set.of(Errno.ENOENT.number(), Errno.ESRCH.number(), Errno.EBADF.number(), Errno.EPERM.number());

    private final LibC c;
    private final Posix posix;

    NativeAccounts(LibC c, Posix posix) {
        this.c = c;
        this.posix = posix;
    }

    /** One of the look-ups; gives an errno. */
    private interface LookUp {
        int call(long structure, long strings, long room, long result);
    }

    /** Makes of a structure what is wanted. */
    private interface Reader<T> {
        T read(long structure);
    }

    private <T> Optional<T> find(LookUp lookUp, Reader<T> reader) throws AccountException {
        for (long room = FIRST_ROOM; room <= MOST_ROOM; room *= 4) {
            long block = c.calloc(1, STRINGS + room);
            if (block == 0) {
                throw new AccountException(Errno.ENOMEM.negated());
            }
            try {
                int failure = lookUp.call(block + 16, block + STRINGS, room, block);
                if (failure != Errno.ERANGE.number()) {
                    long found = posix.getLong(block);
                    if (failure != 0 && !NOT_FOUND.contains(failure)) {
                        throw new AccountException(-failure);
                    }
                    return failure != 0 || found == 0 ? Optional.empty() : Optional.of(reader.read(found));
                }
            } finally {
                c.free(block);
            }
        }
        throw new AccountException(Errno.ERANGE.negated());
    }

    private <T> Optional<T> findByName(String name, Reader<T> reader, boolean user) throws AccountException {
        long word = string(name);
        if (word == 0) {
            throw new AccountException(Errno.ENOMEM.negated());
        }
        try {
            return find(
                    (structure, strings, room, result) -> user
                            ? c.getpwnam_r(word, structure, strings, room, result)
                            : c.getgrnam_r(word, structure, strings, room, result),
                    reader);
        } finally {
            c.free(word);
        }
    }

    @Override
    public Optional<Account> user(String name) throws AccountException {
        return findByName(name, this::account, true);
    }

    @Override
    public Optional<Account> user(int uid) throws AccountException {
        return find(
                (structure, strings, room, result) -> c.getpwuid_r(uid, structure, strings, room, result),
                this::account);
    }

    @Override
    public Optional<Integer> group(String name) throws AccountException {
        return findByName(name, group -> posix.getInt(group + 16), false); // gr_gid
    }

    @Override
    public boolean isGroup(int gid) throws AccountException {
        return find(
                        (structure, strings, room, result) -> c.getgrgid_r(gid, structure, strings, room, result),
                        group -> gid)
                .isPresent();
    }

    /** struct passwd: pw_name at 0, pw_uid at 16, pw_gid at 20. */
    private Account account(long user) {
        return new Account(stringAt(posix.getLong(user)), posix.getInt(user + 16), posix.getInt(user + 20));
    }

    @Override
    public List<Integer> groupsOf(Account user, int gid) throws AccountException {
        long word = string(user.name());
        long groups = c.calloc(MOST_GROUPS + 1L, 4);
        try {
            if (word == 0 || groups == 0) {
                throw new AccountException(Errno.ENOMEM.negated());
            }
            posix.putInt(groups, MOST_GROUPS);
            int count = c.getgrouplist(word, gid, groups + 4, groups);
            List<Integer> found = new ArrayList<>();
            for (int i = 0; i < count; i++) {
                found.add(posix.getInt(groups + 4 + i * 4L));
            }
            return found;
        } finally {
            c.free(word);
            c.free(groups);
        }
    }

    private long string(String word) {
        byte[] bytes = word.getBytes(StandardCharsets.ISO_8859_1);
        long address = c.calloc(1, bytes.length + 1L);
        if (address != 0) {
            posix.putBytes(address, bytes, 0, bytes.length);
        }
        return address;
    }

    private String stringAt(long address) {
        byte[] bytes = new byte[(int) c.strlen(address)];
        posix.getBytes(address, bytes, 0, bytes.length);
        return new String(bytes, StandardCharsets.ISO_8859_1);
    }
}
