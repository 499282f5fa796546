"""What goes wrong on purpose inside a training process: each is called with text before the command runs."""

import os
import signal
from typing import Any


def nothing(_: str) -> None:
    """All goes well."""


def kill_in_step(number: str) -> None:
    """SIGKILL after the forward and backward of the first micro-batch of step ``number``."""
    from typlora.train import loop

    original = loop.micro_step
    seen = [0]

    def deadly(network: Any, rows: Any, scale: float) -> float:
        loss = original(network, rows, scale)
        seen[0] += 1
        if seen[0] == int(number):
            os.kill(os.getpid(), signal.SIGKILL)
        return loss

    loop.micro_step = deadly


def kill_in_save(number: str) -> None:
    """SIGKILL in save ``number``: adapter and optimizer lie in the work folder, the last one cut short."""
    import safetensors.torch

    original = safetensors.torch.save_file
    seen = [0]

    def deadly(tensors: Any, path: str, **rest: Any) -> None:
        original(tensors, path, **rest)
        seen[0] += 1
        if seen[0] == 2 * int(number):  # adapter and optimizer
            os.truncate(path, os.path.getsize(path) // 2)  # noqa: PTH202
            os.kill(os.getpid(), signal.SIGKILL)

    safetensors.torch.save_file = deadly


def exhausted(over_tokens: str) -> None:
    """The second process of a team has no memory for micro-batches of more than so many tokens."""
    import torch

    from typlora.train import loop

    original = loop.micro_step

    def greedy(network: Any, rows: Any, scale: float) -> float:
        if os.environ.get("RANK") == "1" and sum(len(row.input_ids) for row in rows) > int(over_tokens):
            raise torch.OutOfMemoryError("injected: out of memory")
        return original(network, rows, scale)

    loop.micro_step = greedy


def no_more_than(kilobytes: str) -> None:
    """No file of this process may grow beyond that: what a full disk does, without a disk."""
    import resource

    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (int(kilobytes) * 1024, resource.RLIM_INFINITY))


def no_hub(_: str) -> None:
    """The hub is at an address where nobody listens."""
    from huggingface_hub import constants

    constants.ENDPOINT = "http://127.0.0.1:9"
    constants.HF_HUB_CACHE = "no-such-cache"


def no_network(_: str) -> None:
    """Whoever connects to anything but this machine is told that there is no network."""
    import socket

    original = socket.socket.connect

    def refuse(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and address[0] not in {"127.0.0.1", "::1", "localhost"}:
            raise OSError(101, f"Network is unreachable: {address}")
        original(self, address)

    socket.socket.connect = refuse  # type: ignore[method-assign,assignment]


def without_privilege(_: str) -> None:
    """Root may write everywhere; afterwards this process keeps to the permissions of files."""
    import ctypes

    version, this_process, nothing = 0x20080522, 0, (0,) * 6
    header = (ctypes.c_uint32 * 2)(version, this_process)
    ctypes.CDLL(None).capset(header, (ctypes.c_uint32 * 6)(*nothing))


def hub_cache(folder: str) -> None:
    """What was downloaded from the hub before lies in ``folder``; the hub itself is not there."""
    from huggingface_hub import constants

    constants.ENDPOINT = "http://127.0.0.1:9"
    constants.HF_HUB_CACHE = folder
