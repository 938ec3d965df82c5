package circus.manager.output;

import circus.manager.line.Layout;
import java.nio.file.Path;
import java.util.Map;

/**
 * A log file at one instant of the output path: it holds what these streams have said up to here, and nothing of what came later.
 *
 * @param length in bytes
 * @param sources whose output goes there by now, and in which shape
 * @param written how far each stream is written, as {@code 17.out}; streams that have ended and are written wholly are not named
 */
public record LogStanding(Path path, long length, Map<OutputRoutes.Source, Layout> sources, Map<String, Long> written) {
    public LogStanding {
        sources = Map.copyOf(sources);
        written = Map.copyOf(written);
    }
}
