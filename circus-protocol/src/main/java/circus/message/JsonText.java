package circus.message;

/** A value that is JSON already, to be written as it is: what is large is made where there is time for it. A value; any thread. */
public final class JsonText {
    private final String text;

    JsonText(String text) {
        this.text = text;
    }

    @Override
    public String toString() {
        return text;
    }
}
