package papa.kernel;

import papa.wire.Limit;

/** What the words and notes of all processes take of the heap, which is bounded. Loop thread only. */
final class Remembered {
    private long bytes;

    void demandRoom(String doing, long more) throws Refusal {
        if (more > 0 && bytes + more > Limit.PROCESS_BYTES.most()) {
            throw new Refusal("cannot " + doing + ": the words and notes of all processes take "
                    + Limit.PROCESS_BYTES.most() + " bytes already, which is the most that is remembered");
        }
    }

    void add(long more) {
        bytes += more;
    }

    void begin(Incarnation process) {
        add(process.spec.bytes() + Notes.bytes(process.annotations));
    }

    void end(Incarnation process) {
        add(-process.spec.bytes() - Notes.bytes(process.annotations));
    }
}
