"""Asks a circusd by the two clients of Circus's own library, which PYTHONPATH names. usage: clients.py ENDPOINT"""
import sys

from circus.client import AsyncCircusClient, CircusClient
from tornado import gen, ioloop

client = CircusClient(endpoint=sys.argv[1])
print('CircusClient', *client.send_message('list')['watchers'])
print('CircusClient', client.call({'command': 'numprocesses', 'properties': {}})['numprocesses'])
print('CircusClient', client.send_message('list', name='nope')['reason'])
client.stop()


@gen.coroutine
def ask():
    client = AsyncCircusClient(endpoint=sys.argv[1])
    count = yield client.send_message('numwatchers')
    status = yield client.send_message('status', name='single')
    print('AsyncCircusClient', count['numwatchers'], status['status'])
    more = yield client.send_message('incr', name='sleeper', nb=2, waiting=True)
    print('AsyncCircusClient', more['numprocesses'])
    yield client.send_message('stop', name='sleeper', waiting=True)
    status = yield client.send_message('status', name='sleeper')
    print('AsyncCircusClient', status['status'])
    client.stop()


ioloop.IOLoop.current().run_sync(ask)
