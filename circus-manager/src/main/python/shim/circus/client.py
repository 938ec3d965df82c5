"""Commands to the circusd that has started this process."""

import json
import uuid

import circus
from circus.exc import CallError

__all__ = ['CallError', 'CircusClient', 'cast_message', 'make_json', 'make_message']


def make_message(command, **props):
    return {'command': command, 'properties': props or {}}


def cast_message(command, **props):
    return {'command': command, 'msg_type': 'cast', 'properties': props or {}}


def make_json(command, **props):
    return json.dumps(make_message(command, **props))


class CircusClient:
    """Speaks with the own circusd, whatever endpoint is given."""

    def __init__(self, context=None, endpoint=None, timeout=5.0, ssh_server=None, ssh_keyfile=None):
        self._id = uuid.uuid4().hex
        self.endpoint = endpoint
        self._timeout = timeout

    @property
    def timeout(self):
        return self._timeout

    def stop(self):
        """Nothing is open."""

    def send_message(self, command, **props):
        return self.call(make_message(command, **props))

    def call(self, cmd):
        if circus._transport is None:
            raise CallError('cannot speak with circusd from here; install Circus for its own client')
        if isinstance(cmd, (str, bytes)):
            cmd = json.loads(cmd)
        try:
            return circus._transport(cmd)
        except CallError:
            raise
        except Exception as error:
            raise CallError(str(error)) from error
