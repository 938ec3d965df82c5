/**
 * Papa as a service: the sockets that it was started with (sd_listen_fds(3)), and what is told to who started it
 * (sd_notify(3)). Uses what is below the kernel; loop thread.
 */
@NullMarked
package papa.service;

import org.jspecify.annotations.NullMarked;
