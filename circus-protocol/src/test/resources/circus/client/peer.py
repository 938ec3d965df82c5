"""A peer made of the real thing: pyzmq over libzmq. Usage: peer.py MODE ENDPOINT. Prints the endpoint it is bound to, then what happens."""
import json
import sys
import time

import zmq

mode, endpoint = sys.argv[1:3]
context = zmq.Context()


def say(text):
    print(text, flush=True)


def bind(kind, *options):
    socket = context.socket(kind)
    socket.setsockopt(zmq.LINGER, 0)
    for name, value in options:
        socket.setsockopt(name, value)
    socket.bind(endpoint)
    say(socket.getsockopt(zmq.LAST_ENDPOINT).rstrip(b"\0").decode())
    return socket


def answer(socket):
    """Answers as circusd's controller does: exactly two frames in, two out, nothing for a cast."""
    frames = socket.recv_multipart()
    if len(frames) != 2:
        say("unexpected %d frames" % len(frames))
        return
    identity, body = frames
    message = json.loads(body)
    if message.get("msg_type") == "cast":
        say("cast %s" % json.dumps(message["properties"]))
        return
    reply = {"status": "ok", "time": time.time(), "echo": message["properties"], "id": message.get("id")}
    if message["command"] == "large":
        reply["text"] = "x" * message["properties"]["size"]
    if message["command"] == "slow":
        time.sleep(message["properties"]["seconds"])
    socket.send_multipart([identity, json.dumps(reply).encode()])


if mode == "router":
    router = bind(zmq.ROUTER)
    while True:
        answer(router)
elif mode == "heartbeat":
    router = bind(zmq.ROUTER, (zmq.HEARTBEAT_IVL, 20), (zmq.HEARTBEAT_TIMEOUT, 200))
    while True:
        answer(router)
elif mode == "curve":
    public, secret = zmq.curve_keypair()
    router = bind(zmq.ROUTER, (zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, secret))
    while True:
        answer(router)
elif mode == "pub":
    publisher = bind(zmq.XPUB)
    subscribed = set()
    while not subscribed:
        event = publisher.recv()
        if event[:1] == b"\1":
            subscribed.add(event[1:])
            say("subscribed %s" % event[1:].decode())
    for number in range(1000):
        publisher.send_multipart([b"watcher.web.spawn", json.dumps({"n": number}).encode()])
        publisher.send_multipart([b"watcher.other.spawn", b"{}"])
    time.sleep(600)
