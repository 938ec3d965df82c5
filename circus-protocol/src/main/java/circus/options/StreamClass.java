package circus.options;

import java.util.Arrays;
import java.util.Optional;
import java.util.stream.Collectors;

/** What {@code stdout_stream.class} can name besides a class of Java; names count in their case, as in Circus. */
public enum StreamClass {
    FILE("FileStream", true, "appends to a file"),
    TIMED("TimedRotatingFileStream", true, "appends to a file that is begun anew by the clock"),
    WATCHED("WatchedFileStream", true, "appends to the file that has the name by then, whoever renamed the one before"),
    JSON("JsonStream", false, "an object of JSON for each line, in a file or on circusd's stdout"),
    STDOUT("StdoutStream", false, "circusd's own stdout"),
    FANCY("FancyStdoutStream", false, "circusd's own stdout, for people: time, process and colour"),
    SYSLOG("SyslogStream", false, "syslog, of this machine or another");

    /** A class of Circus that is of use to its own program only. */
    public static final String QUEUE = "QueueStream";

    private final String title;
    private final boolean needsFile;
    private final String doc;

    StreamClass(String title, boolean needsFile, String doc) {
        this.title = title;
        this.needsFile = needsFile;
        this.doc = doc;
    }

    /** As it is written. */
    public String title() {
        return title;
    }

    /** Whether it is nothing without {@code filename}. */
    public boolean needsFile() {
        return needsFile;
    }

    /** What it does with output, in a line. */
    public String doc() {
        return doc;
    }

    public static Optional<StreamClass> find(String name) {
        return Arrays.stream(values()).filter(each -> each.title.equals(name)).findFirst();
    }

    /** Whether a name is that of a class that users bring along. */
    public static boolean isCustom(String name) {
        return name.indexOf('.') >= 0;
    }

    /** All names, for people. */
    public static String names() {
        return Arrays.stream(values()).map(StreamClass::title).collect(Collectors.joining(", "));
    }
}
