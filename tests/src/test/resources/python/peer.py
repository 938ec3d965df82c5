"""One ZeroMQ peer, over libzmq:

    peer.py ENDPOINT dealer|req REQUEST             prints the reply, or "nothing" after a while
    peer.py ENDPOINT sub TOPIC COUNT                prints "ready" when it is connected, and then the topics of so many events
    peer.py ENDPOINT crowd COUNT                    connects so often without a word of ZMTP; prints "ready", waits for a line,
                                                    prints how many of the connections were closed
    peer.py ENDPOINT idle COUNT                     the same, but each has finished its handshake, and asks nothing
    peer.py ENDPOINT drip COUNT                     the same, but each says one byte of a greeting every tenth of a second

PEER_KEYS in the environment: the file of its own key pair, and that of the server's public key, with a blank between them.
"""
import os
import select
import socket
import sys

import zmq
import zmq.auth
from zmq.utils.monitor import recv_monitor_message

PATIENCE = 2500
endpoint, kind = sys.argv[1:3]


def say(text):
    print(text, flush=True)


def peer(context, socket_type):
    made = context.socket(socket_type)
    made.linger = 0
    made.rcvtimeo = PATIENCE
    if "PEER_KEYS" in os.environ:
        own, server = os.environ["PEER_KEYS"].split()
        made.curve_publickey, made.curve_secretkey = zmq.auth.load_certificate(own)
        made.curve_serverkey = zmq.auth.load_certificate(server)[0]
    return made


def ask(socket_type, request):
    asking = peer(zmq.Context(), socket_type)
    asking.connect(endpoint)
    asking.send_string(request)
    try:
        say(asking.recv_string())
    except zmq.Again:
        say("nothing")


def subscribe(topic, count):
    subscriber = peer(zmq.Context(), zmq.SUB)
    subscriber.rcvtimeo = 20000
    subscriber.reconnect_ivl = 50
    monitor = subscriber.get_monitor_socket(zmq.EVENT_HANDSHAKE_SUCCEEDED)
    subscriber.subscribe(topic)
    subscriber.connect(endpoint)
    if monitor.poll(PATIENCE):
        recv_monitor_message(monitor)
        say("ready")
    else:
        say("nothing")
        return
    for _ in range(count):
        try:
            say(subscriber.recv_multipart()[0].decode())
        except zmq.Again:
            say("nothing")
            return


def connection():
    if endpoint.startswith("ipc://"):
        made = socket.socket(socket.AF_UNIX)
        made.connect(endpoint[len("ipc://"):])
        return made
    host, port = endpoint[len("tcp://"):].rsplit(":", 1)
    return socket.create_connection((host, int(port)))


def is_closed(made):
    made.setblocking(False)
    try:
        while made.recv(4096):
            pass
        return True
    except BlockingIOError:
        return False
    except OSError:
        return True


GREETING = b"\xff" + bytes(8) + b"\x7f\x03\x00NULL" + bytes(48)
READY = b"\x04\x1c\x05READY\x0bSocket-Type\x00\x00\x00\x06DEALER"


def shaken():
    made = connection()
    made.sendall(GREETING + READY)
    made.recv(1)
    return made


def crowd(count, drips, shakes):
    all_of_them = [shaken() if shakes else connection() for _ in range(count)]
    say("ready")
    if drips:
        sent = 0
        while not select.select([sys.stdin], [], [], 0.1)[0]:
            for made in all_of_them:
                try:
                    made.send(GREETING[sent % len(GREETING):][:1])
                except OSError:
                    pass
            sent += 1
    else:
        sys.stdin.readline()
    say(sum(is_closed(made) for made in all_of_them))


if kind in ("dealer", "req"):
    ask(getattr(zmq, kind.upper()), sys.argv[3])
elif kind == "sub":
    subscribe(sys.argv[3], int(sys.argv[4]))
else:
    crowd(int(sys.argv[3]), kind == "drip", kind == "idle")
