package circus.manager.line;

/** Lines as they were said, each by itself: for who has to know where one ends. Any thread. */
public final class RawLines implements LineShape {
    @Override
    public void shape(Target target, long micros, byte[] source, int from, int to, boolean begins) {
        target.append(source, from, to);
    }

    @Override
    public boolean endsEveryPart() {
        return true;
    }
}
