"""Runs a program in a terminal of 80 columns and 24 lines for a while and prints what its screen shows then.

usage: screen.py SECONDS PROGRAM [ARGUMENT…]

The terminal is a vt100 as far as curses makes use of one.
"""
import fcntl
import os
import pty
import re
import select
import signal
import struct
import sys
import termios
import time

LINES, COLUMNS = 24, 80
SEQUENCE = re.compile(r'\x1b\[([?0-9;]*)([A-Za-z])|\x1b[()][A-Z0-9]|\x1b[=>78DME]|\$<\d+[*/]*>')


class Screen:
    def __init__(self):
        self.cells = [[' '] * COLUMNS for _ in range(LINES)]
        self.line = self.column = 0

    def write(self, text):
        at = 0
        while at < len(text):
            sequence = SEQUENCE.match(text, at)
            if sequence:
                at = sequence.end()
                if sequence.group(2):
                    self.control(sequence.group(2), [int(n) if n.isdigit() else 0 for n in sequence.group(1).split(';')])
                continue
            self.put(text[at])
            at += 1

    def put(self, character):
        if character == '\n':
            self.line = min(self.line + 1, LINES - 1)
        elif character == '\r':
            self.column = 0
        elif character == '\b':
            self.column = max(0, self.column - 1)
        elif character >= ' ':
            if self.column == COLUMNS:
                self.column = 0
                self.line = min(self.line + 1, LINES - 1)
            self.cells[self.line][self.column] = character
            self.column += 1

    def control(self, kind, numbers):
        count = max(1, numbers[0])
        if kind == 'H':
            self.line = min(count, LINES) - 1
            self.column = min(max(1, numbers[1] if len(numbers) > 1 else 1), COLUMNS) - 1
        elif kind == 'A':
            self.line = max(0, self.line - count)
        elif kind == 'B':
            self.line = min(LINES - 1, self.line + count)
        elif kind == 'C':
            self.column = min(COLUMNS - 1, self.column + count)
        elif kind == 'D':
            self.column = max(0, self.column - count)
        elif kind == 'K':
            first, last = ((self.column, COLUMNS), (0, self.column + 1), (0, COLUMNS))[numbers[0]]
            self.cells[self.line][first:last] = [' '] * (last - first)
        elif kind == 'J':
            if numbers[0] == 2:
                self.cells = [[' '] * COLUMNS for _ in range(LINES)]
            elif numbers[0] == 0:
                self.control('K', [0])
                for line in range(self.line + 1, LINES):
                    self.cells[line] = [' '] * COLUMNS


def main():
    child, terminal = pty.fork()
    if child == 0:
        os.environ['TERM'] = 'vt100'
        os.environ.pop('LINES', None)
        os.environ.pop('COLUMNS', None)
        time.sleep(0.2)
        os.execvp(sys.argv[2], sys.argv[2:])
    fcntl.ioctl(terminal, termios.TIOCSWINSZ, struct.pack('HHHH', LINES, COLUMNS, 0, 0))
    screen = Screen()
    end = time.time() + float(sys.argv[1])
    while time.time() < end:
        if select.select([terminal], [], [], 0.1)[0]:
            try:
                came = os.read(terminal, 65536)
            except OSError:
                break
            time.sleep(0.02)  # So that a sequence comes whole.
            while select.select([terminal], [], [], 0)[0]:
                came += os.read(terminal, 65536)
            screen.write(came.decode(errors='replace'))
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    print('\n'.join(''.join(line).rstrip() for line in screen.cells))


main()
