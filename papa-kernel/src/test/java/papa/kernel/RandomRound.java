package papa.kernel;

import java.io.Closeable;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * A kernel and its model, several connections to it, and the programs it runs: what the steps of one round work on. After
 * each request the kernel's answer must be the model's.
 *
 * <p>What a program was told to write or to end is true in the model at once, and in the kernel in a moment: {@link #settle}
 * waits for that, before anything that depends on it.
 */
final class RandomRound implements Closeable {
    static final int CONNECTIONS = 6;
    private static final Pattern LINE = Pattern.compile("(?m)^\\S+ incarnation=(\\d+) .*$");
    private static final Pattern ENDED = Pattern.compile(" ended=(\\d+)");

    final ModelKernel model = new ModelKernel();
    final List<String> trace = new ArrayList<>();
    final Path folder;
    final long pid = ProcessHandle.current().pid();
    private RunningKernel kernel;
    private FramedSpeaker observer;
    final Map<Integer, Speaker> speakers = new LinkedHashMap<>();

    /** Processes of others that hold a lease, by its name. */
    final Map<String, Process> strangers = new LinkedHashMap<>();

    private final Set<ModelProcess> unsettled = new LinkedHashSet<>();
    private final List<ToldProgram> programs = new ArrayList<>();
    private final Path script;
    int handOvers;

    RandomRound() throws Exception {
        folder = Files.createTempDirectory("papa-random");
        script = ToldProgram.script(folder);
        kernel = new RunningKernel();
        observer = new FramedSpeaker(kernel.socket);
    }

    Path socket() {
        return kernel.socket;
    }

    void handOver() throws Exception {
        handOvers++;
        kernel = kernel.handOver();
    }

    ToldProgram newProgram() throws IOException {
        ToldProgram program = ToldProgram.make(script, programs.size());
        programs.add(program);
        return program;
    }

    // Connections.

    /** One connection, opened if it is not; two in six have prompts of papa's, two of ours. */
    Speaker speaker(int number) throws Exception {
        Speaker open = speakers.get(number);
        if (open == null) {
            open = switch (number) {
                case 0, 1 -> new FramedSpeaker(kernel.socket);
                case 2, 3 -> new PromptSpeaker(kernel.socket, Speaker.Mode.QUOTED);
                case 4 -> new PromptSpeaker(kernel.socket, Speaker.Mode.PAPA);
                default -> new FramedSpeaker(kernel.socket);
            };
            speakers.put(number, open);
        }
        return open;
    }

    /** The connection of this number is closed, and the kernel has seen it. */
    void drop(int number) throws Exception {
        Speaker gone = speakers.remove(number);
        if (gone != null) {
            gone.close();
            model.leases.gone(gone);
            awaitSessions();
        }
    }

    void awaitSessions() throws Exception {
        String wanted = " sessions=" + (1 + speakers.size() + strangers.size()) + " ";
        await(() -> observe("stats").contains(wanted), "the kernel to have" + wanted);
    }

    // Requests.

    /** Asks, and demands the model's answer; now and then another kernel goes on before it has come. */
    void ask(Dice dice, Speaker speaker, Expected expected, String... words) throws Exception {
        ask(dice, speaker, expected, List.of(words), () -> {});
    }

    void ask(Dice dice, Speaker speaker, Expected expected, List<String> words, Runnable between) throws Exception {
        expected.demand(answer(dice, speaker, words, between));
        takeArrived();
    }

    Expected.Answer answer(Dice dice, Speaker speaker, List<String> words, Runnable between) throws Exception {
        if (speaker instanceof FramedSpeaker framed) {
            framed.say(words, between);
        } else {
            speaker.say(words);
        }
        if (dice.onceIn(40)) {
            tell("  (another kernel goes on)");
            handOver();
        }
        Expected.Answer answer = speaker.answer();
        tell("  " + speaker.mode() + " " + words + " -> " + answer);
        return answer;
    }

    /** The answer to a connection that does nothing else. */
    String observe(String... words) throws Exception {
        observer.say(List.of(words));
        Expected.Answer answer = observer.answer();
        observer.arrived.clear();
        if (!answer.ok()) {
            throw new Expected.Disagreement(List.of(words) + " was answered: " + answer);
        }
        return answer.text();
    }

    void tell(String line) {
        trace.add(line.length() > 400 ? line.substring(0, 400) + "…" : line);
    }

    // What happens by itself.

    interface Condition {
        boolean holds() throws Exception;
    }

    static void await(Condition condition, String what) throws Exception {
        long deadline = System.nanoTime() + RunningKernel.LIMIT.toNanos();
        while (!condition.holds()) {
            if (System.nanoTime() > deadline) {
                throw new Expected.Disagreement("waited in vain for " + what);
            }
            LockSupport.parkNanos(200_000);
        }
    }

    /** The model is ahead of the kernel. */
    void unsettled(ModelProcess process) {
        unsettled.add(process);
    }

    /** Waits until the kernel knows all that the model does, and every follower has been sent it. */
    void settle() throws Exception {
        for (ModelProcess each : unsettled) {
            await(() -> isSettled(each), each + " to be as the model has it: " + each.quotedLine());
        }
        unsettled.clear();
        for (FramedSpeaker each : followers()) {
            FollowView view = each.view;
            if (view != null) {
                view.take(each.arrived);
                for (int looks = 0; !view.lacks().isEmpty(); looks++) {
                    if (looks > 5000) {
                        throw new Expected.Disagreement("a follower was not sent " + view.lacks());
                    }
                    each.pump();
                    view.take(each.arrived);
                }
            }
        }
    }

    private boolean isSettled(ModelProcess process) throws Exception {
        if (process.released) {
            observer.say(List.of("annotate", "" + process.number));
            return observer.answer().text().contains("no such incarnation");
        }
        if (process.forgotten) {
            return true;
        }
        Matcher lines = LINE.matcher(observe("list", "processes", process.name));
        while (lines.find()) {
            Matcher ended = ENDED.matcher(lines.group());
            if (Long.parseLong(lines.group(1)) == process.number) {
                if (process.ended && process.endedMicros == 0 && ended.find()) {
                    process.endedMicros = Long.parseLong(ended.group(1)); // from now on it may not change
                }
                return lines.group().equals(process.quotedLine());
            }
        }
        return false;
    }

    List<FramedSpeaker> followers() {
        return speakers.values().stream()
                .filter(each -> each instanceof FramedSpeaker framed && framed.view != null)
                .map(FramedSpeaker.class::cast)
                .toList();
    }

    private void takeArrived() {
        for (FramedSpeaker each : followers()) {
            FollowView view = each.view;
            if (view != null) {
                view.take(each.arrived);
            }
        }
    }

    /** Something was freed or dropped: who has not read it may miss it. All was settled before. */
    void freed() {
        for (FramedSpeaker each : followers()) {
            FollowView view = each.view;
            if (view != null) {
                view.freed();
            }
        }
    }

    /** Everything that can be listed is as the model has it. */
    void compareAll() throws Exception {
        settle();
        Expected.ok(model.listProcesses(List.of(), false)).demand(observed("list", "processes"));
        Expected.ok(model.listSockets(List.of(), false)).demand(observed("list", "sockets"));
        Expected.ok(model.listValues(List.of(), false)).demand(observed("list", "values"));
        Expected.ok(model.leases.lines()).demand(observed("lease", "show"));
        String figures = observe("stats") + " ";
        for (String each : model.figures()) {
            if (!figures.contains(" " + each + " ")) {
                throw new Expected.Disagreement("the model says " + each + ", the kernel: " + figures);
            }
        }
        Set<Integer> descriptors = new HashSet<>();
        if (!model.sockets.values().stream().allMatch(each -> descriptors.add(each.descriptor()))) {
            throw new Expected.Disagreement("two sockets have one number");
        }
    }

    private Expected.Answer observed(String... words) throws Exception {
        return new Expected.Answer(true, observe(words));
    }

    @Nullable
    ModelProcess latest(String name) {
        return model.latest(name);
    }

    @Override
    public void close() throws IOException {
        for (Speaker each : speakers.values()) {
            each.close();
        }
        observer.close();
        for (ToldProgram each : programs) {
            each.close();
        }
        strangers.values().forEach(Process::destroyForcibly);
        try {
            kernel.close();
        } catch (Exception failed) {
            throw new IOException("the kernel cannot be closed", failed);
        }
        try (Stream<Path> files = Files.list(folder)) {
            for (Path each : files.toList()) {
                Files.delete(each);
            }
        }
        Files.delete(folder);
    }
}
