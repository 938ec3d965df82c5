package circus.manager.output;

import static org.assertj.core.api.Assertions.assertThat;

import circus.message.Json;
import circus.message.JsonException;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import papa.wire.Frame.Channel;

/** Checks a file of JSON against all that its streams ever said: each character once, in order, at its true time. */
final class JsonExactness {
    private JsonExactness() {}

    /** @return how many lines are no JSON, since their end could not be had any more */
    static int check(Collection<ModelKernel.Pipe> pipes, byte[] file) {
        Map<String, ModelKernel.Pipe> byName = new HashMap<>();
        Map<String, ByteArrayOutputStream> said = new HashMap<>();
        for (ModelKernel.Pipe pipe : pipes) {
            String stream = pipe.id.channel() == Channel.OUT ? "stdout" : "stderr";
            String name = ModelKernel.pid(pipe.id.incarnation()) + stream;
            byName.put(name, pipe);
            said.put(name, new ByteArrayOutputStream());
        }
        int scraps = 0;
        for (String line : new String(file, StandardCharsets.UTF_8).lines().toList()) {
            Map<String, @Nullable Object> object;
            try {
                object = Json.readObject(line);
            } catch (JsonException e) {
                scraps++;
                continue;
            }
            assertThat(object.keySet()).startsWith("time", "watcher", "wid", "pid", "stream", "message");
            String name = String.valueOf(object.get("pid")) + object.get("stream");
            ByteArrayOutputStream before = said.get(name);
            ModelKernel.Pipe pipe = byName.get(name);
            assertThat(before).as(line).isNotNull();
            if (before == null || pipe == null) {
                continue;
            }
            long micros = Duration.between(Instant.EPOCH, Instant.parse(String.valueOf(object.get("time"))))
                            .toNanos()
                    / 1000;
            assertThat(micros).as(line).isEqualTo(pipe.chunkAt(before.size()).micros());
            before.writeBytes(String.valueOf(object.get("message")).getBytes(StandardCharsets.UTF_8));
            if (!object.containsKey("partial")) {
                before.write('\n');
            }
        }
        byName.forEach((name, pipe) -> assertThat(
                        String.valueOf(said.get(name)).lines().toList())
                .as(name)
                .isEqualTo(new String(pipe.everything(), StandardCharsets.UTF_8)
                        .lines()
                        .toList()));
        return scraps;
    }

    /** What all lines say. */
    static List<Object> messages(String file) {
        return file.lines()
                .map(line -> {
                    try {
                        return String.valueOf(Json.readObject(line).get("message"));
                    } catch (JsonException e) {
                        throw new AssertionError(line, e);
                    }
                })
                .map(Object.class::cast)
                .toList();
    }
}
