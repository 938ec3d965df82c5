import circus.client.Answer;
import circus.client.CircusClient;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** Grows a watcher by one process and shrinks it again; then prints the next thing that happens to any. */
public final class Rolling {
    private Rolling() {}

    /** @param words the endpoints for commands and for events, and the name of a watcher */
    public static void main(String[] words) throws Exception {
        Duration limit = Duration.ofSeconds(20);
        try (CircusClient circus = new CircusClient(words[0])) {
            for (String command : List.of("incr", "decr")) {
                Answer answer = circus.call(command, Map.of("name", words[2], "waiting", true), limit);
                if (answer.isError()) {
                    System.err.println(command + " was refused: " + answer.reason());
                    System.exit(1);
                }
                System.out.println(answer.fields().get("numprocesses") + " processes");
            }
        }
        try (CircusClient events = new CircusClient(words[1])) {
            events.subscribe(List.of("watcher."), event -> {
                System.out.println(event.watcher() + ": " + event.action());
                return false;
            });
        }
    }
}
