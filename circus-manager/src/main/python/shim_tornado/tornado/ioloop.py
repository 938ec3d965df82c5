"""A loop of one thread: descriptors that become readable, timers, and callbacks from other threads."""

import datetime
import heapq
import itertools
import os
import select
import threading
import time
import traceback


class IOLoop:
    NONE, READ, WRITE, ERROR = 0, select.POLLIN, select.POLLOUT, select.POLLERR | select.POLLHUP

    _current = None

    def __init__(self, make_current=True):
        self._poll = select.poll()
        self._handlers = {}
        self._timers = []
        self._order = itertools.count()
        self._callbacks = []
        self._lock = threading.Lock()
        self._running = False
        self._wake_read, self._wake_write = os.pipe()
        os.set_blocking(self._wake_read, False)
        os.set_blocking(self._wake_write, False)
        self._poll.register(self._wake_read, select.POLLIN)
        if make_current:
            self.make_current()

    @classmethod
    def current(cls, instance=True):
        if IOLoop._current is None and instance:
            cls()
        return IOLoop._current

    instance = current

    def make_current(self):
        IOLoop._current = self

    def time(self):
        return time.time()

    def add_handler(self, fd, handler, events):
        self._handlers[fd] = handler
        self._poll.register(fd, events)

    def remove_handler(self, fd):
        if self._handlers.pop(fd, None) is not None:
            self._poll.unregister(fd)

    def add_timeout(self, deadline, callback, *args, **kwargs):
        if isinstance(deadline, datetime.timedelta):
            deadline = self.time() + deadline.total_seconds()
        timer = [deadline, next(self._order), lambda: callback(*args, **kwargs)]
        heapq.heappush(self._timers, timer)
        return timer

    call_at = add_timeout

    def call_later(self, delay, callback, *args, **kwargs):
        return self.add_timeout(self.time() + delay, callback, *args, **kwargs)

    def remove_timeout(self, timeout):
        timeout[2] = None

    def add_callback(self, callback, *args, **kwargs):
        """Any thread."""
        with self._lock:
            self._callbacks.append(lambda: callback(*args, **kwargs))
        try:
            os.write(self._wake_write, b'.')
        except BlockingIOError:
            pass

    add_callback_from_signal = spawn_callback = add_callback

    def start(self):
        self._running = True
        while self._running:
            self._once()

    def stop(self):
        self._running = False
        self.add_callback(lambda: None)

    def close(self, all_fds=False):
        os.close(self._wake_read)
        os.close(self._wake_write)

    def _once(self):
        wait = None
        if self._timers:
            wait = max(0, self._timers[0][0] - self.time()) * 1000 + 1
        for fd, events in self._poll.poll(wait):
            if fd == self._wake_read:
                os.read(fd, 4096)
            elif fd in self._handlers:
                self._call(lambda fd=fd, events=events: self._handlers[fd](fd, events))
        with self._lock:
            callbacks, self._callbacks = self._callbacks, []
        for callback in callbacks:
            self._call(callback)
        while self._timers and self._timers[0][0] <= self.time():
            callback = heapq.heappop(self._timers)[2]
            if callback is not None:
                self._call(callback)

    @staticmethod
    def _call(callback):
        try:
            callback()
        except Exception:  # as in Tornado it is told, and the loop goes on
            traceback.print_exc()


class PeriodicCallback:
    """Calls each so many milliseconds, for the first time after one period."""

    def __init__(self, callback, callback_time, jitter=0):
        self.callback = callback
        self.callback_time = callback_time.total_seconds() * 1000 if isinstance(callback_time, datetime.timedelta) else callback_time
        self._loop = None
        self._timer = None

    def start(self):
        self._loop = IOLoop.current()
        self._schedule()

    def stop(self):
        if self._timer is not None:
            self._loop.remove_timeout(self._timer)
            self._timer = None

    def is_running(self):
        return self._timer is not None

    def _schedule(self):
        self._timer = self._loop.call_later(self.callback_time / 1000, self._run)

    def _run(self):
        timer = self._timer
        try:
            self.callback()
        finally:
            # Unless it has stopped itself.
            if self._timer is timer and timer is not None:
                self._schedule()
