package papa.kernel;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Iterator;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import papa.request.Refusal;
import papa.request.Reply;
import papa.wire.Help;
import papa.wire.Limit;
import papa.wire.Verb;
import papa.wire.Words;

/**
 * From the words of a request to what is to be done: one branch for each {@link Verb}. Error texts of papa's own verbs
 * are papa's (contract/papa-kernel.md, section 2.1). Loop thread only.
 */
final class Requests {
    private final Kernel kernel;
    private final Server server;
    private final SocketRequests sockets;
    private final ProcessRequests processes;
    private final SignalRequests signals;
    private final ValueRequests values;
    private final FollowRequests follows;
    private final Stats stats;

    Requests(Kernel kernel, Server server) {
        this.kernel = kernel;
        this.server = server;
        this.sockets = new SocketRequests(kernel);
        this.processes = new ProcessRequests(kernel);
        this.signals = new SignalRequests(kernel);
        this.values = new ValueRequests(kernel);
        this.follows = new FollowRequests(kernel, server);
        this.stats = new Stats(kernel, server);
    }

    void run(Session session, List<String> words, Reply reply) throws Refusal {
        if (words.isEmpty()) {
            if (session.isFramed()) {
                reply.ok("");
            } else {
                session.prompt();
            }
            return;
        }
        if (words.size() > Limit.WORDS.most()) {
            throw new Refusal(
                    "cannot read a request of " + words.size() + " words: " + Limit.WORDS.most() + " are the most");
        }
        Verb verb = Verb.find(words.get(0)).orElseThrow(() -> unknown(words.get(0)));
        if (!verb.reads() && !session.mayChange()) {
            throw new Refusal("cannot " + verb.word() + " here: over TCP one may only read ("
                    + Arrays.stream(Verb.values())
                            .filter(Verb::reads)
                            .map(Verb::word)
                            .collect(Collectors.joining(", "))
                    + "), unless papa is started with --port-control; the Unix socket takes everything");
        }
        List<String> rest = words.subList(1, words.size());
        switch (verb) {
            case LIST -> reply.ok(list(session, second(verb, rest), rest.subList(1, rest.size())));
            case MAKE -> make(session, second(verb, rest), rest.subList(1, rest.size()), reply);
            case REMOVE -> reply.ok(remove(session, second(verb, rest), rest.subList(1, rest.size())));
            case WATCH -> {
                second(verb, rest);
                processes.watch(session, rest.subList(1, rest.size()));
            }
            case SET -> reply.ok(values.set(session, rest));
            case GET -> reply.ok(values.get(rest));
            case QUIT -> quit(session, reply);
            case EXIT_IF_IDLE -> exitIfIdle(session, words.get(0), reply);
            case HELP -> reply.ok(Words.utf8(Help.on(rest)));
            case HELLO -> hello(session, rest, reply);
            case SIGNAL -> signals.signal(session, rest, reply);
            case FOLLOW -> reply.ok(follows.follow(session, second(verb, rest), rest.subList(1, rest.size())));
            case TAIL -> session.reading.beginTail(rest, reply);
            case STATS -> reply.ok(stats.answer(session, rest));
            case COMMIT -> reply.ok(new CommitRequest(kernel, session, rest).run());
            case LEASE -> lease(session, second(verb, rest), rest.subList(1, rest.size()), reply);
            case MANAGER -> reply.ok(ManagerRequest.run(kernel, session, rest));
            case COPIES -> reply.ok(kernel.copies.answer(session, rest));
            case KNOCK -> reply.ok(sockets.knock(session, rest));
            case ANNOTATE -> reply.ok(processes.annotate(session, rest));
            case UPGRADE -> server.upgrades().ask(session, rest, reply);
        }
    }

    private static Refusal unknown(String word) {
        return new Refusal("Unknown command \"" + Words.utf8(Words.text(word).toLowerCase(Locale.ROOT))
                + "\""); // as papa shows it
    }

    private static String second(Verb verb, List<String> rest) throws Refusal {
        String choices = String.join(", ", verb.seconds());
        if (rest.isEmpty()) {
            throw new Refusal("\"" + verb.word() + "\" must be followed by one of: " + choices);
        }
        Optional<String> found = verb.findSecond(rest.get(0));
        return found.orElseThrow(() ->
                new Refusal("Bad \"" + verb.word() + "\" command. The following word must be one of: " + choices));
    }

    private String list(Session session, String what, List<String> patterns) throws Refusal {
        return switch (what) {
            case "processes" -> processes.list(session, patterns);
            case "sockets" -> sockets.list(session, patterns);
            default -> values.list(session, patterns);
        };
    }

    private void make(Session session, String what, List<String> words, Reply reply) throws Refusal {
        if (what.equals("socket")) {
            sockets.make(session, words, reply);
        } else {
            processes.make(session, words, reply);
        }
    }

    private String remove(Session session, String what, List<String> patterns) throws Refusal {
        return switch (what) {
            case "processes" -> processes.remove(session, patterns);
            case "sockets" -> sockets.remove(session, patterns);
            default -> values.remove(session, patterns);
        };
    }

    private static void quit(Session session, Reply reply) {
        if (session.isFramed()) {
            reply.ok("ok\n");
            session.sayGoodbye("");
        } else {
            session.sayGoodbye("ok\n");
        }
    }

    private void exitIfIdle(Session session, String word, Reply reply) throws Refusal {
        if (!word.equalsIgnoreCase(Verb.EXIT_IF_IDLE.word())) {
            throw new Refusal("You cannot abbreviate \"exit-if-idle\"");
        }
        if (!kernel.isIdle() || kernel.hasManager()) { // with its manager it ends by itself
            reply.ok("not idle\n");
            return;
        }
        server.exitWhenAlone();
        if (session.isFramed()) {
            reply.ok("Exiting papa!\n");
            session.sayGoodbye("");
        } else {
            session.sayGoodbye("Exiting papa!\n> ");
        }
    }

    private void hello(Session session, List<String> words, Reply reply) throws Refusal {
        boolean framed = words.contains("framed");
        if (session.isFramed() || !words.stream().allMatch("framed"::equals)) {
            throw new Refusal("cannot say hello " + String.join(" ", words) + ": hello, or hello framed, and once");
        }
        session.extend(framed, reply, server.welcome());
    }

    private void lease(Session session, String what, List<String> words, Reply reply) throws Refusal {
        if (what.equals("show")) {
            reply.ok(lines(kernel.leases.show().stream()));
            return;
        }
        if (words.isEmpty()) {
            throw new Refusal("cannot " + what + " a lease: give its name");
        }
        String name = words.get(0);
        demandUsableName(name);
        switch (what) {
            case "take" -> kernel.leases.take(session, name, reply);
            case "force" -> kernel.leases.force(session, name, reply);
            case "join" ->
                reply.ok(kernel.leases
                                .join(session, name, words.size() > 1 ? words.get(1) : "")
                                .describe() + "\n");
            default -> {
                kernel.leases.drop(session, name);
                reply.ok("");
            }
        }
    }

    /** Names stand in headers of bounded length. */
    static void demandUsableName(String name) throws Refusal {
        if (name.length() > Limit.NAME.most()) {
            throw new Refusal(
                    "cannot take a name of " + name.length() + " bytes: " + Limit.NAME.most() + " are the most");
        }
    }

    /** Lines in the order of their text, each ended; nothing for none. */
    static String lines(Stream<String> lines) throws Refusal {
        List<String> sorted = new ArrayList<>();
        long length = 0;
        for (Iterator<String> each = lines.iterator(); each.hasNext(); ) {
            String line = each.next();
            sorted.add(line);
            length += line.length() + 1;
            if (length > Limit.UNREAD.most()) {
                throw new Refusal("cannot list all that at once: " + Limit.UNREAD.most()
                        + " bytes are the most; ask for fewer, by a beginning and *");
            }
        }
        sorted.sort(Comparator.naturalOrder());
        StringBuilder text = new StringBuilder((int) length);
        sorted.forEach(line -> text.append(line).append('\n'));
        return text.toString();
    }

    static int number(String what, String word) throws Refusal {
        long number = longNumber(what, word);
        if (number != (int) number) {
            throw new Refusal("cannot take " + word + " for a " + what + ": too large");
        }
        return (int) number;
    }

    static long longNumber(String what, String word) throws Refusal {
        try {
            return Long.parseLong(word);
        } catch (NumberFormatException notOne) {
            throw new Refusal("cannot take \"" + word + "\" for a number (" + what + ")");
        }
    }

    /** What this kernel can do beyond papa. */
    static List<String> capabilities() {
        // launch: make process takes uid, gid, groups, rlimit., nice, stdin, listen_fds. overflow, usage: follow does.
        List<String> words = new ArrayList<>(List.of("quoted", "framed", "launch", "overflow", "usage"));
        for (Verb verb : Verb.values()) {
            if (!verb.isPapas() && verb != Verb.HELLO) {
                words.add(verb.word());
            }
        }
        return words;
    }
}
