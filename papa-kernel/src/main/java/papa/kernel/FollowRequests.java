package papa.kernel;

import java.util.List;
import papa.request.Patterns;
import papa.request.Refusal;
import papa.wire.Frame.Channel;
import papa.wire.Limit;

/** The requests of a framed session that follows: output or events, and when a stream is to pause. Loop thread only. */
final class FollowRequests {
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
