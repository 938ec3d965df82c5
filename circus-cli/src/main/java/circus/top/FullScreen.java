package circus.top;

import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * The program on a terminal: takes what happens, and shows all once a second, or when a key was pressed. Its thread owns the figures, the
 * {@link Desk} and what is written to the terminal.
 */
final class FullScreen implements Hands {
    private static final long PACE_NANOS = Duration.ofSeconds(1).toNanos();

    /** Between two pages of output. */
    private static final long PAGE_NANOS = Duration.ofMillis(500).toNanos();

    private final Happenings happenings;
    private final ControlThread control;
    private final Screen screen;
    private final Renderer renderer;
    private final Model model;
    private final Desk desk;
    private Feed feed;

    /** Null when it may have changed. */
    private Screen.@Nullable Extent extent;

    private boolean ended;
    private boolean due = true;
    private long nextPage;

    FullScreen(Settings settings, Screen screen, Happenings happenings, ControlThread control) {
        this.happenings = happenings;
        this.control = control;
        this.screen = screen;
        this.renderer = new Renderer(settings.look(), settings.readOnly());
        this.model = new Model(settings.processTimeout());
        this.desk = new Desk(model, this, settings.readOnly());
        this.feed = new Feed(settings.endpoint(), settings.control(), "", null);
    }

    /** Returns when the user has enough, or the terminal has gone. */
    void run() throws InterruptedException {
        screen.onResize(() -> happenings.tell(new Happening.Resized()));
        screen.enter();
        startKeys();
        long next = System.nanoTime();
        while (!ended) {
            Happening happening = happenings.await(due ? 0 : next - System.nanoTime());
            long now = System.nanoTime();
            if (happening != null) {
                take(happening, now);
                // All that waits comes first, unless that takes too long.
                if (now - next < PACE_NANOS) {
                    continue;
                }
            }
            if (now - nextPage >= 0) {
                nextPage = now + PAGE_NANOS;
                desk.turnPage();
            }
            paint();
            due = false;
            next = System.nanoTime() + PACE_NANOS;
        }
    }

    private void startKeys() {
        Thread keys = new Thread(
                () -> {
                    for (Key key = screen.read(); key != null; key = screen.read()) {
                        if (!happenings.tell(new Happening.Pressed(key))) {
                            return;
                        }
                    }
                    happenings.tell(new Happening.Ended());
                },
                "keys");
        keys.setDaemon(true);
        keys.start();
    }

    private void take(Happening happening, long now) {
        if (happening instanceof Happening.Told told) {
            if (desk.isPaused()) {
                model.alive(now);
            } else {
                // The first figures, and those after a silence, are not kept back.
                due |= !model.isFed() || model.silence(now) > 2 * PACE_NANOS;
                model.accept(told.message(), now);
            }
            if (!feed.lost().isEmpty()) {
                feed = new Feed(feed.endpoint(), feed.controlEndpoint(), "", feed.control());
            }
        } else if (happening instanceof Happening.Lost lost) {
            feed = new Feed(feed.endpoint(), feed.controlEndpoint(), lost.reason(), feed.control());
        } else if (happening instanceof Happening.Reported reported) {
            control("");
            if (!desk.isPaused()) {
                model.reports(reported.reports());
            }
        } else if (happening instanceof Happening.Silent silent) {
            control(silent.reason());
            if (!desk.isPaused()) {
                model.reports(Map.of());
            }
        } else if (happening instanceof Happening.Outcome outcome) {
            desk.outcome(outcome.task(), outcome.answer(), outcome.failure());
            due = true;
        } else if (happening instanceof Happening.Pressed pressed) {
            desk.press(pressed.key());
            desk.settle(extent == null ? 1 : extent.rows() - Renderer.FRAME);
            due = true;
        } else if (happening instanceof Happening.Resized) {
            extent = null;
            screen.redraw();
            due = true;
        } else if (happening instanceof Happening.Ended) {
            ended = true;
        }
    }

    private void control(String trouble) {
        feed = new Feed(feed.endpoint(), feed.controlEndpoint(), feed.lost(), trouble);
    }

    private void paint() {
        Screen.Extent size = extent;
        if (size == null) {
            size = screen.extent();
            extent = size;
        }
        desk.settle(size.rows() - Renderer.FRAME);
        screen.show(
                renderer.screen(
                        desk, feed, size.columns(), size.rows(), System.nanoTime(), System.currentTimeMillis() / 1e3),
                size);
    }

    @Override
    public void quit() {
        ended = true;
    }

    @Override
    public void suspend() {
        screen.leave();
        try {
            // As the terminal would have it; the shell tells when to go on.
            new ProcessBuilder(
                            "kill",
                            "-STOP",
                            Long.toString(ProcessHandle.current().pid()))
                    .inheritIO()
                    .start()
                    .waitFor();
        } catch (IOException cannot) {
            // Then there is nothing to suspend with.
        } catch (InterruptedException ending) {
            Thread.currentThread().interrupt();
        }
        screen.enter();
        extent = null;
        due = true;
    }

    @Override
    public void redraw() {
        screen.redraw();
        extent = null;
    }

    @Override
    public void ask(Task task) {
        if (!control.ask(task)) {
            desk.outcome(task, null, "too much is asked already");
        }
    }
}
