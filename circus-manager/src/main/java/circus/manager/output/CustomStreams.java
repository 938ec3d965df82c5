package circus.manager.output;

import circus.stream.OutputStreamer;
import java.util.Map;

/** Makes objects of classes that users bring along for their output. Any thread. */
public interface CustomStreams {
    /** No class is to be had. */
    CustomStreams NONE = (className, options) -> {
        throw new ClassNotFoundException("there is no Java class " + className);
    };

    /** @param options of the stream, without its class; what the constructor throws goes through */
    OutputStreamer make(String className, Map<String, String> options) throws Exception;
}
