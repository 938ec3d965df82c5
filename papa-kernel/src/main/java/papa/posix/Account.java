package papa.posix;

/** A user of this machine, as passwd(5) has it. {@code name} is a byte string. */
public record Account(String name, int uid, int gid) {}
