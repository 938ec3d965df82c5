package circus.manager.extension;

import circus.stream.OutputStreamer;
import java.util.Map;

/** Makes objects of a class that {@link Extensions#stream} has found. Any thread. */
public interface StreamSource {
    /** @param options of the stream, without its class; what the constructor throws goes through */
    OutputStreamer make(Map<String, String> options) throws Exception;
}
