"""Drives a circusd with the frames that Circus's own Python client sends (circus/client.py, circus/consumer.py of 0.19).

usage: client.py ENDPOINT PUBSUB_ENDPOINT

Reads one JSON request per line from stdin: {"command": …, "properties": …}; a line `subscribed WATCHER` returns when events arrive, a line `events` waits for the next event instead, a line
`events SECONDS` too, with that limit. Prints the answer as one line of JSON each. ZeroMQ is libzmq, by Debian's python3-zmq.
"""
import json
import sys
import uuid

import zmq


class CircusClient:
    def __init__(self, context, endpoint, timeout=5.0):
        self.timeout = timeout * 1000
        self.socket = context.socket(zmq.DEALER)
        self.socket.setsockopt_string(zmq.IDENTITY, uuid.uuid4().hex)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.connect(endpoint)
        self.poller = zmq.Poller()
        self.poller.register(self.socket, zmq.POLLIN)

    def call(self, cmd):
        call_id = uuid.uuid4().hex
        cmd['id'] = call_id
        self.socket.send(json.dumps(cmd).encode())
        while True:
            events = dict(self.poller.poll(self.timeout))
            if len(events) == 0:
                raise SystemExit('Timed out.')
            for socket in events:
                msg = socket.recv()
                res = json.loads(msg.decode())
                if res.get('id') != call_id:
                    continue
                return res


class CircusConsumer:
    def __init__(self, context, topics, endpoint):
        self.socket = context.socket(zmq.SUB)
        self.socket.connect(endpoint)
        for topic in topics:
            self.socket.setsockopt_string(zmq.SUBSCRIBE, topic)

    def next(self, seconds):
        if not self.socket.poll(seconds * 1000):
            raise SystemExit('no event')
        topic, message = self.socket.recv_multipart()
        return topic.decode(), json.loads(message.decode())


def subscribed(client, consumer, watcher):
    """Has the watcher publish something until it is heard: only then the subscription has arrived for certain. Nothing of it is left."""
    options = {'max_retry': 5}
    while True:
        client.call({'command': 'set', 'properties': {'name': watcher, 'options': options, 'waiting': True}})
        if consumer.socket.poll(200):
            break
    while consumer.socket.poll(200):
        consumer.socket.recv_multipart()
    return True


def main():
    context = zmq.Context()
    client = CircusClient(context, sys.argv[1])
    consumer = CircusConsumer(context, ['watcher.'], sys.argv[2])
    for line in sys.stdin:
        if line.startswith('subscribed'):
            print(json.dumps(subscribed(client, consumer, line.split()[1])), flush=True)
        elif line.startswith('events'):
            seconds = float((line.split() + ['10'])[1])
            print(json.dumps(consumer.next(seconds)), flush=True)
        else:
            print(json.dumps(client.call(json.loads(line))), flush=True)
    context.destroy(linger=0)


main()
