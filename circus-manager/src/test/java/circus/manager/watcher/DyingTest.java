package circus.manager.watcher;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

/** What is remembered of the end of a worker. */
final class DyingTest {
    private final Stage stage = new Stage();

    @Test
    void who_asked_for_it_is_remembered() {
        Watcher web = stage.started(2);
        int first = web.processes().get(0).pid();
        stage.kill(web, first, 9, -1);
        stage.settle();
        stage.resize(web, -1);
        stage.settle();
        stage.ask(web, Operation.Kind.STOP);
        stage.settle();
        assertThat(stage.deaths)
                .extracting(death -> death.wid() + " " + death.reason() + ": " + death.command() + " by " + death.by())
                .hasSize(3)
                .contains("1 kill: kill web by uid 0")
                .last()
                .asString()
                .endsWith(" stop: watcher_stop by uid 0");
        assertThat(stage.deaths.get(0).pid()).isEqualTo(first);
        assertThat(stage.deaths.get(1).reason()).isEqualTo("decr");
    }

    @Test
    void who_dies_alone_has_nobody_who_asked() {
        stage.started(1);
        stage.kernel.end(1, 3);
        stage.settle();
        assertThat(stage.deaths).hasSize(1);
        assertThat(stage.deaths.get(0).code()).isEqualTo(3);
        assertThat(stage.deaths.get(0).reason()).isEqualTo("died");
        assertThat(stage.deaths.get(0).command()).isEmpty();
        assertThat(stage.deaths.get(0).by()).isEmpty();
    }
}
