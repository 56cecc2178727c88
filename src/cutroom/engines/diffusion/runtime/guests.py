"""Networks that live in the host's memory and visit the card while they work.

Weights do not change, so a network that leaves the card copies nothing: its tensors are those of the host again.
"""

import logging
import weakref
from collections.abc import Callable, Iterator
from contextlib import suppress

import torch
from torch import nn

log = logging.getLogger(__name__)

_ALIGN = 256  # bytes: as CUDA aligns what it allocates
_PORTABLE = 1  # cudaHostRegisterPortable


Look = Callable[[], None]
"""Called many times a second while weights are moved that take seconds; may raise."""


class Guest:
    """One network, with its weights in one piece of the host's memory, which is pinned where there is a card."""

    def __init__(self, network: nn.Module, device: str, look: Look = lambda: None) -> None:
        """The network is in the host's memory afterwards, wherever it was."""
        self.network = network
        self.present = False
        """Whether it is on the card."""
        self._device = torch.device(device)
        # Quantised weights are several tensors behind one: only their own way of moving is right for them.
        self._plain = _is_plain(network)
        self._homes: list[tuple[torch.Tensor, torch.Tensor]] = []
        if self._plain:
            self._settle(look)
        else:
            network.to("cpu")

    @property
    def bytes(self) -> int:
        """How much of the card it takes."""
        return size(self.network)

    def come(self) -> None:
        """Onto the card, in the order of the card's work; the host does not wait. Exact."""
        if self.present:
            return
        if self._plain:
            # Else the weights would be tensors of inference mode when that is on, and fit for nothing else after.
            with torch.inference_mode(mode=False), torch.no_grad():
                for tensor, home in self._homes:
                    there = torch.empty_like(home, device=self._device)
                    tensor.data = there.copy_(home, non_blocking=True)
        else:
            self.network.to(self._device)
        self.present = True

    def leave(self) -> None:
        """Off the card; also what is left of a visit that failed half way."""
        if self._plain:
            for tensor, home in self._homes:
                tensor.data = home
        elif self.present:
            self.network.to("cpu")
        self.present = False

    def _settle(self, look: Look) -> None:
        tensors = list(_tensors(self.network))
        places, end = [], 0
        for tensor in tensors:
            places.append(end)
            end += -(-tensor.nbytes // _ALIGN) * _ALIGN
        house = torch.empty(end, dtype=torch.uint8)
        with torch.inference_mode(mode=False), torch.no_grad():
            for tensor, place in zip(tensors, places, strict=True):
                look()
                room = house[place : place + tensor.nbytes]
                home = room.view(tensor.dtype).view(tensor.shape)
                # One after the other: what it was is given back before the next is copied.
                tensor.data = home.copy_(tensor.data)
                self._homes.append((tensor, home))
        if self._device.type == "cuda":
            _pin(house, self._device)  # now, with its pages there: it is quicker


def move(network: nn.Module, device: str, look: Look) -> None:
    """Bring a network to a device for good."""
    if not _is_plain(network):
        network.to(device)
        return
    with torch.inference_mode(mode=False), torch.no_grad():
        for tensor in _tensors(network):
            look()
            tensor.data = tensor.data.to(device)


def size(network: nn.Module) -> int:
    """Bytes of a network's weights."""
    return sum(one.nbytes for one in _tensors(network))


def _is_plain(network: nn.Module) -> bool:
    return all(type(one.data) is torch.Tensor for one in _tensors(network))


def _tensors(network: nn.Module) -> Iterator[torch.Tensor]:
    yield from network.parameters()  # each once, however many names it has
    yield from network.buffers()


def _pin(house: torch.Tensor, device: torch.device) -> None:
    """Pin memory that is already had, so that copies from it run at the bus's full speed and beside other work.

    torch's own pinned memory comes in powers of two and is kept for ever: an expert of 28 GB would take 32.
    """
    runtime = torch.cuda.cudart()
    place = house.data_ptr()
    failed = runtime.cudaHostRegister(place, house.nbytes, _PORTABLE)
    if int(failed):  # more than the system lets a process pin: it works without, and slower
        log.warning("%d bytes of the host's memory could not be pinned: %s", house.nbytes, failed)
        with suppress(RuntimeError):  # which CUDA would else tell of whatever comes next
            torch.zeros(1, device=device)
        return
    weakref.finalize(house.untyped_storage(), runtime.cudaHostUnregister, place).atexit = False
