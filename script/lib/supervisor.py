#!/usr/bin/env python3
"""What stands for systemd where it is not PID 1: holds listening sockets, hands them to services, waits for READY=1 and stops with SIGTERM.

supervisor.py DIRECTORY [--blocking] [--names NAME:...] ADDRESS... -- COMMAND...
    Opens a listening socket for each ADDRESS (127.0.0.1:0, unix:/path) and prints where it listens, a line each. Then it takes orders at the Unix
    socket DIRECTORY/control until its standard input ends: one line, answered by the exit code and what there is to say.
        start UNIT | stop UNIT | restart UNIT | kill UNIT | is-active [--quiet] UNIT | cat UNIT | daemon-reload | notices UNIT | hup UNIT
    A unit is COMMAND as a process of its own; what it prints is in DIRECTORY/UNIT.log. A unit other than tidegate.service has a file in DIRECTORY/units.
    As systemd does, it passes descriptors from 3 on with LISTEN_PID, LISTEN_FDS and LISTEN_FDNAMES, and NOTIFY_SOCKET, and WATCHDOG_USEC.

systemctl ORDER...      the same orders from a program that runs systemctl: SUPERVISOR names the control socket.
"""
import fcntl
import os
import signal
import socket
import sys
import threading
import time

START_SECONDS, STOP_SECONDS, BACKLOG = 300, 300, 4096
WATCHDOG_USEC = 20_000_000


def systemctl():
    with socket.socket(socket.AF_UNIX) as control:
        control.connect(os.environ["SUPERVISOR"])
        control.sendall((" ".join(sys.argv[1:]) + "\n").encode())
        answer = b""
        while part := control.recv(65536):
            answer += part
    code, _, text = answer.decode().partition("\n")
    sys.stdout.write(text)
    sys.exit(int(code))


class Unit:
    """One process at a time, and what it said by sd_notify."""

    def __init__(self, name, rig):
        self.name, self.rig = name, rig
        self.pid, self.code, self.notices = 0, None, []
        self.said = threading.Condition()
        self.lock = threading.Lock()

    def alive(self):
        return self.pid != 0 and self.code is None

    def start(self):
        with self.lock:
            if self.alive():
                return 0, ""
            if self.name != "tidegate.service" and not os.path.exists(os.path.join(self.rig.directory, "units", self.name)):
                return 5, f"Unit {self.name} not found.\n"
            self.notices, self.code = [], None
            path = os.path.join(self.rig.directory, f"{self.name}.{time.monotonic_ns()}.notify")
            notify = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
            notify.bind(path)
            self.pid = os.fork()
            if self.pid == 0:
                self.become(path)
            threading.Thread(target=self.listen, args=(notify, self.pid, self.notices), daemon=True).start()
            threading.Thread(target=self.wait, args=(self.pid, notify, path), daemon=True).start()
            with self.said:
                self.said.wait_for(lambda: not self.alive() or any("READY=1" in notice for notice in self.notices), START_SECONDS)
            if self.alive() and any("READY=1" in notice for notice in self.notices):
                return 0, ""
            return 1, f"Job for {self.name} failed: exit {self.code}.\n"

    def become(self, notify):
        try:
            # Where this runs under nohup the daemon would inherit that, and ignore a reload.
            signal.signal(signal.SIGHUP, signal.SIG_DFL)
            high = [fcntl.fcntl(each.fileno(), fcntl.F_DUPFD, 100) for each in self.rig.sockets]
            for i, descriptor in enumerate(high):
                os.dup2(descriptor, 3 + i, inheritable=True)
            log = os.open(os.path.join(self.rig.directory, self.name + ".log"), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
            os.dup2(os.open("/dev/null", os.O_RDONLY), 0)
            os.dup2(log, 1)
            os.dup2(log, 2)
            os.closerange(3 + len(high), 4096)
            environment = dict(os.environ, LISTEN_PID=str(os.getpid()), LISTEN_FDS=str(len(high)), NOTIFY_SOCKET=notify,
                               WATCHDOG_USEC=str(WATCHDOG_USEC), WATCHDOG_PID=str(os.getpid()))
            if self.rig.names:
                environment["LISTEN_FDNAMES"] = self.rig.names
            os.execvpe(self.rig.command[0], self.rig.command, environment)
        finally:
            os._exit(203)

    def listen(self, notify, pid, notices):
        while True:
            try:
                text = notify.recv(4096).decode()
            except OSError:
                return
            if not text:
                return
            with self.said:
                notices.append(text)
                self.said.notify_all()

    def wait(self, pid, notify, path):
        status = os.waitpid(pid, 0)[1]
        with self.said:
            self.code = os.waitstatus_to_exitcode(status)
            self.said.notify_all()
        notify.shutdown(socket.SHUT_RDWR)
        notify.close()
        os.unlink(path)

    def send(self, number):
        if not self.alive():
            return 1, f"{self.name} does not run.\n"
        os.kill(self.pid, number)
        return 0, ""

    def stop(self):
        if not self.alive():
            return 0, ""
        self.send(signal.SIGTERM)
        with self.said:
            self.said.wait_for(lambda: not self.alive(), STOP_SECONDS)
        if self.alive():
            self.send(signal.SIGKILL)
            return 1, f"{self.name} did not stop in time.\n"
        return (0, "") if self.code == 0 else (1, f"{self.name} ended with {self.code}.\n")


class Rig:
    def __init__(self, arguments):
        self.directory, rest = arguments[0], arguments[1:]
        self.names, blocking = "", False
        addresses = rest[:rest.index("--")]
        self.command = rest[rest.index("--") + 1:]
        if "--blocking" in addresses:
            blocking = True
            addresses.remove("--blocking")
        if "--names" in addresses:
            at = addresses.index("--names")
            self.names = addresses[at + 1]
            del addresses[at:at + 2]
        self.sockets = []
        for address in addresses:
            self.sockets.append(listening(address))
            self.sockets[-1].setblocking(blocking)
        self.units = {}
        self.lock = threading.Lock()
        os.makedirs(os.path.join(self.directory, "units"), exist_ok=True)

    def unit(self, name):
        with self.lock:
            return self.units.setdefault(name, Unit(name, self))

    def order(self, words):
        verb, names = words[0], [word for word in words[1:] if not word.startswith("-")]
        if verb == "daemon-reload":
            return 0, ""
        unit = self.unit(names[0])
        if verb == "is-active":
            up = unit.alive() or names[0].endswith(".socket")
            return (0, "active\n") if up else (3, "inactive\n")
        if verb == "cat":
            return 0, "# stands for the unit's text\n[Service]\nType=notify\nExecStart=" + " ".join(self.command) + "\n"
        if verb == "restart":
            unit.stop()
            return unit.start()
        if verb == "notices":
            return 0, "\n".join(" ".join(notice.split("\n")) for notice in unit.notices) + "\n"
        return {"start": unit.start, "stop": unit.stop, "kill": lambda: unit.send(signal.SIGKILL), "hup": lambda: unit.send(signal.SIGHUP)}[verb]()

    def serve(self, connection):
        with connection:
            words = connection.makefile().readline().split()
            try:
                code, text = self.order(words)
            except Exception as mistake:  # said to whoever gave the order
                code, text = 70, repr(mistake) + "\n"
            connection.sendall(f"{code}\n{text}".encode())


def listening(address):
    if address.startswith("unix:"):
        made = socket.socket(socket.AF_UNIX)
        made.bind(address[5:])
    else:
        host, _, port = address.rpartition(":")
        made = socket.socket(socket.AF_INET)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        made.bind((host, int(port)))
    made.listen(BACKLOG)
    return made


def main():
    rig = Rig(sys.argv[1:])
    control = socket.socket(socket.AF_UNIX)
    control.bind(os.path.join(rig.directory, "control"))
    control.listen(64)
    for each in rig.sockets:
        where = each.getsockname()
        print(where if isinstance(where, str) else f"{where[0]}:{where[1]}", flush=True)

    def orders():
        while True:
            connection = control.accept()[0]
            threading.Thread(target=rig.serve, args=(connection,), daemon=True).start()

    threading.Thread(target=orders, daemon=True).start()
    sys.stdin.read()
    for unit in list(rig.units.values()):
        if unit.alive():
            unit.send(signal.SIGKILL)


if os.path.basename(sys.argv[0]) == "systemctl":
    systemctl()
main()
