package circus.options;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class RedisAddressTest {
    @Test
    void the_default_is_what_its_text_says() throws BadValueException {
        RedisAddress byDefault = PluginOptions.REDIS_URL.byDefault();
        assertThat(RedisAddress.parse(byDefault.toString())).isEqualTo(byDefault);
    }

    @Test
    void whoever_reads_it_aloud_tells_no_password() throws BadValueException {
        RedisAddress whole = RedisAddress.parse("redis://me:p%40ss:w@db.example:6380/3");
        assertThat(whole.host()).isEqualTo("db.example");
        assertThat(whole.port()).isEqualTo(6380);
        assertThat(whole.user()).contains("me");
        assertThat(whole.password()).contains("p@ss:w");
        assertThat(whole.database()).isEqualTo(3);
        assertThat(whole.isSecure()).isFalse();
        assertThat(whole).hasToString("redis://db.example:6380/3");
        assertThat(RedisAddress.parse("redis://db?password=secret&db=2"))
                .hasToString("redis://db?password=…&db=2")
                .extracting(RedisAddress::password, RedisAddress::database)
                .containsExactly(Optional.of("secret"), 2);
    }

    @Test
    void a_password_may_stand_alone_and_the_rest_has_defaults() throws BadValueException {
        RedisAddress address = RedisAddress.parse(" rediss://:secret@[::1]?ssl_ca_certs=/etc/ca.pem ");
        assertThat(address.isSecure()).isTrue();
        assertThat(address.host()).isEqualTo("[::1]");
        assertThat(address.port()).isEqualTo(6379);
        assertThat(address.user()).isEmpty();
        assertThat(address.password()).contains("secret");
        assertThat(address.database()).isZero();
        assertThat(address.authorities()).contains("/etc/ca.pem");
    }

    @Test
    void it_may_be_a_unix_socket() throws BadValueException {
        RedisAddress address = RedisAddress.parse("unix://me:secret@/run/redis/a%20b.sock?db=4");
        assertThat(address.path()).isEqualTo("/run/redis/a b.sock");
        assertThat(address.host()).isEmpty();
        assertThat(address.user()).contains("me");
        assertThat(address.password()).contains("secret");
        assertThat(address.database()).isEqualTo(4);
        assertThat(RedisAddress.parse("unix:///run/redis.sock").path()).isEqualTo("/run/redis.sock");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "localhost",
                "localhost:6379",
                "redis:localhost",
                "redis://",
                "redis:///0",
                "redis://host/x",
                "redis://host:0",
                "redis://host:port",
                "redis://host/0#x",
                "http://host/",
                "unix://",
                "unix://host/path",
                "redis://host?timeout=3",
                "redis://ho st"
            })
    void anything_else_is_none(String text) {
        assertThatThrownBy(() -> RedisAddress.parse(text)).isInstanceOf(BadValueException.class);
    }
}
