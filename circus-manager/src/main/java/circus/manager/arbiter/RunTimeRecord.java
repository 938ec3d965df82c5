package circus.manager.arbiter;

import java.util.Map;

/** A second record of what was done at run time, beside the kernel's values; it outlives the kernel. Nothing here blocks. */
public interface RunTimeRecord {
    void keep(String key, String value);

    void drop(String key);

    /** This is all there is; whatever else an earlier manager has left is forgotten. */
    void replace(Map<String, String> all);

    /** For those who need none. */
    RunTimeRecord NONE = new RunTimeRecord() {
        @Override
        public void keep(String key, String value) {}

        @Override
        public void drop(String key) {}

        @Override
        public void replace(Map<String, String> all) {}
    };
}
