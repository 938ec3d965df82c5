package circus.cli;

import circus.command.CommandDeclaration;
import circus.terminal.ControllingTerminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jline.reader.Candidate;
import org.jline.reader.EndOfFileException;
import org.jline.reader.LineReader;
import org.jline.reader.LineReaderBuilder;
import org.jline.reader.ParsedLine;
import org.jline.reader.UserInterruptException;
import org.jline.reader.impl.DefaultParser;
import org.jline.terminal.Terminal;
import org.jspecify.annotations.Nullable;

/**
 * The lines of a person at a terminal, by JLine: editing, history, completion. Ctrl-C clears the line, and ends a command that runs; Ctrl-D
 * ends the shell. The only class that loads JLine. One thread; {@link #close} any.
 */
final class Conversation implements Shell.Lines, AutoCloseable {
    private static final int MOST_LINES = 1_000;

    private final Terminal terminal;
    private final LineReader reader;
    private final Suggestions suggestions;

    Conversation(Settings settings, Console console) throws IOException {
        suggestions = new Suggestions(new DaemonNames(settings, console));
        terminal = ControllingTerminal.open("circusctl", true);
        DefaultParser parser = new DefaultParser();
        parser.setEofOnUnclosedQuote(false);
        parser.setEofOnEscapedNewLine(false);
        LineReaderBuilder builder = LineReaderBuilder.builder()
                .appName("circusctl")
                .terminal(terminal)
                .parser(parser)
                .completer((line, words, candidates) -> complete(words, candidates))
                .option(LineReader.Option.DISABLE_EVENT_EXPANSION, true)
                .option(LineReader.Option.HISTORY_TIMESTAMPED, false)
                .option(LineReader.Option.HISTORY_IGNORE_SPACE, true)
                .variable(LineReader.HISTORY_SIZE, MOST_LINES)
                .variable(LineReader.HISTORY_FILE_SIZE, MOST_LINES);
        Optional<Path> history = HistoryFile.find(System.getenv());
        history.ifPresent(file -> builder.variable(LineReader.HISTORY_FILE, file));
        reader = builder.build();
        Thread commands = Thread.currentThread();
        terminal.handle(Terminal.Signal.INT, signal -> commands.interrupt());
    }

    private void complete(ParsedLine line, List<Candidate> candidates) {
        List<String> words = line.words().subList(0, line.wordIndex());
        List<String> all = new ArrayList<>(words);
        all.add(line.word().substring(0, line.wordCursor()));
        for (String word : suggestions.at(all)) {
            boolean open = word.endsWith(".");
            candidates.add(new Candidate(word, word, null, summary(all, word), null, null, !open));
        }
    }

    private @Nullable String summary(List<String> words, String word) {
        CommandDeclaration command = words.size() == 1 ? suggestions.find(word) : null;
        return command == null ? null : command.summary();
    }

    @Override
    public @Nullable String next(String prompt) {
        boolean unused = Thread.interrupted();
        while (true) {
            try {
                return reader.readLine(prompt);
            } catch (UserInterruptException again) {
                // The line is forgotten; here is another one.
            } catch (EndOfFileException end) {
                return null;
            }
        }
    }

    /** Leaves the terminal as it was found. */
    @Override
    public void close() {
        try {
            terminal.close();
        } catch (IOException gone) {
            // Whoever had it open has closed it: there is nothing to be left as it was.
        }
    }
}
