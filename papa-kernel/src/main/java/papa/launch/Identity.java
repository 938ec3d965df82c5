package papa.launch;

import java.util.List;

/**
 * Who a child is. Numbers are unsigned.
 *
 * @param groups the supplementary ones
 * @param inherent whether the groups are those that come with user and group, not some that were asked for
 */
record Identity(int uid, int gid, List<Integer> groups, boolean inherent) {
    Identity {
        groups = List.copyOf(groups);
    }
}
