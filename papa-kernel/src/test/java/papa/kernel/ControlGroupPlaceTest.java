package papa.kernel;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ControlGroupPlaceTest {
    private static final String OTHERS = """
            22 1 0:20 / / rw,relatime shared:1 - ext4 /dev/vda rw
            32 31 0:29 / /sys/fs/cgroup/cpu rw,relatime - cgroup cgroup rw,cpu
            """;

    @Test
    void it_lies_below_the_kernels_own() {
        assertThat(ControlGroupPlace.find(
                        OTHERS + "41 31 0:38 / /sys/fs/cgroup rw,nosuid shared:9 - cgroup2 cgroup2 rw\n",
                        "/system.slice/papa.service"))
                .contains(new ControlGroupPlace(
                        "/system.slice/papa.service", "/sys/fs/cgroup/system.slice/papa.service"));
    }

    @Test
    void the_root_has_no_path() {
        assertThat(ControlGroupPlace.find("41 31 0:38 / /sys/fs/cgroup/unified rw,relatime - cgroup2 cgroup2 rw", "/"))
                .contains(new ControlGroupPlace("", "/sys/fs/cgroup/unified"));
    }

    @Test
    void a_mount_may_begin_further_down_and_have_a_blank_in_its_name() {
        assertThat(ControlGroupPlace.find("41 31 0:38 /pod /cg\\040two rw - cgroup2 none rw", "/pod/x"))
                .contains(new ControlGroupPlace("/pod/x", "/cg two/x"));
        assertThat(ControlGroupPlace.find("41 31 0:38 /pod /cg rw - cgroup2 none rw", "/pod"))
                .contains(new ControlGroupPlace("/pod", "/cg"));
        assertThat(ControlGroupPlace.find("41 31 0:38 /pod /cg rw - cgroup2 none rw", "/podium"))
                .isEmpty();
        assertThat(ControlGroupPlace.find("41 31 0:38 /../.. /cg rw - cgroup2 none rw", "/"))
                .isEmpty();
    }

    @Test
    void there_is_none_without_version_2_or_to_be_read_only() {
        assertThat(ControlGroupPlace.find(OTHERS, "/")).isEmpty();
        assertThat(ControlGroupPlace.find("41 31 0:38 / /cg ro,nosuid - cgroup2 none rw", "/"))
                .isEmpty();
        assertThat(ControlGroupPlace.find("41 31 0:38 / /cg rw - cgroup2 none rw", ""))
                .isEmpty();
        assertThat(ControlGroupPlace.find("garbage - cgroup2", "/")).isEmpty();
    }
}
