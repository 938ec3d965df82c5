package circus.manager.disk;

/** What makes a file the same file, whatever its names. */
public record FileIdentity(long device, long inode) {}
