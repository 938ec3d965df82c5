"""Sends requests, good and bad, to a circusd and tells what came back. It speaks to any daemon: Circus's own, or ours.

usage: exchange.py ENDPOINT PUBSUB_ENDPOINT

Reads one JSON object in each line of stdin, prints one in each line: {"answers": […], "events": [[topic, payload], …]}. Of the request:

  send     the request as an object; or raw: the body as text; or hex: as hexadecimal digits; or frames: several, as texts
  socket   DEALER, or REQ
  before   a request that another client sends first; its answer is not told
  patience seconds to wait for an answer that should come; default 5
  settle   seconds without an event after which the next request may follow; default 0.4
  expect   topics to wait for in any case, at most 10 seconds; and with it `settle` is 0.2
  silent   true when no answer is expected
  last     true when the daemon ends

In requests `$pid:NAME:N` stands for the pid of a watcher's process, `$pidtext:NAME:N` for the same as text, and `$child:NAME:N` for the pid
of its first process's child. What only ours has, the event exit and the number seq, is left out. ZeroMQ is libzmq, by Debian's python3-zmq.
"""
import json
import os
import sys
import time
import uuid
from collections import Counter

import zmq

OURS_ONLY = ('.exit',)


def find(words, pids):
    kind, name, index = words[1:].split(':')
    if kind == 'child':
        parent = pids(name)[0]
        with open('/proc/%d/task/%d/children' % (parent, parent)) as children:
            return int(children.read().split()[int(index)])
    pid = pids(name)[int(index)]
    return str(pid) if kind == 'pidtext' else pid


def fill(value, pids):
    if isinstance(value, dict):
        return {key: fill(item, pids) for key, item in value.items()}
    if isinstance(value, list):
        return [fill(item, pids) for item in value]
    if isinstance(value, str) and value.split(':')[0] in ('$pid', '$pidtext', '$child'):
        return find(value, pids)
    return value


class Exchange:
    def __init__(self, endpoint, pubsub):
        self.context = zmq.Context()
        self.endpoint = endpoint
        self.events = self.context.socket(zmq.SUB)
        self.events.setsockopt(zmq.LINGER, 0)
        self.events.connect(pubsub)
        self.events.setsockopt_string(zmq.SUBSCRIBE, 'watcher.')

    def socket(self, kind=zmq.DEALER):
        socket = self.context.socket(kind)
        socket.setsockopt_string(zmq.IDENTITY, uuid.uuid4().hex)
        socket.setsockopt(zmq.LINGER, 0)
        socket.connect(self.endpoint)
        return socket

    def ask(self, seconds, command, **properties):
        socket = self.socket()
        try:
            socket.send(json.dumps({'command': command, 'properties': properties, 'id': 'x'}).encode())
            if not socket.poll(seconds * 1000):
                return None
            return json.loads(socket.recv())
        finally:
            socket.close()

    def pids(self, name):
        return self.ask(5, 'list', name=name)['pids']

    def begin(self):
        """Waits until the daemon has started all its watchers, and until its events reach us."""
        deadline = time.time() + 30
        while True:
            answer = self.ask(1, 'status')
            if answer and answer.get('statuses') and 'starting' not in answer['statuses'].values():
                break
            if time.time() > deadline:
                sys.exit('the daemon does not answer')
            time.sleep(0.1)
        time.sleep(0.5)
        while not self.events.poll(200):
            self.ask(5, 'set', name='noauto', options={'warmup_delay': 0}, waiting=True)
            if time.time() > deadline:
                sys.exit('no event comes')
        self.gather(0.5, Counter())

    def gather(self, settle, expected):
        events = []
        deadline = time.time() + 10
        while True:
            missing = expected - Counter(topic for topic, _ in events)
            wait = max(0, deadline - time.time()) if missing else settle
            if not self.events.poll(int(wait * 1000)):
                return events
            topic, payload = self.events.recv_multipart()
            if not topic.decode().endswith(OURS_ONLY):
                body = json.loads(payload)
                body.pop('seq', None)
                events.append([topic.decode(), body])

    def run(self, job):
        before = None
        if 'before' in job:
            before = self.socket()
            before.send(json.dumps(job['before']).encode())
            time.sleep(0.15)
        if 'frames' in job:
            frames = [frame.encode() for frame in job['frames']]
        elif 'hex' in job:
            frames = [bytes.fromhex(job['hex'])]
        elif 'raw' in job:
            frames = [job['raw'].encode()]
        else:
            frames = [json.dumps(fill(job['send'], self.pids)).encode()]
        socket = self.socket(zmq.REQ if job.get('socket') == 'REQ' else zmq.DEALER)
        socket.send_multipart(frames)
        answers = []
        patience = 0 if job.get('silent') else job.get('patience', 5)
        if socket.poll(patience * 1000):
            answers.append(self.receive(socket))
        if 'expect' in job:
            events = self.gather(0.2, Counter(job['expect']))
        else:
            events = self.gather(job.get('settle', 0.4), Counter())
        while socket.poll(0):
            answers.append(self.receive(socket))
        socket.close()
        if before:
            before.close()
        return {'answers': answers, 'events': events}

    @staticmethod
    def receive(socket):
        frames = socket.recv_multipart()
        if len(frames) != 1:
            return {'frames': [json.loads(frame or b'""') for frame in frames]}
        text = frames[0].decode()
        if not text.isascii():
            return {'not ASCII': text}
        return json.loads(text, parse_constant='<{}>'.format)


def main():
    exchange = Exchange(sys.argv[1], sys.argv[2])
    exchange.begin()
    for line in sys.stdin:
        job = json.loads(line)
        outcome = exchange.run(job)
        for _ in range(10):  # Circus's own tick refuses commands while it runs.
            if 'already running manage_watchers' not in json.dumps(outcome['answers']):
                break
            time.sleep(0.1)
            outcome = exchange.run(job)
        print(json.dumps(outcome), flush=True)
        if job.get('last'):
            os._exit(0)
    exchange.context.destroy(linger=0)


main()
