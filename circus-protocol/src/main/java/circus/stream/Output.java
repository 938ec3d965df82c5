package circus.stream;

import java.util.LinkedHashMap;
import java.util.Map;

/** What a process has written: a line with its line feed, or a part of one. */
public final class Output {
    private final byte[] data;
    private final int pid;
    private final String name;
    private final double timestamp;

    /** Holds on to the bytes. */
    public Output(byte[] data, int pid, String name, double timestamp) {
        this.data = data;
        this.pid = pid;
        this.name = name;
        this.timestamp = timestamp;
    }

    /** The bytes, which belong to the receiver. */
    public byte[] data() {
        return data;
    }

    /** The process that has written them. */
    public int pid() {
        return pid;
    }

    /** {@code stdout} or {@code stderr}. */
    public String name() {
        return name;
    }

    /** When the kernel read them, in seconds since 1970. */
    public double timestamp() {
        return timestamp;
    }

    /** All of it under the names that streams of Circus know. */
    public Map<String, Object> asMap() {
        Map<String, Object> map = new LinkedHashMap<>();
        map.put("data", data);
        map.put("pid", pid);
        map.put("name", name);
        map.put("timestamp", timestamp);
        return map;
    }
}
