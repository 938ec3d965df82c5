package papa.kernel;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import papa.process.Backlog;
import papa.process.Capture;
import papa.process.Incarnation;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.wire.Frame.Channel;
import papa.wire.Limit;

/** The requests of a framed session that follows: output or events, and when a stream is to pause. Loop thread only. */
final class FollowRequests {
    private static final Pattern OVERFLOW =
            Pattern.compile("([0-9]{1,18})\\.(out|err)=(block|[0-9]{1,7}(?:\\.[0-9]{1,3})?)");
    private static final int MOST_SECONDS = 1_000_000;

    private final Kernel kernel;
    private final Server server;

    FollowRequests(Kernel kernel, Server server) {
        this.kernel = kernel;
        this.server = server;
    }

    String follow(Session session, String what, List<String> words) throws Refusal {
        if (!session.isFramed()) {
            throw new Refusal("cannot follow on a connection with prompts: say hello framed first");
        }
        if (what.equals("pause") || what.equals("resume")) {
            Follower follower = session.follower()
                    .orElseThrow(() -> new Refusal("cannot " + what + ": this connection follows nothing"));
            for (String word : words) {
                pauseOrResume(follower, what.equals("pause"), word);
            }
            return "";
        }
        if (what.equals("overflow")) {
            Map<Capture, Long> wanted = new LinkedHashMap<>();
            for (String word : words) {
                overflow(session, word, wanted);
            }
            wanted.forEach(kernel.flow::overflow);
            return "";
        }
        if (what.equals("usage")) {
            if (!words.isEmpty()) {
                throw new Refusal("cannot follow usage of " + words.get(0) + ": it is told of all, no name is wanted");
            }
            session.reading.tellsUsage = true;
            return "";
        }
        if (session.isReading()) {
            throw new Refusal("cannot follow: this connection follows or tails already");
        }
        demandRoomToFollow();
        if (words.size() > Limit.FOLLOW_NAMES.most()) { // they are kept as long as the connection
            throw new Refusal("cannot follow " + words.size() + " names: " + Limit.FOLLOW_NAMES.most()
                    + " are the most; a beginning with * stands for many");
        }
        for (String word : words) {
            Requests.demandUsableName(word);
        }
        Follower.Kind kind = what.equals("output") ? Follower.Kind.OUTPUT : Follower.Kind.EVENTS;
        session.reading.beginFollowing(kind, new Patterns(words));
        return "";
    }

    private void demandRoomToFollow() throws Refusal {
        int following = server.following() + 1;
        long followed = (long) following * kernel.processes().size();
        if (following > Limit.FOLLOWERS.most() || followed > Limit.FOLLOWED.most()) {
            throw new Refusal("cannot follow: " + (following - 1) + " connections follow "
                    + kernel.processes().size()
                    + " processes; " + Limit.FOLLOWERS.most() + " are the most, and " + Limit.FOLLOWED.most()
                    + " for one times the other");
        }
    }

    /** One word of {@code overflow}; a process that is gone already is no error. */
    private void overflow(Session session, String word, Map<Capture, Long> wanted) throws Refusal {
        Matcher parts = OVERFLOW.matcher(word);
        if (!parts.matches()) {
            throw new Refusal("cannot read " + word + ": INCARNATION.out or INCARNATION.err is wanted, with =block or"
                    + " =SECONDS, of which " + MOST_SECONDS + " are the most");
        }
        Incarnation process = kernel.process(Requests.longNumber("incarnation", parts.group(1)));
        if (process == null) {
            return;
        }
        kernel.leases.demand(session, "say what becomes of the output of", process.spec.name());
        Capture capture = process.capture(parts.group(2).equals("out") ? Channel.OUT : Channel.ERR);
        String seconds = parts.group(3);
        if (capture != null) {
            wanted.put(capture, seconds.equals("block") ? Backlog.NEVER : nanos(seconds));
        }
    }

    private static long nanos(String seconds) {
        return (long) Math.min(Double.parseDouble(seconds) * 1e9, MOST_SECONDS * 1e9);
    }

    private static void pauseOrResume(Follower follower, boolean pause, String word) throws Refusal {
        int dot = word.indexOf('.');
        int equals = pause ? word.length() : word.indexOf('=');
        String channel = dot < 0 || equals < dot ? "" : word.substring(dot + 1, equals);
        if (!channel.equals("out") && !channel.equals("err")) {
            throw new Refusal("cannot read " + word + ": INCARNATION.out or INCARNATION.err is wanted"
                    + (pause ? "" : ", with =OFFSET"));
        }
        long incarnation = Requests.longNumber("incarnation", word.substring(0, dot));
        Channel which = channel.equals("out") ? Channel.OUT : Channel.ERR;
        if (pause) {
            follower.pause(incarnation, which);
        } else {
            long offset = Requests.longNumber("offset", word.substring(equals + 1));
            if (offset < 0) {
                throw new Refusal("cannot resume " + word + ": no stream has an offset below 0");
            }
            follower.resume(incarnation, which, offset);
        }
    }
}
