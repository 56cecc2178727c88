"""`cutroom verify`: who is believed, and what is noticed."""

import json
import random
import socket
from dataclasses import replace

import c2pa
import pytest
from click.testing import CliRunner

from cutroom.cli.app import app
from cutroom.cli.exits import Exit
from cutroom.provenance import key as keys
from cutroom.provenance import self_made
from cutroom.provenance.key import Known, known
from cutroom.provenance.means import Means
from cutroom.provenance.verdict import Standing, verdict

CREATED = {
    "claim_generator_info": [{"name": "x", "version": "1"}],
    "assertions": [
        {
            "label": "c2pa.actions.v2",
            "data": {
                "actions": [
                    {
                        "action": "c2pa.created",
                        "digitalSourceType": "http://cv.iptc.org/newscodes/digitalsourcetype/composite",
                    }
                ]
            },
        }
    ],
}
WHOLE = {Standing.OURS, Standing.TRUSTED, Standing.UNKNOWN_SIGNER}


def run(*words):
    return CliRunner().invoke(app, ["verify", *map(str, words)])


@pytest.fixture(scope="module")
def where(signed):
    """Where in the signed file which box lies: name -> (from, to)."""
    content, at, found = signed.read_bytes(), 0, {}
    while at < len(content):
        size = int.from_bytes(content[at : at + 4], "big")
        found[content[at + 4 : at + 8].decode()] = (at, at + size)
        at += size
    return found


def test_one_bit_is_noticed(signed, where, tmp_path, home):
    whole = signed.read_bytes()
    places = [where["mdat"][1] - 1, where["mdat"][0] + 500, where["moov"][1] - 60]
    places += [whole.index(word) + 20 for word in (b"request_digest", b"softwareAgent")]
    for place in places:
        content = bytearray(whole)
        content[place] ^= 1
        path = tmp_path / "result.mp4"
        path.write_bytes(content)
        assert verdict(path, known(home)).standing not in WHOLE, place


def test_what_is_cut_off_or_added_is_noticed(signed, tmp_path, home):
    path = tmp_path / "result.mp4"
    for content in (signed.read_bytes()[:-100], signed.read_bytes() + b"\0\0\0\x10abcd12345678"):
        path.write_bytes(content)
        assert verdict(path, known(home)).standing not in WHOLE


def test_files_made_to_do_harm_are_no_reason_to_believe_or_to_break(signed, where, tmp_path, home):
    """Noise in the manifest: never whole, always a verdict."""
    draw = random.Random(7)
    start, stop = where["uuid"]
    path = tmp_path / "result.mp4"
    for _ in range(8):
        content = bytearray(signed.read_bytes())
        for _ in range(draw.choice([1, 4, 40])):
            content[draw.randrange(start, min(start + 4000, stop))] = draw.randrange(256)
        path.write_bytes(content)
        found = verdict(path, known(home))
        assert found.standing not in WHOLE
        assert found.standing is Standing.UNSIGNED or found.why


def test_who_signed_is_known_by_certificate_not_by_name(signed, home, tmp_path):
    assert verdict(signed, known(home)).standing is Standing.OURS
    stranger = Means(tmp_path)
    keys.of(stranger)
    assert verdict(signed, known(stranger)).standing is Standing.UNKNOWN_SIGNER
    assert verdict(signed, Known()).standing is Standing.UNKNOWN_SIGNER
    ours = known(home)
    assert verdict(signed, Known(), anchors=ours.issuers).standing is Standing.TRUSTED
    claimed = replace(known(stranger), serials=ours.serials)
    assert verdict(signed, claimed).standing is Standing.UNKNOWN_SIGNER


def test_an_earlier_key_is_still_ours(signed, home, tmp_path):
    (tmp_path / "provenance-2026.pem").write_bytes((home.data_dir / "provenance.pem").read_bytes())
    means = Means(tmp_path)
    keys.of(means)
    assert len(known(means).serials) == 2
    assert verdict(signed, known(means)).standing is Standing.OURS


def test_nothing_is_fetched_whatever_a_file_asks_for(birds_clip, tmp_path):
    """The manifest lies elsewhere, says the file."""
    key = keys.read(*[self_made.made()] * 2)
    signer = c2pa.Signer.from_callback(key.sign, c2pa.C2paSigningAlg.ES256, key.chain)
    with socket.create_server(("127.0.0.1", 0)) as server:
        builder = c2pa.Builder(CREATED)
        builder.set_no_embed()
        builder.set_remote_url(f"http://127.0.0.1:{server.getsockname()[1]}/manifest.c2pa")
        path = tmp_path / "away.mp4"
        with birds_clip.open("rb") as source, path.open("w+b") as out:
            builder.sign(signer, "video/mp4", source, out)
        assert b"manifest.c2pa" in path.read_bytes()
        found = verdict(path, Known())
        server.setblocking(False)
        with pytest.raises(BlockingIOError):  # nobody has called
            server.accept()
    assert found.standing in {Standing.UNSIGNED, Standing.UNREADABLE}


def test_the_command(signed, home, birds_clip, tmp_path, monkeypatch):
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(home.data_dir))
    done = run(signed)
    assert done.exit_code == Exit.OK, done.output
    assert "whole, signed by this installation" in done.stdout
    assert "without generative AI" in done.stdout
    told = run(signed, birds_clip, "--json")
    assert told.exit_code == Exit.FAILED
    assert [one["standing"] for one in json.loads(told.stdout)] == ["ours", "unsigned"]
    monkeypatch.setenv("CUTROOM_DATA_DIR", str(tmp_path))
    anchors = tmp_path / "anchors.pem"
    anchors.write_text(known(home).issuers)
    assert run(signed).exit_code == Exit.FAILED
    assert run(signed, "--any-signer").exit_code == Exit.OK
    assert run(signed, "--anchors", anchors).exit_code == Exit.OK
    assert run(tmp_path / "none.mp4").exit_code == Exit.USAGE
    (tmp_path / "note.txt").write_text("no video")
    assert "cannot be read" in run(tmp_path / "note.txt").stdout
    assert [one.name for one in tmp_path.glob("*.pem")] == ["anchors.pem"]
