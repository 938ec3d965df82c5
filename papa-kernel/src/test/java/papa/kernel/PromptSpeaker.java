package papa.kernel;

import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import papa.wire.Words;

/** A connection with prompts, in papa's language or in ours. */
final class PromptSpeaker implements Speaker {
    private static final String ERROR = "Error: ";

    private final Mode mode;
    final Person person;

    PromptSpeaker(Path socket, Mode mode) throws IOException {
        this.mode = mode;
        this.person = new Person(socket);
        if (mode == Mode.QUOTED) {
            person.ask("hello");
        }
    }

    @Override
    public Mode mode() {
        return mode;
    }

    @Override
    public void say(List<String> words) throws IOException {
        person.say(words.stream().map(Words::utf8).map(this::written).collect(Collectors.joining(" ")));
    }

    private String written(String word) {
        return mode == Mode.PAPA ? word.replace(" ", "\\ ") : Words.quote(word);
    }

    @Override
    public Expected.Answer answer() throws IOException {
        String text = person.readTo("\n> ");
        String body = Words.text(text.substring(0, text.length() - 2));
        return body.startsWith(ERROR)
                ? new Expected.Answer(false, body.substring(ERROR.length()))
                : new Expected.Answer(true, body);
    }

    @Override
    public void close() throws IOException {
        person.close();
    }
}
