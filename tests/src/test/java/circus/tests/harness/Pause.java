package circus.tests.harness;

/** The little wait between two looks at something that nobody announces. */
final class Pause {
    private Pause() {}

    @SuppressWarnings("BusyWait")
    static void briefly() {
        try {
            Thread.sleep(20);
        } catch (InterruptedException interrupted) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted", interrupted);
        }
    }
}
