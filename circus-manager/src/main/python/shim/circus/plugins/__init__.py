"""What plugins are derived from. circusd's helper connects it."""

import json

from circus.util import to_bool, to_str
from tornado import ioloop


class CircusPlugin:
    """A plugin: `handle_recv` is called with each event, a pair of topic and message."""

    name = ''

    def __init__(self, endpoint, pubsub_endpoint, check_delay, ssh_server=None, **config):
        self.daemon = True
        self.config = config
        self.active = to_bool(config.get('active', True))
        self.endpoint = endpoint
        self.pubsub_endpoint = pubsub_endpoint
        self.check_delay = check_delay
        self.ssh_server = ssh_server
        self.running = False
        self.loop = ioloop.IOLoop()

    # start, initialize, stop, call and cast are those of the helper.

    def start(self):
        raise RuntimeError('a plugin is started by circusd, or by circus-plugin')

    initialize = stop = start

    def call(self, command, **props):
        """Sends a command; the reply, a dict."""
        raise RuntimeError('the plugin has not been started')

    def cast(self, command, **props):
        """Sends a command, and does not wait for anything."""
        raise RuntimeError('the plugin has not been started')

    def handle_recv(self, data):
        """Receives each event."""
        raise NotImplementedError()

    def handle_stop(self):
        """Called before the end."""

    def handle_init(self):
        """Called before the first event."""

    @staticmethod
    def split_data(data):
        """The watcher, the action and the message of an event."""
        topic, message = data
        watcher, _, action = to_str(topic).partition('.')[2].rpartition('.')
        return watcher, action, message

    @staticmethod
    def load_message(msg):
        return json.loads(msg)
