package papa.kernel;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Steps of a random round: sockets. */
final class SocketSteps {
    private static final List<String> NAMES = List.of("s", "a.s", "b.s", "t");
    private static final List<String> PATTERNS = List.of("s", "a.*", "b*", "t", "zork", "*");
    private static final Pattern NUMBERS = Pattern.compile("(?: port=(\\d+).*)? fileno=(\\d+)");

    private SocketSteps() {}

    static void make(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.of(NAMES);
        List<String> words = new ArrayList<>(List.of("make", "socket", name));
        String path = dice.onceIn(3) ? round.folder + "/u" + dice.below(2) : "";
        if (!path.isEmpty()) {
            words.add("path=" + path);
        }
        int backlog = dice.onceIn(4) ? 7 : 5;
        if (backlog != 5 || dice.onceIn(2)) {
            words.add("backlog=" + backlog);
        }
        boolean nonBlocking = dice.onceIn(5);
        if (nonBlocking) {
            words.add("nonblocking=1");
        }
        ModelSocket existing = round.model.sockets.get(name);
        int port = path.isEmpty() && existing != null && !existing.isUnix() && dice.onceIn(3)
                ? existing.port() + dice.below(2)
                : 0;
        if (port > 0) {
            words.add("port=" + port);
        }
        ModelSocket asked = new ModelSocket(name, path, backlog, nonBlocking, port, 0);
        if (dice.onceIn(10)) {
            words.add("zork=1");
            Expected refused = speaker.isPapas()
                    ? Expected.refused("PapaSocket.__init__() got an unexpected keyword argument 'zork'")
                    : Expected.refused("cannot make a socket with zork=: there is no such option");
            round.ask(
                    dice,
                    speaker,
                    round.model.leases.refuses(speaker, "make socket", name).orElse(refused),
                    words,
                    () -> {});
        } else {
            make(round, dice, speaker, asked, words);
        }
    }

    private static void make(RandomRound round, Dice dice, Speaker speaker, ModelSocket asked, List<String> words)
            throws Exception {
        ModelKernel model = round.model;
        boolean papas = speaker.isPapas();
        ModelSocket existing = model.sockets.get(asked.name());
        Optional<Expected> refused = model.leases.refuses(speaker, "make socket", asked.name());
        if (refused.isEmpty() && existing != null) {
            boolean same = existing.agreesWith(asked, papas);
            refused = Optional.of(
                    same
                            ? Expected.ok(existing.line(papas))
                            : Expected.refused("Socket for " + asked.name() + " has already been created - "
                                    + existing.line(papas)));
        }
        Optional<ModelSocket> there = model.sockets.values().stream()
                .filter(each -> asked.isUnix() && each.path().equals(asked.path()))
                .findFirst();
        if (refused.isEmpty() && there.isPresent()) {
            refused = Optional.of(
                    papas
                            ? Expected.refused("Socket for " + asked.path() + " has already been created")
                            : Expected.refused(
                                    "cannot make socket " + asked.name(),
                                    asked.path(),
                                    "socket " + there.get().name() + " is there"));
        }
        if (refused.isPresent()) {
            round.ask(dice, speaker, refused.get(), words, () -> {});
            return;
        }
        Expected.Answer answer = round.answer(dice, speaker, words, () -> {});
        Matcher numbers = NUMBERS.matcher(answer.text());
        boolean found = numbers.find();
        ModelSocket made = found
                ? asked.at(asked.isUnix() ? 0 : Integer.parseInt(numbers.group(1)), Integer.parseInt(numbers.group(2)))
                : asked;
        Expected.ok(made.line(papas)).demand(answer);
        if (made.descriptor() < 64 || (!made.isUnix() && made.port() == 0)) {
            throw new Expected.Disagreement("such numbers a socket may not have: " + answer);
        }
        model.sockets.put(made.name(), made);
    }

    static void remove(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        List<String> patterns = ValueSteps.patterns(dice, PATTERNS);
        ModelKernel model = round.model;
        Optional<String> unknown = patterns.stream()
                .filter(each -> ModelKernel.isExact(each) && !model.sockets.containsKey(each))
                .findFirst();
        List<String> names = model.sockets.keySet().stream()
                .filter(each -> ModelKernel.matches(patterns, each))
                .toList();
        Expected expected = unknown.map(each -> Expected.refused(each + " not found"))
                .or(() -> model.leases.refusesAny(speaker, "remove", names))
                .orElse(Expected.ok(""));
        if (expected.ok()) {
            names.forEach(model.sockets::remove);
        }
        round.ask(dice, speaker, expected, ValueSteps.words(List.of("remove", "sockets"), patterns), () -> {});
    }

    /** Nobody is told yet; who connects in {@link #connectToAll} is. */
    static void knock(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        String name = dice.of(NAMES);
        List<String> words = List.of("knock", name);
        if (!(speaker instanceof FramedSpeaker framed)) {
            Expected refused = Expected.refused("cannot wait for a knock on a connection with prompts");
            round.ask(dice, speaker, refused, words, () -> {});
            return;
        }
        Expected expected = round.model
                .leases
                .refuses(speaker, "wait for a knock at", name)
                .orElse(
                        round.model.sockets.containsKey(name)
                                ? Expected.ok("")
                                : Expected.refused("cannot wait for a knock at " + name + ": there is no such socket"));
        if (expected.ok()) {
            framed.knocks.add(name);
        }
        round.ask(dice, speaker, expected, words, () -> {});
    }

    static void list(RandomRound round, Dice dice, Speaker speaker) throws Exception {
        List<String> patterns = ValueSteps.patterns(dice, PATTERNS);
        round.ask(
                dice,
                speaker,
                Expected.ok(round.model.listSockets(patterns, speaker.isPapas())),
                ValueSteps.words(List.of("list", "sockets"), patterns),
                () -> {});
    }

    /** All that are held listen. To be asked few times: nobody takes these connections. */
    static void connectToAll(RandomRound round) throws IOException {
        for (ModelSocket each : round.model.sockets.values()) {
            SocketAddress address = each.isUnix()
                    ? UnixDomainSocketAddress.of(each.path())
                    : new InetSocketAddress(InetAddress.getLoopbackAddress(), each.port());
            try (SocketChannel channel = SocketChannel.open(address)) {
                round.tell("connected to " + each.name() + ": " + channel.isConnected());
            } catch (IOException refused) {
                throw new IOException("cannot connect to socket " + each, refused);
            }
        }
    }
}
