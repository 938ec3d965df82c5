package circus.plugins;

import circus.options.BadValueException;
import circus.options.OptionValues;
import circus.options.PluginClass;
import circus.options.PluginOptions;
import circus.plugin.Plugin;
import circus.plugin.PluginContext;
import java.lang.System.Logger.Level;
import java.net.ConnectException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/**
 * Fetches a page every {@code loop_rate} seconds and tells how long that took; when there is none, tells of the error and has a watcher
 * restarted. While one fetch is under way no other begins. The plugin's thread does not wait for any.
 */
public final class HttpObserver implements Plugin {
    private static final System.Logger LOG = System.getLogger(HttpObserver.class.getName());

    /** What Circus calls the status of an answer that did not come. */
    private static final int NO_ANSWER = 599;

    private @Nullable Statsd statsd;
    private @Nullable CompletableFuture<?> underWay;
    private boolean isWell = true;

    @Override
    public void start(PluginContext circus) throws BadValueException {
        OptionValues options = PluginClass.HTTP_OBSERVER.read(circus.config());
        Statsd told = Statsd.of(options, PluginOptions.HTTP_APPLICATION_NAME);
        statsd = told;
        URI page = options.get(PluginOptions.CHECK_URL);
        Duration limit = Seconds.of(options.get(PluginOptions.HTTP_TIMEOUT));
        Optional<String> watcher = options.get(PluginOptions.RESTART_ON_ERROR).filter(name -> !name.isBlank());
        HttpClient client = HttpClient.newBuilder()
                .version(HttpClient.Version.HTTP_1_1)
                .followRedirects(HttpClient.Redirect.NORMAL)
                .build();
        circus.every(Seconds.of(options.get(PluginOptions.LOOP_RATE)), () -> {
            if (underWay == null) {
                underWay = fetch(client, page, limit, circus, told, watcher);
            }
        });
    }

    private CompletableFuture<?> fetch(
            HttpClient client,
            URI page,
            Duration limit,
            PluginContext circus,
            Statsd statsd,
            Optional<String> watcher) {
        long begun = System.nanoTime();
        CompletableFuture<HttpResponse<Void>> exchange =
                client.sendAsync(request(page), HttpResponse.BodyHandlers.discarding());
        CompletableFuture<HttpResponse<Void>> unused = exchange.copy()
                .orTimeout(limit.toMillis(), TimeUnit.MILLISECONDS)
                .whenComplete((answer, failure) -> {
                    // With the whole body there, or without; a server that goes on sending is left.
                    exchange.cancel(true);
                    long millis = TimeUnit.NANOSECONDS.toMillis(System.nanoTime() - begun);
                    circus.execute(() -> {
                        underWay = null;
                        judge(circus, statsd, watcher, page, answer, failure, millis);
                    });
                });
        return exchange;
    }

    private static HttpRequest request(URI page) {
        HttpRequest.Builder request = HttpRequest.newBuilder(page).header("User-Agent", "circus");
        if (page.getUserInfo() != null) {
            byte[] user = page.getUserInfo().getBytes(StandardCharsets.UTF_8);
            request.header("Authorization", "Basic " + Base64.getEncoder().encodeToString(user));
        }
        return request.build();
    }

    private void judge(
            PluginContext circus,
            Statsd statsd,
            Optional<String> watcher,
            URI page,
            @Nullable HttpResponse<Void> answer,
            @Nullable Throwable failure,
            long millis) {
        if (answer != null && answer.statusCode() / 100 == 2) {
            statsd.timed("http_stats.request_time", millis);
            if (!isWell) {
                LOG.log(Level.INFO, "{0}: {1} is there again", circus.name(), withoutUser(page));
            }
            isWell = true;
            return;
        }
        int code = answer == null ? NO_ANSWER : answer.statusCode();
        if (isWell) {
            LOG.log(
                    Level.WARNING,
                    "{0}: cannot fetch {1}: {2}",
                    circus.name(),
                    withoutUser(page),
                    answer == null ? reason(failure) : "the answer is " + code);
        }
        isWell = false;
        statsd.increment("http_stats.error");
        statsd.increment("http_stats.error." + code);
        watcher.ifPresent(name -> {
            LOG.log(Level.INFO, "{0}: {1} is restarted", circus.name(), name);
            circus.cast("restart", Map.of("name", name));
            statsd.increment("http_stats.restart_on_error");
        });
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause = failure instanceof CompletionException wrapped && wrapped.getCause() != null
                ? wrapped.getCause()
                : failure;
        if (cause instanceof TimeoutException) {
            return "it is not there in time";
        }
        if (cause instanceof ConnectException) {
            return "nobody listens there";
        }
        return cause == null || cause.getMessage() == null ? String.valueOf(cause) : cause.getMessage();
    }

    private static String withoutUser(URI page) {
        return page.getRawUserInfo() == null
                ? page.toString()
                : page.toString().replace(page.getRawUserInfo() + "@", "");
    }

    @Override
    public void stop() {
        if (underWay != null) {
            underWay.cancel(true);
        }
        if (statsd != null) {
            statsd.close();
        }
    }
}
