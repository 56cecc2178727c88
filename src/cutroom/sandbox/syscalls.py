"""System calls that a bound process is denied, with their numbers on x86_64 and aarch64 (None: there is none)."""

from collections.abc import Mapping
from typing import TypeAlias

Numbers: TypeAlias = Mapping[str, tuple[int | None, int | None]]

DENIED: Numbers = {
    # of other processes
    "ptrace": (101, 117), "process_vm_readv": (310, 270), "process_vm_writev": (311, 271),
    "process_madvise": (440, 440), "process_mrelease": (448, 448), "kcmp": (312, 272), "pidfd_getfd": (438, 438),
    # of the file system as a whole
    "mount": (165, 40), "umount2": (166, 39), "pivot_root": (155, 41), "chroot": (161, 51),
    "move_mount": (429, 429), "open_tree": (428, 428), "fsopen": (430, 430), "fsconfig": (431, 431),
    "fsmount": (432, 432), "fspick": (433, 433), "mount_setattr": (442, 442), "swapon": (167, 224),
    "swapoff": (168, 225), "quotactl": (179, 60), "quotactl_fd": (443, 443), "fanotify_init": (300, 262),
    "name_to_handle_at": (303, 264), "open_by_handle_at": (304, 265), "acct": (163, 89),
    # of the kernel, where its own mistakes are found
    "bpf": (321, 280), "perf_event_open": (298, 241), "userfaultfd": (323, 282), "io_uring_setup": (425, 425),
    "io_uring_enter": (426, 426), "io_uring_register": (427, 427), "keyctl": (250, 219), "add_key": (248, 217),
    "request_key": (249, 218), "kexec_load": (246, 104), "kexec_file_load": (320, 294), "init_module": (175, 105),
    "finit_module": (313, 273), "delete_module": (176, 106), "lookup_dcookie": (212, 18), "nfsservctl": (180, 42),
    "personality": (135, 92), "iopl": (172, None), "ioperm": (173, None), "modify_ldt": (154, None),
    "syslog": (103, 116), "vhangup": (153, 58),
    # of namespaces, clocks and names
    "unshare": (272, 97), "setns": (308, 268), "settimeofday": (164, 170), "clock_settime": (227, 112),
    "clock_adjtime": (305, 266), "adjtimex": (159, 171), "sethostname": (170, 161), "setdomainname": (171, 162),
    "reboot": (169, 142),
}  # fmt: skip
"""To everybody, whatever the arguments."""

OF_PROGRAMS: Numbers = {
    "execve": (59, 221), "execveat": (322, 281), "fork": (57, None), "vfork": (58, None), "tkill": (200, 130),
    "pidfd_send_signal": (424, 424),
}  # fmt: skip
"""To those who start no programs."""

TO_ITSELF: Numbers = {
    "kill": (62, 129), "tgkill": (234, 131), "rt_sigqueueinfo": (129, 138), "rt_tgsigqueueinfo": (297, 240),
}  # fmt: skip
"""Signals, whose first argument is a process: to those who start no programs, but to themselves."""

CONNECT = (42, 203)
"""To those who may have sockets that go nowhere."""

SOCKET, SOCKETPAIR = (41, 198), (53, 199)
CLONE, CLONE3 = (56, 220), (435, 435)
PRLIMIT = (302, 261)
IOCTL = (16, 29)
SECCOMP = (317, 277)
