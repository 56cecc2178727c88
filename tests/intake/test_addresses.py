import ipaddress

import pytest

from cutroom.intake.addresses import parse, public
from cutroom.intake.dial import resolve

PUBLIC = [
    "1.1.1.1", "8.8.8.8", "93.184.216.34", "100.63.255.255", "100.128.0.0", "128.0.0.1", "172.15.255.255",
    "172.32.0.0", "192.0.1.1", "192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0",
    "223.255.255.254", "169.253.255.255", "169.255.0.0", "2606:4700:4700::1111", "2001:4860:4860::8888",
    "2a00:1450:4001:81b::200e", "2620:fe::fe", "2400:cb00::1", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8",
    "2002:808:808::1", "2a00::5efe:8.8.8.8",
]  # fmt: skip

REFUSED = {
    "this host": "0.0.0.0 0.1.2.3 ::",
    "loopback": "127.0.0.1 127.255.255.254 127.1.2.3 ::1",
    "private": "10.0.0.1 10.255.255.255 172.16.0.1 172.31.255.255 192.168.0.1 192.168.255.255",
    "unique local": "fc00::1 fd00::1 fdff:ffff::1 fd00:ec2::254",
    "link-local": "169.254.0.1 169.254.169.254 169.254.170.2 fe80::1 febf::1",
    "site-local": "fec0::1",
    "carrier-grade NAT and clouds in it": "100.64.0.1 100.100.100.200 100.127.255.255",
    "metadata at addresses that look public": "168.63.129.16 192.0.0.192",
    "protocol assignments": "192.0.0.1 192.0.0.170 192.0.0.9 192.88.99.1 2001:10::1 2001:20::1 2001:1::1",
    "documentation": "192.0.2.1 198.51.100.1 203.0.113.1 2001:db8::1 3fff::1",
    "benchmarks": "198.18.0.1 198.19.255.255 2001:2::1",
    "multicast": "224.0.0.1 239.255.255.250 ff02::1 ff0e::1",
    "reserved and broadcast": "240.0.0.1 255.255.255.255 4000::1 100::1 5f00::1 e000::1",
    "mapped": "::ffff:127.0.0.1 ::ffff:10.0.0.1 ::ffff:169.254.169.254 ::ffff:0:0 ::ffff:100.64.0.1",
    "compatible": "::127.0.0.1 ::10.0.0.1 ::8.8.8.8",
    "translated": "::ffff:0:127.0.0.1 ::ffff:0:8.8.8.8",
    "NAT64": "64:ff9b::127.0.0.1 64:ff9b::a9fe:a9fe 64:ff9b::10.0.0.1 64:ff9b::224.0.0.1",
    "local NAT64": "64:ff9b:1::1 64:ff9b:1::8.8.8.8 64:ff9b:1:ffff::7f00:1",
    "6to4": "2002:7f00:1::1 2002:a00:1::1 2002:a9fe:a9fe:: 2002:c0a8:101::1 2002:6440:1::1",
    "Teredo": "2001:0:4136:e378:8000:63bf:3fff:fdd2 2001::1 2001:0:7f00:1::f7f7:f7f7",
    "ISATAP": "2a00::5efe:127.0.0.1 2a00::200:5efe:10.0.0.1 fe80::5efe:8.8.8.8",
}


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text: str) -> None:
    assert public(ipaddress.ip_address(text))


@pytest.mark.parametrize(
    ("why", "text"), [(why, text) for why, texts in REFUSED.items() for text in texts.split()]
)
def test_not_public(why: str, text: str) -> None:
    assert not public(ipaddress.ip_address(text)), why


def test_the_corpus_is_large() -> None:
    assert len(PUBLIC) + sum(len(texts.split()) for texts in REFUSED.values()) >= 100


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
