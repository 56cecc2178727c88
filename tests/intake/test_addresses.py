import ipaddress

import pytest

from cutroom.assault import corpus
from cutroom.intake.addresses import parse, public
from cutroom.intake.dial import resolve


@pytest.mark.parametrize("text", corpus.public_ips())
def test_public(text: str) -> None:
    assert public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("why", "text"), [(why, text) for why, texts in corpus.refused_ips().items() for text in texts]
)
def test_not_public(why: str, text: str) -> None:
    assert not public(ipaddress.ip_address(text)), why


def test_the_corpus_is_large() -> None:
    assert len(corpus.public_ips()) + sum(map(len, corpus.refused_ips().values())) >= 100


def test_the_scope_of_an_answer_is_dropped() -> None:
    assert parse("fe80::1%eth0") == ipaddress.ip_address("fe80::1")


@pytest.mark.parametrize(
    "host", ["localhost", "localhost.", "127.0.0.1", "::1", "0.0.0.0", "169.254.169.254"]
)
def test_what_the_resolver_says_of_ourselves_is_not_public(host: str) -> None:
    try:
        found = resolve(host, 80)
    except OSError:
        return  # a machine that does not know the name: refused all the same
    assert found
    assert not any(public(parse(text)) for text in found)


# Spellings that `urls.parse` refuses already; should one ever get through, the address is what counts.
@pytest.mark.parametrize(
    "host", ["2130706433", "0x7f000001", "0x7f.1", "127.1", "0177.0.0.1", "017700000001", "0"]
)
def test_other_spellings_of_loopback(host: str) -> None:
    try:
        found = resolve(host, 80)
    except OSError:
        return
    assert not any(public(parse(text)) for text in found)
