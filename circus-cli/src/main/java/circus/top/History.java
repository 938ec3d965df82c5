package circus.top;

/** The latest values of one figure, for a sparkline. Not thread safe. */
final class History {
    /** As many as the widest screen shows. */
    static final int MOST = 120;

    private final float[] values = new float[MOST];
    private int next;
    private int size;

    /** @param value NaN counts as 0 */
    void add(double value) {
        values[next] = Double.isNaN(value) ? 0 : (float) value;
        next = (next + 1) % MOST;
        size = Math.min(size + 1, MOST);
    }

    int size() {
        return size;
    }

    /** @param back 0 for the latest value, up to {@code size() - 1} */
    double get(int back) {
        return values[Math.floorMod(next - 1 - back, MOST)];
    }
}
