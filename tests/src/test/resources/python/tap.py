"""Stands between a client and a circusd and tells what the client sends.

usage: tap.py ENDPOINT CIRCUSD_ENDPOINT

Listens on the first endpoint, passes each message on to the second by a connection of its own for each client, and the answers back. Prints
the frames of each request as a line of JSON, texts as they went over the wire. ZeroMQ is libzmq, by Debian's python3-zmq.
"""
import json
import sys

import zmq


def main():
    context = zmq.Context()
    front = context.socket(zmq.ROUTER)
    front.bind(sys.argv[1])
    poller = zmq.Poller()
    poller.register(front, zmq.POLLIN)
    back = {}
    clients = {}
    while True:
        for ready, _ in poller.poll():
            frames = ready.recv_multipart()
            if ready is not front:
                front.send_multipart([clients[ready], *frames])
                continue
            client = frames.pop(0)
            if client not in back:
                back[client] = context.socket(zmq.DEALER)
                back[client].setsockopt(zmq.IDENTITY, client)
                back[client].connect(sys.argv[2])
                poller.register(back[client], zmq.POLLIN)
                clients[back[client]] = client
            print(json.dumps([frame.decode() for frame in frames]), flush=True)
            back[client].send_multipart(frames)


main()
