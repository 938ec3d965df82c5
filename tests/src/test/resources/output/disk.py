"""disk.py FOLDER BEHIND STATE: mounts on FOLDER, by FUSE, a file system whose files are those of the folder BEHIND, and serves it.

The file STATE says how: "fine"; "hung", when nothing is answered until it says something else, so that who asked waits as for a disk that does not
answer, and not even SIGKILL ends him; "broken", when writes fail (EIO); "readonly", when they fail as on a file system that was remounted for want of
health (EROFS). For root, or root of a user namespace. The numbers are those of linux/fuse.h.
"""
import ctypes
import errno
import os
import select
import struct
import sys

folder, behind, state_file = sys.argv[1:]
LOOKUP, FORGET, GETATTR, SETATTR, UNLINK, RENAME, OPEN, READ, WRITE, STATFS = 1, 2, 3, 4, 10, 12, 14, 15, 16, 17
RELEASE, FSYNC, FLUSH, INIT, OPENDIR, READDIR, RELEASEDIR = 18, 20, 25, 26, 27, 28, 29
CREATE, INTERRUPT, BATCH_FORGET, RENAME2 = 35, 36, 42, 45
CHANGES = (SETATTR, UNLINK, RENAME, WRITE, CREATE, RENAME2)
WRITABLE = os.O_WRONLY | os.O_RDWR
paths = {1: behind}


def state():
    with open(state_file) as file:
        return file.read().strip()


def attributes(path):
    s = os.lstat(path)
    number = 1 if path == behind else s.st_ino
    paths[number] = path
    times = [(t // 10**9, t % 10**9) for t in (s.st_atime_ns, s.st_mtime_ns, s.st_ctime_ns)]
    return number, struct.pack(
        '<6Q10I', number, s.st_size, s.st_blocks, *(t[0] for t in times), *(t[1] for t in times),
        s.st_mode, s.st_nlink, s.st_uid, s.st_gid, 0, 4096, 0)


def entry(path):
    number, packed = attributes(path)
    return struct.pack('<4Q2I', number, 0, 0, 0, 0, 0) + packed


def opened(fd):
    return struct.pack('<Q2I', fd, 0, 0)


def inside(node, name):
    return os.path.join(paths[node], os.fsdecode(name))


def rename(node, target, names):
    before, after = names.split(b'\0')[:2]
    old, new = inside(node, before), inside(target, after)
    number = attributes(old)[0]
    os.rename(old, new)
    paths[number] = new
    return b''


def change(node, body):
    valid, _, _, size = struct.unpack_from('<2I2Q', body)
    if valid & 8:
        os.truncate(paths[node], size)
    if valid & 1:
        os.chmod(paths[node], struct.unpack_from('<I', body, 68)[0] & 0o7777)
    return struct.pack('<Q2I', 0, 0, 0) + attributes(paths[node])[1]


def listing(node, offset, size):
    packed = b''
    for number, name in list(enumerate(sorted(os.listdir(paths[node])), 1))[offset:]:
        raw = os.fsencode(name)
        item = struct.pack('<2Q2I', os.lstat(inside(node, raw)).st_ino, number, len(raw), 0) + raw
        item += bytes(-len(item) % 8)
        if len(packed) + len(item) > size:
            break
        packed += item
    return packed


def carry_out(code, node, body):
    name = body.rstrip(b'\0')
    if code == INIT:
        return struct.pack('<4I2H2I2H8I', 7, 31, 0, 0x20, 12, 9, 131072, 1, 32, 0, *[0] * 8)
    if code == LOOKUP:
        return entry(inside(node, name))
    if code == GETATTR:
        return struct.pack('<Q2I', 0, 0, 0) + attributes(paths[node])[1]
    if code == SETATTR:
        return change(node, body)
    if code == UNLINK:
        os.unlink(inside(node, name))
        return b''
    if code == RENAME:
        return rename(node, struct.unpack_from('<Q', body)[0], body[8:])
    if code == RENAME2:
        return rename(node, struct.unpack_from('<Q', body)[0], body[16:])
    if code == OPEN:
        return opened(os.open(paths[node], struct.unpack_from('<I', body)[0] & ~(os.O_APPEND | os.O_CREAT | os.O_EXCL)))
    if code == CREATE:
        flags, mode, umask = struct.unpack_from('<3I', body)
        path = inside(node, body[16:].rstrip(b'\0'))
        fd = os.open(path, flags & ~os.O_APPEND | os.O_CREAT, mode & ~umask & 0o7777)
        return entry(path) + opened(fd)
    if code in (READ, READDIR):
        fd, offset, size = struct.unpack_from('<2QI', body)
        return os.pread(fd, size, offset) if code == READ else listing(node, offset, size)
    if code == WRITE:
        fd, offset, size = struct.unpack_from('<2QI', body)
        return struct.pack('<2I', os.pwrite(fd, body[40:40 + size], offset), 0)
    if code == STATFS:
        return struct.pack('<5Q10I', 1 << 20, 1 << 19, 1 << 19, 1000, 1000, 4096, 255, 4096, *[0] * 7)
    if code in (RELEASE, FLUSH, FSYNC, OPENDIR, RELEASEDIR):
        if code == RELEASE:
            os.close(struct.unpack_from('<Q', body)[0])
        return opened(0) if code == OPENDIR else b''
    raise OSError(errno.ENOSYS, 'not needed')


def refuses(now, code, body):
    writes = code in CHANGES or code == OPEN and struct.unpack_from('<I', body)[0] & WRITABLE
    return {'broken': errno.EIO, 'readonly': errno.EROFS}.get(now, 0) if writes else 0


def answer(device, now, request):
    length, code, unique, node = struct.unpack_from('<2I2Q', request)
    body = request[40:length]
    if code in (FORGET, BATCH_FORGET, INTERRUPT):
        return
    error, reply = refuses(now, code, body), b''
    if not error:
        try:
            reply = carry_out(code, node, body)
        except OSError as failure:
            error = failure.errno
    try:
        os.write(device, struct.pack('<IiQ', 16 + len(reply), -error, unique) + reply)
    except FileNotFoundError:
        pass  # Who asked has gone.


device = os.open('/dev/fuse', os.O_RDWR)
libc = ctypes.CDLL(None, use_errno=True)
options = f'fd={device},rootmode=40000,user_id=0,group_id=0,allow_other'
if libc.mount(b'disk', os.fsencode(folder), b'fuse', 0, options.encode()) != 0:
    sys.exit(f'cannot mount on {folder}: {os.strerror(ctypes.get_errno())}')
waiting = []
while True:
    now = state()
    while waiting and now != 'hung':
        answer(device, now, waiting.pop(0))
    if select.select([device], [], [], 0.02)[0]:
        waiting.append(os.read(device, 200_000))
