"""Asks a circusd all the time, as scripts do: some with one connection for all requests, others with a new one for each.

usage: asker.py ENDPOINT WATCHER…

A thread for each watcher, the first half of them with one connection. Each adds one to its watcher's number of processes, waits for the answer,
looks at what it has done, and pauses a while; each second one of those with one connection has no name (IDENTITY), looks many times, and never
pauses. Ends when its stdin does, and prints as JSON how often each was answered, and what went wrong.
ZeroMQ is libzmq, by Debian's python3-zmq.
"""
import json
import random
import sys
import threading
import time
import uuid

import zmq

TIMEOUT = 20_000
MANY = 30


def connect(context, endpoint, named=True):
    socket = context.socket(zmq.DEALER)
    if named:
        socket.setsockopt_string(zmq.IDENTITY, uuid.uuid4().hex)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(endpoint)
    return socket


def call(socket, command, properties):
    number = uuid.uuid4().hex
    socket.send(json.dumps({'id': number, 'command': command, 'properties': properties}).encode())
    answers = []
    while True:
        if not socket.poll(TIMEOUT):
            raise RuntimeError('no answer to ' + command)
        answer = json.loads(socket.recv().decode())
        if answer.get('id') != number:
            raise RuntimeError('an answer too many: %r' % answer)
        if answer['status'] != 'ok':
            raise RuntimeError('%s: %r' % (command, answer))
        return answer


def ask(context, endpoint, watcher, persistent, tight, over, report):
    socket = connect(context, endpoint, named=not tight)
    pause = random.Random(watcher)
    slowest = 0
    try:
        while not over.is_set():
            began = time.monotonic()
            call(socket, 'incr', {'name': watcher, 'nb': 1, 'waiting': True})
            report['answered'] += 1
            slowest = max(slowest, time.monotonic() - began)
            for _ in range(MANY if tight else 1):
                call(socket, 'list', {'name': watcher})
                report['looked'] += 1
            if not persistent:
                socket.close()
                socket = connect(context, endpoint)
            if not tight:
                over.wait(pause.uniform(0.02, 0.4) if persistent else pause.uniform(0, 0.05))
        if socket.poll(200):
            raise RuntimeError('an answer too many: %r' % socket.recv())
    except Exception as failure:
        report['failure'] = str(failure)
    report['slowest'] = round(slowest, 3)
    socket.close()


def main():
    endpoint, watchers = sys.argv[1], sys.argv[2:]
    context = zmq.Context()
    over = threading.Event()
    reports = {}
    threads = []
    for i, watcher in enumerate(watchers):
        persistent = i < len(watchers) / 2
        reports[watcher] = {'answered': 0, 'looked': 0, 'failure': None}
        threads.append(threading.Thread(
            target=ask, args=(context, endpoint, watcher, persistent, persistent and i % 2 == 1, over, reports[watcher])))
    for thread in threads:
        thread.start()
    sys.stdin.read()
    over.set()
    for thread in threads:
        thread.join()
    print(json.dumps(reports))


main()
