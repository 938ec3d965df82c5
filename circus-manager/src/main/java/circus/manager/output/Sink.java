package circus.manager.output;

/** Where streams are written to: a log file, or a console. A stream has bytes on their way to one sink at a time. */
interface Sink {
    /** Whether more can be staged now. When not, whoever wants to has to wait until the sink resumes its streams. */
    boolean accepts();

    Staging staging();
}
