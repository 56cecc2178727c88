"""What a decoder that was taken over would try, each tried for real; run as a script it is bound first.

`python getting_out.py LAYERS` with a JSON object on stdin: where there is something to be had. Says as a JSON object
for each attempt `done`, or the name of the error.
"""

import ctypes
import json
import os
import resource
import signal
import socket
import subprocess
import sys
import threading
from pathlib import Path

libc = ctypes.CDLL(None, use_errno=True)


def call(name, *arguments):
    if getattr(libc, name)(*arguments) < 0:
        raise OSError(ctypes.get_errno(), name)


def reach(port):
    socket.create_connection(("127.0.0.1", port), 2).close()


def send(port):
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as out:
        out.sendto(b"let out", ("127.0.0.1", port))


def meet(address):
    with socket.socket(socket.AF_UNIX) as out:
        out.connect(address)


def fork():
    if (child := os.fork()) == 0:
        os._exit(0)
    os.waitpid(child, 0)


def shell():
    subprocess.run(["/bin/sh", "-c", "exit 0"], check=True)


def become_shell():
    if (child := os.fork()) == 0:
        try:
            os.execv("/bin/sh", ["sh", "-c", "exit 0"])
        finally:
            os._exit(1)
    if os.waitpid(child, 0)[1]:
        raise OSError("no shell")


def trace(pid):
    call("ptrace", 16, pid, 0, 0)
    os.waitpid(pid, 0)
    call("ptrace", 17, pid, 0, 0)


def memory():
    bytearray(b"x") * 600_000_000


def large(folder):
    path = Path(folder, "large")
    try:
        with path.open("wb") as file:
            file.truncate(1 << 40)
    finally:
        path.unlink()


def files():
    opened = []
    try:
        while len(opened) < 200:
            opened += [os.open(os.devnull, os.O_RDONLY)]
    finally:
        for one in opened:
            os.close(one)


def move(folder):
    below = Path(folder, "below")
    below.mkdir()
    Path(folder, "own").write_text("own")
    Path(folder, "own").rename(below / "own")
    (below / "own").unlink()
    below.rmdir()


def thread():
    made = threading.Thread(target=print, args=("",), kwargs={"end": "", "file": sys.stderr})
    made.start()
    made.join()


def attempts(there):
    """Name -> what is tried. `there`: ports, paths, a process."""
    return {
        "tcp": lambda: reach(there["tcp"]),
        "udp": lambda: send(there["udp"]),
        "unix": lambda: meet(there["unix"]),
        "abstract": lambda: meet("\0" + there["abstract"]),
        "packet": lambda: socket.socket(socket.AF_PACKET, socket.SOCK_RAW).close(),
        "netlink": lambda: socket.socket(socket.AF_NETLINK, socket.SOCK_RAW).close(),
        "secret": lambda: Path(there["secret"]).read_bytes(),
        "folder": lambda: list(Path(there["secret"]).parent.iterdir()),
        "shadow": lambda: Path("/etc/shadow").read_bytes(),
        "write": lambda: Path(there["outside"], "written").write_bytes(b"x"),
        "overwrite": lambda: os.close(os.open(there["secret"], os.O_WRONLY)),
        "remove": lambda: Path(there["outside"], "removed").unlink(),
        "environ": lambda: Path(f"/proc/{there['victim']}/environ").read_bytes(),
        "memory of": lambda: os.close(os.open(f"/proc/{there['victim']}/mem", os.O_RDONLY)),
        "trace": lambda: trace(there["victim"]),
        "signal": lambda: os.kill(there["victim"], signal.SIGCONT),
        "limit": lambda: resource.prlimit(there["victim"], resource.RLIMIT_NOFILE, (512, 1024)),
        "fork": fork,
        "shell": shell,
        "exec": become_shell,
        "namespace": lambda: call("unshare", 0x10000000),
        "mount": lambda: call("mount", b"none", there["outside"].encode(), b"tmpfs", 0, None),
        "io_uring": lambda: call("syscall", 425, 1, ctypes.create_string_buffer(120)),
        "bpf": lambda: call("syscall", 280 if os.uname().machine == "aarch64" else 321, 0, ctypes.create_string_buffer(72), 72),
        "memory": memory,
        "large": lambda: large(there["work"]),
        "files": files,
        "own file": lambda: Path(there["work"], "own").write_bytes(b"x"),
        "move": lambda: move(there["work"]),
        "library": lambda: Path(os.__file__).read_bytes(),
        "thread": thread,
    }  # fmt: skip


def tried(there):
    """Name -> `done`, or the error's name."""
    told = {}
    for name, action in attempts(there).items():
        try:
            action()
            told[name] = "done"
        except (OSError, MemoryError, subprocess.SubprocessError) as error:
            told[name] = type(error).__name__
    return told


if __name__ == "__main__":
    import encodings.idna  # noqa: F401 - what create_connection asks for

    from cutroom.sandbox import Room, enter

    there = json.load(sys.stdin)
    limits = {
        resource.RLIMIT_AS: 500_000_000,
        resource.RLIMIT_FSIZE: 10_000_000,
        resource.RLIMIT_NOFILE: 64,
    }
    room = Room(writes=(Path(there["work"]),), limits=limits)
    held = enter(room, [layer for layer in sys.argv[1].split(",") if layer])
    status = Path("/proc/self/status").read_text()
    told = tried(there)
    told["status"] = status
    told["held"] = [held.active, held.missing, held.offline]
    told["dumpable"] = libc.prctl(3, 0, 0, 0, 0)
    print(json.dumps(told))
