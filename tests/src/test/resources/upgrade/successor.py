"""Stands for a circusd that comes in another one's place: says what such a one says up to the hand-over, and then does what the test wants.

usage: successor.py ENDPOINT PUBSUB_ENDPOINT ARBITER KERNEL ACTION…

Actions: serving (says it), kill-kernel (kill -9, of the pid in the kernel's lock file), term-former, sleep SECONDS, anything else is said as it is.
Ends with 3 after the last one.
"""
import json
import os
import signal
import socket
import sys
import time

endpoint, pubsub, arbiter, kernel = sys.argv[1:5]
path = os.environ['CIRCUSD_SUCCEEDS']


def connect():
    connection = socket.socket(socket.AF_UNIX)
    connection.connect(path)
    return connection


wire = connect()


def say(word, **fields):
    wire.sendall(json.dumps({'say': word, **fields}).encode() + b'\n')


say('hello', protocol=1, version='0', pid=os.getpid())
say('configured', name=arbiter, kernel=kernel, endpoint=endpoint, pubsub_endpoint=pubsub)
say('observed', plan='', processes=0)
passage = connect()
passage.recvmsg(64, socket.CMSG_SPACE(16 * 4))
say('ready')
for line in wire.makefile():
    if json.loads(line)['say'] == 'yours':
        break
actions = iter(sys.argv[5:])
for action in actions:
    if action == 'serving':
        say('serving')
    elif action == 'kill-kernel':
        with open(kernel + '.lock') as lock:
            os.kill(int(lock.read()), signal.SIGKILL)
    elif action == 'term-former':
        os.kill(os.getppid(), signal.SIGTERM)
    elif action == 'sleep':
        time.sleep(float(next(actions)))
    else:
        wire.sendall(action.encode() + b'\n')
sys.exit(3)
