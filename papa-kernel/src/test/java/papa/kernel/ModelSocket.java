package papa.kernel;

import papa.wire.Words;

/** A model of a held socket. Port and descriptor are what the kernel once said. */
record ModelSocket(String name, String path, int backlog, boolean nonBlocking, int port, int descriptor) {
    boolean isUnix() {
        return !path.isEmpty();
    }

    /** Papa's clients know papa's options alone. */
    boolean agreesWith(ModelSocket asked, boolean papas) {
        return backlog == asked.backlog
                && path.equals(asked.path)
                && (asked.port == 0 || asked.port == port)
                && (papas || nonBlocking == asked.nonBlocking);
    }

    ModelSocket at(int itsPort, int itsDescriptor) {
        return new ModelSocket(name, path, backlog, nonBlocking, itsPort, itsDescriptor);
    }

    String line(boolean papas) {
        String family = " family=" + (isUnix() ? "unix" : "inet") + " type=stream backlog=" + backlog;
        if (papas) {
            return name + family + (isUnix() ? " path=" + path : " host=127.0.0.1 port=" + port) + " fileno="
                    + descriptor;
        }
        String place = isUnix()
                ? Words.quote("path", path) + " owner=\"\" group=\"\""
                : "host=127.0.0.1 address=127.0.0.1 port=" + port + " interface=\"\"";
        return Words.quote(name) + family + " " + place + " reuseport=0 nonblocking=" + (nonBlocking ? 1 : 0)
                + " fileno=" + descriptor;
    }
}
