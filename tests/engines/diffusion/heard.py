"""A tick that remembers what it was told."""

from cutroom.engine import Silent
from cutroom.errors import Cancelled


class Heard(Silent):
    """Cancels after a report for which `cancel` is true of it."""

    def __init__(self, cancel=lambda heard: False) -> None:
        self.told, self.notes, self.details, self.seen = [], [], {}, []
        self._cancel = cancel

    def __call__(self, done) -> None:
        self.told.append(done)
        if self._cancel(self):
            raise Cancelled

    def note(self, sentence) -> None:
        self.notes.append(sentence)

    def detail(self, name, text) -> None:
        self.details[name] = text

    def show(self, frame) -> None:
        self.seen.append(frame())
