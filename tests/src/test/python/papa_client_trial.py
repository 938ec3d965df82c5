"""Exercises the unmodified Python client of papa 1.0.6 against a running kernel, ours or Python's own.

Run by hand, since the client is not ours to ship (its public repository is scottkmaxwell/papa):

    PYTHONPATH=/path/to/papa python3 papa_client_trial.py /absolute/path/of/papa.sock
    PYTHONPATH=/path/to/papa python3 papa_client_trial.py 20202      # papa --port 20202 --port-control
    ... papa.sock transcript.txt                                     # also writes down what was said

The kernel must hold nothing; it ends at the end. PapaContractTest replays what was written down
(src/test/resources/transcripts/client.txt).
"""
import os
import re
import socket
import sys
import tempfile
import time
from subprocess import DEVNULL, PIPE, STDOUT

import papa

where = int(sys.argv[1]) if sys.argv[1].isdigit() else sys.argv[1]
folder = tempfile.mkdtemp()
record = open(sys.argv[2], 'w') if len(sys.argv) > 2 else None
came = bytearray()
skipping = False
GREETING = b'Papa is home. Type "help" for commands.\n> '


def free_port():
    with socket.socket() as probe:
        probe.bind(('127.0.0.1', 0))
        return probe.getsockname()[1]


ports = {b'<p1>': free_port(), b'<p2>': free_port()}


def flush(kind='S'):
    """Writes down what came: S, or U where it was asked for until it came."""
    if record and came and not skipping:
        text = re.sub(rb'pid=\d+', b'pid=<pid>', bytes(came))
        text = re.sub(rb'fileno=\d+', b'fileno=<fileno>', text)
        text = re.sub(rb'(host=\S+) port=\d+', rb'\1 port=<port>', text)
        text = placed(re.sub(rb'\d{10}\.\d+', b'<time>', text))
        text = re.sub(rb'out:port:<time>:\d+', b'out:port:<time>:<n>', text)
        if text != GREETING:
            record.write('%s: %r\n' % (kind, text))
    came.clear()


def placed(text):
    text = text.replace(folder.encode(), b'<dir>')
    for name, port in ports.items():
        text = text.replace(b'port=%d' % port, b'port=' + name).replace(b'%d' % port, name)
    return text


def send(sock, data, send=papa.send_with_retry):
    flush()
    if record and not skipping:
        for line in placed(bytes(data)).splitlines(True):
            record.write('C: %r\n' % (line,))
    return send(sock, data)


def receive(sock, *args, receive=papa.recv_with_retry):
    data = receive(sock, *args)
    came.extend(data)
    return data


papa.send_with_retry, papa.recv_with_retry = send, receive


def chapter(title):
    flush()
    if record:
        record.write('# %s\nN:\n' % title)
    print(title)


def check(found, wanted):
    assert found == wanted, 'wanted %r, but found %r' % (wanted, found)


def refuses(function, *args, **options):
    try:
        function(*args, **options)
    except papa.Error as error:
        return str(error)
    raise AssertionError('no error')


def until_ended(p, name):
    until(lambda: not p.list_processes(name)[name]['running'])


def until(holds):
    """Asks again and again; written down is the first question, and the last answer."""
    global skipping
    deadline = time.time() + 20
    while not holds():
        assert time.time() < deadline
        came.clear()
        skipping = True
        time.sleep(.05)
    skipping = False
    flush('U')


def read_all(watcher):
    out, err, closed = {}, {}, []
    while True:
        batch = watcher.read()
        if batch is None:
            return out, err, closed
        for into, part in ((out, batch[0]), (err, batch[1])):
            for each in part:
                assert abs(each.timestamp - time.time()) < 60
                into[each.name] = into.get(each.name, b'') + each.data
        closed += [(each.name, each.data) for each in batch[2]]


papa.set_debug_mode(False)
papa.set_default_connection_timeout(5)
if isinstance(where, int):
    papa.set_default_port(where)
else:
    papa.set_default_path(where)
papa.Papa.spawned = True  # never starts a server of its own

chapter('values')
with papa.Papa() as p:
    check(p.list_values(), {})
    p.set('aack', 'bar')
    p.set('many words', 'are one value')
    p.set('aardvark', 'two words')
    check(p.get('aack'), 'bar')
    check(p.get('aardvark'), 'two words')
    check(p.get('nothing'), None)
    check(p.list_values('aa*'), {'aack': 'bar', 'aardvark': 'two words'})
    p.set('aack')
    check(p.get('aack'), None)
    check(refuses(p.remove_values), 'You cannot remove all variables')
    check(refuses(p.remove_values, '*'), 'You cannot remove all variables')
    assert p.remove_values('aard*', 'many*')
    check(p.list_values(), {})

chapter('sockets')
with papa.Papa() as p:
    check(p.list_sockets(), {})
    one = p.make_socket('one', port=ports[b'<p1>'])
    check((one['family'], one['type'], one['backlog'], one['host']), ('inet', 'stream', 5, '127.0.0.1'))
    check(p.make_socket('one'), one)
    check(p.make_socket('one', port=one['port']), one)
    assert 'has already been created' in refuses(p.make_socket, 'one', backlog=9)
    assert refuses(p.make_socket, 'two', port=one['port']).startswith('Bind failed on 127.0.0.1:')
    check(p.make_socket('two', host='localhost', backlog=7, family=socket.AF_INET,
                        socket_type=socket.SOCK_STREAM)['backlog'], 7)
    path = folder + '/unix.sock'
    check(p.make_socket('unix', path=path, umask=0o22)['path'], path)
    check(oct(os.stat(path).st_mode & 0o777), '0o755')
    assert 'has already been created' in refuses(p.make_socket, 'other', path=path)
    shared = p.make_socket('shared', reuseport=True)
    assert 'fileno' not in shared and shared['port'] > 0
    check(sorted(p.list_sockets()), ['one', 'shared', 'two', 'unix'])
    check(sorted(p.list_sockets('one', 'u*', 'nothing')), ['one', 'unix'])
    check(refuses(p.remove_sockets, 'nothing'), 'nothing not found')
    with socket.create_connection(('127.0.0.1', one['port'])):
        assert p.remove_sockets('unix', 'two')
    assert not os.path.exists(path)
    assert p.remove_sockets('*')
    check(p.list_sockets(), {})

chapter('processes')
with papa.Papa() as p:
    check(p.list_processes(), {})
    nap = p.make_process('nap', '/bin/sleep', '3', env={'A': '1'}, working_dir='/')
    check((nap['running'], nap['args']), (True, '/bin/sleep 3'))
    check(p.make_process('nap', '/bin/sleep', '3', env={'A': '1'}, working_dir='/'), nap)
    assert 'has already been created' in refuses(p.make_process, 'nap', '/bin/sleep', '101')
    assert refuses(p.make_process, 'bad', '/no/such/program').startswith('Bad command - [Errno 2]')
    assert refuses(p.make_process, 'bad', '/bin/true', working_dir='/no/such').startswith('Bad working_dir')
    assert 'not a valid user' in refuses(p.make_process, 'bad', '/bin/true', uid='nosuchuser')
    assert 'No such group' in refuses(p.make_process, 'bad', '/bin/true', gid='nosuchgroup')
    assert 'rlimit' in refuses(p.make_process, 'bad', '/bin/true', rlimits={'zork': 1})
    check(sorted(p.list_processes('n*')), ['nap'])
    check(refuses(p.remove_processes, 'nothing'), 'nothing not found')
    check(p.exit_if_idle(), False)
    watcher = p.watch_processes('nap')
    check(read_all(watcher), ({}, {}, [('nap', 0)]))
    check(bool(watcher), False)
    check(watcher.exit_code, {'nap': 0})
    check(p.list_processes(), {})

chapter('output')
with papa.Papa() as p:
    script = 'echo one; sleep .2; echo two >&2; sleep .2; echo "$VALUE"; exit 3'
    p.make_process('say', '/bin/sh', ['-c', script], env={'VALUE': 'a\\'})
    until_ended(p, 'say')
    watcher = p.watch_processes('s*')
    assert watcher.ready and watcher.fileno() > 0
    out, err, closed = watcher.read()
    check(b''.join(each.data for each in out), b'one\na\\\n')
    check([(each.name, each.data) for each in err], [('say', b'two\n')])
    watcher.acknowledge()
    watcher.read()
    check(watcher.exit_code, {'say': 3})
    check(p.list_processes(), {})

    with p.make_process('now', '/bin/sh', ['-c', 'echo begin; sleep .3; echo end >&2; sleep .3'], stderr=STDOUT,
                        watch_immediately=True) as watcher:
        check(read_all(watcher)[0], {'now': b'begin\nend\n'})

    p.make_process('quiet', '/bin/sh', ['-c', 'echo out; echo err >&2'], stdout=DEVNULL, stderr=PIPE)
    until_ended(p, 'quiet')
    check(read_all(p.watch_processes('quiet')), ({}, {'quiet': b'err\n'}, [('quiet', 0)]))

    p.make_process('none', '/bin/echo', 'nothing', bufsize=0)
    until_ended(p, 'none')
    check(read_all(p.watch_processes('none')), ({}, {}, [('none', 0)]))

    p.make_process('again', '/bin/echo', 'kept')
    until_ended(p, 'again')
    watcher = p.watch_processes('again')
    check(watcher.read()[0][0].data, b'kept\n')
    watcher.acknowledge()  # both the output and the end are taken by it
    check(watcher.read(), None)

    p.make_process('left', '/bin/echo', 'kept')
    until_ended(p, 'left')
    watcher = p.watch_processes('left')
    check(watcher.read()[0][0].data, b'kept\n')
    watcher.close()
    check(p.list_processes(), {})

    p.make_process('gone', '/bin/sleep', '1', uid=65534, gid=65534, rlimits={'nofile': 64})
    gone = p.list_processes('gone')['gone']
    check((gone['uid'], gone['gid']), ('65534', '65534'))
    assert p.remove_processes('gone')
    until(lambda: not p.list_processes())

chapter('ports and descriptors')
with papa.Papa() as p:
    web = p.make_socket('web', path=folder + '/web.sock')
    port = p.make_socket('port', port=ports[b'<p2>'])['port']
    p.make_process('show', '/bin/sh', ['-c', 'ls -l /proc/self/fd/$0 | grep -c socket:', '$(socket.web.fileno)'])
    until_ended(p, 'show')
    check(read_all(p.watch_processes('show'))[0], {'show': b'1\n'})
    p.make_process('port', '/bin/echo', ['$(socket.port.port)', 'x$(socket.port.port)y'])
    until_ended(p, 'port')
    check(read_all(p.watch_processes('port'))[0], {'port': b'%d x%dy\n' % (port, port)})
    check(refuses(p.make_process, 'bad', '/bin/echo', '$(socket.nope.port)'), 'Socket nope not found')
    assert 'closing parenthesis' in refuses(p.make_process, 'bad', '/bin/echo', '$(socket.web.port')
    assert 'forgot to specify' in refuses(p.make_process, 'bad', '/bin/echo', '$(socket.web)')
    assert p.remove_sockets()

chapter('the end')
with papa.Papa() as p:
    check((p.list_processes(), p.list_sockets(), p.list_values()), ({}, {}, {}))
    assert p.fileno() > 0
    check(p.exit_if_idle(), True)
flush()
os.rmdir(folder)
print('all well')
