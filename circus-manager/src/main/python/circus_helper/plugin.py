"""Is a plugin that was written for Circus: a worker of circusd, which speaks with it as every `use = exec:` plugin does.

To it, each a line of JSON:
    {"type": "hello", "name": "plugin:x", "config": {…}}       first; once more whenever another circusd takes over
    {"type": "event", "topic": "watcher.web.spawn", "watcher": "web", "action": "spawn", "message": {…}}
    {"type": "reply", "id": ID, "reply": {…}}
From it:
    {"id": ID, "command": C, "properties": {…}}                is replied to
    {"command": C, "properties": {…}, "msg_type": "cast"}      is not
What it prints goes to stderr, which is its log. SIGTERM and SIGINT end it.
"""

import errno
import itertools
import json
import logging
import os
import signal
import sys
import time
import traceback

from circus_helper import lines, names

# How often is looked whether there is a circusd again, in seconds.
_LOOK = 0.2


def main(words):
    wire = Wire(lines.Channel())
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format='[%(levelname)s] %(message)s')
    logging.getLogger('circus').setLevel(logging.INFO)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    plugin = None
    try:
        hello = wire.hello()
        if hello is None:
            return 0
        plugin = _make(words[0], wire, hello)
        plugin.start()
    except KeyboardInterrupt:
        pass
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        if plugin is not None:
            plugin.stop()
    return 0


def _make(name, wire, hello):
    config = dict(hello.get('config') or {})
    names.add_paths((config.get('PYTHONPATH') or '').split(os.pathsep))
    from circus import plugins
    _connect(plugins.CircusPlugin, wire)
    factory = names.resolve(name)
    config['name'] = hello.get('name', config.get('name', ''))
    return factory(hello.get('endpoint', ''), hello.get('pubsub_endpoint', ''), float(hello.get('check_delay', 5.0)), None, **config)


def _connect(base, wire):
    """Has the base class of plugins, be it Circus's own, speak by these lines instead of ZeroMQ."""

    def start(self):
        self.loop.make_current()
        if not self.active:
            raise ValueError('Will not start an inactive plugin')
        self.handle_init()
        self.initialize()
        self.running = True
        self.loop.start()

    def initialize(self):
        wire.attach(self.loop, self.handle_recv)

    def stop(self):
        if not self.running:
            return
        self.running = False
        try:
            self.handle_stop()
        finally:
            self.loop.stop()

    def call(self, command, **props):
        return wire.call(command, props)

    def cast(self, command, **props):
        wire.cast(command, props)

    def split_data(data):
        topic, message = data
        topic = topic.decode('utf-8') if isinstance(topic, bytes) else topic
        # A name may have dots in it; an action has none.
        watcher, _, action = topic.partition('.')[2].rpartition('.')
        return watcher, action, message

    for method in (start, initialize, stop, call, cast):
        setattr(base, method.__name__, method)
    base.split_data = staticmethod(split_data)


class Wire:
    """The lines, for the one thread of the plugin. While it waits for a reply, events are kept for later."""

    def __init__(self, channel):
        self._channel = channel
        self._descriptor = channel.fileno()
        # A FIFO with a name has another writer when there is another circusd; at the end of a pipe nobody follows.
        self._has_successors = not os.readlink('/proc/self/fd/%d' % self._descriptor).startswith('pipe:')
        self._rest = b''
        self._events = []
        self._numbers = itertools.count(1)
        # What has been asked by a process of this name that is no more is not for us.
        self._prefix = '%d-' % os.getpid()
        self._loop = None
        self._receive = None

    def hello(self):
        """The first message; None if there is none."""
        while True:
            message = self._next()
            if message is None or message.get('type') == 'hello':
                return message

    def attach(self, loop, receive):
        """From here on events are received, on the loop."""
        self._loop = loop
        self._receive = receive
        loop.add_handler(self._descriptor, self._readable, loop.READ)
        loop.add_callback(self._take)

    def call(self, command, properties):
        number = self._prefix + str(next(self._numbers))
        self._channel.write({'id': number, 'command': command, 'properties': properties})
        while True:
            message = self._next()
            if message is None:
                raise EOFError('circusd has gone')
            if message.get('type') == 'reply' and message.get('id') == number:
                if self._loop is not None:
                    self._loop.add_callback(self._take)
                return message['reply']
            self._keep(message)

    def cast(self, command, properties):
        self._channel.write({'command': command, 'properties': properties, 'msg_type': 'cast'})

    def _keep(self, message):
        if message.get('type') == 'event':
            self._events.append(message)

    def _deliver(self):
        while self._events:
            event = self._events.pop(0)
            try:
                self._receive([event['topic'].encode('utf-8'), json.dumps(event['message']).encode('utf-8')])
            except Exception:  # one event that is not understood is no reason to miss the others
                traceback.print_exc()

    def _readable(self, _descriptor, _events):
        data = os.read(self._descriptor, 1 << 16)
        if not data:
            if not self._has_successors:
                self._loop.remove_handler(self._descriptor)
                self._loop.add_callback(self._loop.stop)
                return
            # Until somebody writes, it counts as readable all the time.
            self._loop.remove_handler(self._descriptor)
            self._loop.call_later(_LOOK, self._look_again)
            return
        self._rest += data
        self._take()

    def _take(self):
        """Whatever has come, in its order."""
        while True:
            message = self._buffered()
            if message is None:
                break
            self._keep(message)
        self._deliver()

    def _look_again(self):
        self._loop.add_handler(self._descriptor, self._readable, self._loop.READ)

    def _next(self):
        """The next message, whenever it comes."""
        while True:
            message = self._buffered()
            if message is not None:
                return message
            try:
                data = os.read(self._descriptor, 1 << 16)
            except OSError as error:
                if error.errno != errno.EAGAIN:
                    raise
                data = b''
            if data:
                self._rest += data
            elif self._has_successors:
                time.sleep(_LOOK)
            else:
                return None

    def _buffered(self):
        while b'\n' in self._rest:
            line, _, self._rest = self._rest.partition(b'\n')
            try:
                message = json.loads(line.decode('utf-8'))
            except ValueError:
                continue
            if isinstance(message, dict):
                return message
        return None
