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

import collections
import errno
import itertools
import json
import logging
import os
import select
import signal
import sys
import time
import traceback

from circus_helper import lines, names

# How often is looked whether there is a circusd again, in seconds.
_LOOK = 0.2

# So many events wait for a plugin that is busy, as for one on a thread of circusd; then the oldest are lost.
_MOST_EVENTS = 50000

# Of a line that cannot be understood, on stderr.
_MOST_SHOWN = 200

# Commands that only look: nothing comes of it when they are carried out twice.
_LOOKING = frozenset((
    'list', 'status', 'stats', 'options', 'get', 'numprocesses', 'numwatchers', 'dstats', 'globaloptions', 'listsockets'))


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
    if 'active' in config:
        # Is for circusd: somebody has started it.
        config['active'] = 'true'
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
    """The lines, for the one thread of the plugin. While it waits for a reply, events are kept for later, up to a limit."""

    def __init__(self, channel):
        self._channel = channel
        self._descriptor = channel.fileno()
        # A FIFO with a name has another writer when there is another circusd; at the end of a pipe nobody follows.
        self._has_successors = not os.readlink('/proc/self/fd/%d' % self._descriptor).startswith('pipe:')
        self._poll = select.poll()
        self._poll.register(self._descriptor, select.POLLIN)
        self._rest = b''
        self._events = collections.deque()
        # Since events were delivered.
        self._lost = 0
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
        """The reply. CallError where another circusd takes over before there is one, and the command may have changed something."""
        # Whoever has taken over before is the one who is asked.
        self._keep_all()
        number = self._prefix + str(next(self._numbers))
        question = {'id': number, 'command': command, 'properties': properties}
        self._channel.write(question)
        try:
            while True:
                message = self._next()
                if message is None:
                    raise EOFError('circusd has gone')
                if message.get('type') == 'reply' and message.get('id') == number:
                    return message['reply']
                if message.get('type') == 'hello':
                    if command not in _LOOKING:
                        raise _unknown(command)
                    self._channel.write(question)
                self._keep(message)
        finally:
            if self._loop is not None:
                self._loop.add_callback(self._take)

    def cast(self, command, properties):
        self._channel.write({'command': command, 'properties': properties, 'msg_type': 'cast'})

    def _keep(self, message):
        if message.get('type') != 'event':
            return
        if len(self._events) >= _MOST_EVENTS:
            if self._lost == 0:
                _tell('the plugin does not keep up: of the %d events that wait for it the oldest are lost' % _MOST_EVENTS)
            self._events.popleft()
            self._lost += 1
        self._events.append(message)

    def _keep_all(self):
        """What has come already, as far as it can be had without waiting."""
        if self._poll.poll(0):
            # All that a pipe holds.
            self._rest += self._read()
        while True:
            message = self._buffered()
            if message is None:
                return
            self._keep(message)

    def _deliver(self):
        if self._lost:
            _tell('the plugin goes on; %d events were lost' % self._lost)
            self._lost = 0
        while self._events:
            event = self._events.popleft()
            try:
                self._receive([event['topic'].encode('utf-8'), json.dumps(event['message']).encode('utf-8')])
            except Exception:  # one event that is not understood is no reason to miss the others
                traceback.print_exc()

    def _readable(self, _descriptor, _events):
        if not self._poll.poll(0):
            # A call has read it since the loop looked.
            return
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
            data = self._read()
            if data:
                self._rest += data
            elif self._has_successors:
                time.sleep(_LOOK)
            else:
                return None

    def _read(self):
        """Empty where nobody is there who writes."""
        try:
            return os.read(self._descriptor, 1 << 16)
        except OSError as error:
            if error.errno != errno.EAGAIN:
                raise
            return b''

    def _buffered(self):
        while b'\n' in self._rest:
            line, _, self._rest = self._rest.partition(b'\n')
            if not line.strip():
                # A new circusd begins with one: it ends a line in the middle of which the earlier one may have died.
                continue
            try:
                message = json.loads(line.decode('utf-8'))
            except ValueError:
                message = None
            if isinstance(message, dict):
                return message
            shown = line[:_MOST_SHOWN].decode('utf-8', 'replace')
            _tell('cannot understand a line of circusd, it is passed over: %s%s' % (shown, '…' if len(line) > _MOST_SHOWN else ''))
        return None


def _unknown(command):
    from circus.exc import CallError
    return CallError('another circusd has taken over; it is not known what became of %s' % command)


def _tell(text):
    print(text, file=sys.stderr)
