import pytest

torch = pytest.importorskip("torch", reason="needs torch: make gpu")

from cutroom.engines.diffusion.runtime.embeddings import Embeddings  # noqa: E402


def test_a_text_is_encoded_once_and_the_last_few_are_kept():
    asked = []

    def encode(text):
        asked.append(text)
        return torch.full((1, 4, 2), float(len(text)))

    embeddings = Embeddings(encode, kept=2)
    assert torch.equal(embeddings("snow"), embeddings("snow"))
    embeddings("")
    embeddings("snow")  # used again: it is the empty text that goes
    embeddings("night")
    embeddings("snow")
    assert asked == ["snow", "", "night"]
    embeddings("")
    assert asked == ["snow", "", "night", ""]
    embeddings.forget()
    embeddings("")
    assert asked[-2:] == ["", ""]


def test_what_a_failed_encoding_leaves_behind_is_nothing():
    def encode(text):
        raise RuntimeError(text)

    embeddings = Embeddings(encode)
    for _ in range(2):
        with pytest.raises(RuntimeError, match="snow"):
            embeddings("snow")
