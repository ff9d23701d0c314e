"""Runs a command under those settings of a unit that need no systemd as PID 1.

    sandboxed.py UNIT COMMAND...

Tried: SystemCallFilter with SystemCallErrorNumber, NoNewPrivileges, empty CapabilityBoundingSet, a plain user, LimitCORE, LimitNOFILE,
LimitMEMLOCK, ProtectSystem=strict, PrivateTmp, ProtectProc=invisible, PrivateIPC, RestrictAddressFamilies, LockPersonality, UMask, and
MemoryDenyWriteExecute if the unit has it. Needs root.
"""
import ctypes
import errno
import os
import resource
import subprocess
import sys

CLONE_NEWNS, CLONE_NEWIPC, CLONE_NEWPID = 0x20000, 0x8000000, 0x20000000
NOBODY = 65534
ALLOW = 0x7FFF0000
NOT_EQUAL, EQUAL, MASKED = 1, 4, 7
PROT_EXEC, PROT_WRITE = 4, 2


def settings(path):
    found = {}
    with open(path, encoding="utf-8") as unit:
        for line in unit:
            key, equals, value = line.strip().partition("=")
            if equals and not key.startswith(("#", "[")):
                found.setdefault(key, []).append(value)
    return found


def members(name):
    """Call names of a group, its nested groups included."""
    text = subprocess.run(["systemd-analyze", "syscall-filter", "--no-pager", name], check=True, capture_output=True, text=True).stdout
    calls = set()
    for word in (line.strip() for line in text.splitlines()[1:]):
        if word and not word.startswith("#"):
            calls |= members(word) if word.startswith("@") else {word}
    return calls


def allowed(filters):
    calls = members("@default")
    for entry in filters:
        deny = entry.startswith("~")
        for word in entry.lstrip("~").split():
            group = members(word) if word.startswith("@") else {word}
            calls = calls - group if deny else calls | group
    return calls | {"execve"}


class Compare(ctypes.Structure):
    _fields_ = [("arg", ctypes.c_uint), ("op", ctypes.c_int), ("a", ctypes.c_uint64), ("b", ctypes.c_uint64)]


def seccomp(unit, calls):
    lib = ctypes.CDLL("libseccomp.so.2")
    lib.seccomp_init.restype = ctypes.c_void_p
    lib.seccomp_rule_add_array.argtypes = [ctypes.c_void_p, ctypes.c_uint32, ctypes.c_int, ctypes.c_uint, ctypes.POINTER(Compare)]
    lib.seccomp_load.argtypes = [ctypes.c_void_p]
    refuse = 0x00050000 | errno.EPERM

    def rule(context, action, call, *compares):
        number = lib.seccomp_syscall_resolve_name(call.encode())
        if number >= 0:
            array = (Compare * max(1, len(compares)))(*compares)
            if lib.seccomp_rule_add_array(context, action, number, len(compares), array) != 0:
                raise OSError("seccomp rule for " + call)

    # Filters stack, and the strictest answer counts. The list of calls comes last: it does not allow to load another filter.
    context = lib.seccomp_init(ALLOW)
    families = {"AF_UNIX": 1, "AF_INET": 2, "AF_INET6": 10}
    kept = {families[name] for name in unit["RestrictAddressFamilies"][0].split()}
    for family in set(range(46)) - kept:
        rule(context, 0x00050000 | errno.EAFNOSUPPORT, "socket", Compare(0, EQUAL, family, 0))
    if unit.get("LockPersonality") == ["yes"]:
        rule(context, refuse, "personality", Compare(0, NOT_EQUAL, 0, 0))
    if unit.get("MemoryDenyWriteExecute") == ["yes"]:
        both = PROT_EXEC | PROT_WRITE
        rule(context, refuse, "mmap", Compare(2, MASKED, both, both))
        rule(context, refuse, "mprotect", Compare(2, MASKED, PROT_EXEC, PROT_EXEC))
    if lib.seccomp_load(context) != 0:
        raise OSError("seccomp filter of arguments not loaded")
    context = lib.seccomp_init(refuse)
    for call in sorted(calls):
        rule(context, ALLOW, call)
    if lib.seccomp_load(context) != 0:
        raise OSError("seccomp filter not loaded")


def mounts():
    def mount(*words):
        subprocess.run(["mount", *words], check=True)

    mount("--make-rprivate", "/")
    for line in open("/proc/self/mountinfo", encoding="utf-8").read().splitlines():
        point = line.split()[4].replace("\\040", " ")
        if point == "/" or not point.startswith(("/proc", "/sys", "/dev")):
            subprocess.run(["mount", "-o", "remount,bind,ro", point], check=False, stderr=subprocess.DEVNULL)
    mount("-t", "tmpfs", "-o", "mode=1777,nosuid,nodev", "tmpfs", "/tmp")
    mount("-t", "proc", "-o", "hidepid=invisible", "proc", "/proc")


def limits(unit):
    for key, which in (("LimitCORE", resource.RLIMIT_CORE), ("LimitNOFILE", resource.RLIMIT_NOFILE), ("LimitMEMLOCK", resource.RLIMIT_MEMLOCK)):
        value = min(int(unit[key][0]), resource.getrlimit(which)[1] % 2**64)
        resource.setrlimit(which, (value, value))
    os.umask(int(unit["UMask"][0], 8))


def main():
    unit, command = settings(sys.argv[1]), sys.argv[2:]
    # Asked for out here: the tool may not run inside.
    calls = allowed(unit["SystemCallFilter"])
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.unshare(CLONE_NEWNS | CLONE_NEWIPC | CLONE_NEWPID) != 0:
        raise OSError(ctypes.get_errno(), "unshare")
    child = os.fork()
    if child == 0:
        mounts()
        limits(unit)
        for capability in range(64):
            libc.prctl(24, capability, 0, 0, 0)
        os.setgroups([])
        os.setresgid(NOBODY, NOBODY, NOBODY)
        os.setresuid(NOBODY, NOBODY, NOBODY)
        if libc.prctl(38, 1, 0, 0, 0) != 0:
            raise OSError("no_new_privs")
        os.chdir("/")
        seccomp(unit, calls)
        os.execvp(command[0], command)
    sys.exit(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) & 0xFF)


main()
