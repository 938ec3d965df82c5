"""A peer made of the real thing: pyzmq over libzmq. Usage: peer.py MODE ENDPOINT. Prints the endpoint it is bound to, then what happens."""
import json
import sys
import time

import zmq

mode, endpoint = sys.argv[1:3]
context = zmq.Context()
keep = []


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


def curve():
    """With a directory: server.key_secret in it, and clients/*.key of those who may come; else a key that nobody knows."""
    if len(sys.argv) < 4:
        return [(zmq.CURVE_SERVER, 1), (zmq.CURVE_SECRETKEY, zmq.curve_keypair()[1])]
    from zmq.auth import load_certificate
    from zmq.auth.thread import ThreadAuthenticator
    authenticator = ThreadAuthenticator(context)
    keep.append(authenticator)
    authenticator.start()
    authenticator.configure_curve(location=sys.argv[3] + "/clients")
    public, secret = load_certificate(sys.argv[3] + "/server.key_secret")
    return [(zmq.CURVE_SERVER, 1), (zmq.CURVE_PUBLICKEY, public), (zmq.CURVE_SECRETKEY, secret)]


if mode == "router":
    router = bind(zmq.ROUTER)
    while True:
        answer(router)
elif mode == "heartbeat":
    router = bind(zmq.ROUTER, (zmq.HEARTBEAT_IVL, 20), (zmq.HEARTBEAT_TIMEOUT, 200))
    while True:
        answer(router)
elif mode == "curve":
    router = bind(zmq.ROUTER, *curve())
    while True:
        answer(router)
elif mode in ("pub", "curve-pub"):
    publisher = bind(zmq.XPUB, *(curve() if mode == "curve-pub" else []))
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
