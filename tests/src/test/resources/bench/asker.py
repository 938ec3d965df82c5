"""Times the answers of a circusd, with the frames of Circus's own client over libzmq (Debian's python3-zmq).

usage: asker.py ENDPOINT each COUNT REQUEST           one request after the other: nanoseconds each
       asker.py ENDPOINT during OPERATION EVERY REQUEST…   until OPERATION is answered, the requests in turn, one every EVERY
                                                      milliseconds whether or not those before are answered: nanoseconds of
                                                      each from the moment when it was due; OPERATION may be a number of
                                                      seconds in which nothing happens

Requests are {"command": …, "properties": …} in JSON. One number in each line.
"""
import json
import sys
import time
import uuid

import zmq

TO_ANSWER = 60_000


def connect(context, endpoint):
    socket = context.socket(zmq.DEALER)
    socket.setsockopt_string(zmq.IDENTITY, uuid.uuid4().hex)
    socket.setsockopt(zmq.LINGER, 0)
    socket.connect(endpoint)
    return socket


def receive(socket):
    if not socket.poll(TO_ANSWER):
        sys.exit('no answer')
    answer = json.loads(socket.recv())
    if answer['status'] == 'error':
        sys.exit(str(answer))
    return answer


def each(socket, count, request):
    message = json.dumps(dict(json.loads(request), id=uuid.uuid4().hex)).encode()
    for i in range(-count // 10, count):
        began = time.perf_counter_ns()
        socket.send(message)
        if not socket.poll(TO_ANSWER):
            sys.exit('no answer')
        answer = socket.recv()
        taken = time.perf_counter_ns() - began
        if i < 0 and json.loads(answer)['status'] == 'error':
            sys.exit(answer.decode())
        if i >= 0:
            print(taken)


def during(socket, operator, operation, every, requests):
    messages = [json.loads(request) for request in requests]
    for message in messages:  # The first of each is cold, in the client too.
        socket.send(json.dumps(message).encode())
        receive(socket)
    end = None
    if operation.isdigit():
        end = time.perf_counter_ns() + int(operation) * 1_000_000_000
    else:
        operator.send(json.dumps(json.loads(operation)).encode())
    poller = zmq.Poller()
    poller.register(socket, zmq.POLLIN)
    poller.register(operator, zmq.POLLIN)
    due = time.perf_counter_ns()
    under_way = {}
    sent = 0
    over = False
    taken = []
    while not over or under_way:
        now = time.perf_counter_ns()
        over = over or end is not None and now > end
        if not over and due <= now:
            message = dict(messages[sent % len(messages)], id=str(sent))
            under_way[str(sent)] = due
            socket.send(json.dumps(message).encode())
            sent += 1
            due += every
            continue
        for ready, _ in poller.poll(TO_ANSWER if over else max(0, (due - now) // 1_000_000)):
            if ready is operator:
                receive(operator)
                over = True
                continue
            while ready.poll(0):
                body = ready.recv()
                now = time.perf_counter_ns()
                # The id stands last: a long list need not be parsed while the next answer waits.
                number = body[body.rindex(b'"id"') + 4:].split(b'"')[1].decode()
                taken.append(now - under_way.pop(number))
    for nanos in taken:
        print(nanos)


def main():
    context = zmq.Context()
    socket = connect(context, sys.argv[1])
    if sys.argv[2] == 'each':
        each(socket, int(sys.argv[3]), sys.argv[4])
    else:
        operator = connect(context, sys.argv[1])
        during(socket, operator, sys.argv[3], int(float(sys.argv[4]) * 1e6), sys.argv[5:])
    context.destroy(linger=0)


main()
