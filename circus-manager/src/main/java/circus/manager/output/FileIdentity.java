package circus.manager.output;

/** What makes a file the same file, whatever its names. */
record FileIdentity(long device, long inode) {}
