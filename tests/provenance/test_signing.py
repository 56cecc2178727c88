"""What a manifest claims, and what becomes of the file that gets one."""

import hashlib
import json
import os
import shutil
import stat
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from cutroom.errors import Cancelled, EngineFailed
from cutroom.media import images
from cutroom.media.probe import probe
from cutroom.provenance.key import known
from cutroom.provenance.means import Means
from cutroom.provenance.signing import SALT, UNSIGNED, WITHOUT, Provenance
from cutroom.provenance.verdict import Standing, verdict
from cutroom.types import Element, Kind


def sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


def of(path: Path, means: Means):
    return verdict(path, known(means))


def test_streams_stay_what_they_are_and_the_index_in_front(signed, birds_clip, seen):
    assert seen.packets(signed) == seen.packets(birds_clip)
    assert seen.boxes(signed) == ["ftyp", "uuid", *seen.boxes(birds_clip)[1:]]
    assert seen.boxes(signed).index("moov") < seen.boxes(signed).index("mdat")
    assert 0 < signed.stat().st_size - birds_clip.stat().st_size < 20_000
    assert replace(probe(signed), path=birds_clip, bytes=0) == replace(probe(birds_clip), bytes=0)


def test_a_manifest_says_what_was_done_of_what(signed, home, birds_clip):
    said = of(signed, home)
    assert (said.standing, said.why, said.self_made) == (Standing.OURS, (), True)
    assert (said.done, said.kind, said.engine) == ("edited", "composite", "classical")
    assert said.software.startswith("cutroom classical ")
    (source,) = said.sources
    assert (source.title, source.relationship, source.signer) == ("input_video", "parentOf", "")
    assert source.sha256 == sha256(birds_clip)


def test_nobody_reads_the_prompt_out_of_it_and_its_owner_can_show_it(sign, tmp_path, seen, home, birds_clip):  # fmt: skip
    path = tmp_path / "result.mp4"
    salt = sign(path, seen.edit_of(birds_clip)).details[SALT]
    for word in (b"moustache", b"secret agent", salt.encode(), os.fsencode(birds_clip.name)):
        assert word not in path.read_bytes()
    request = {"model": seen.MODEL, "prompt": seen.PROMPT, "seed": 3}
    told = json.dumps(request, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    digest = hashlib.sha256(f"{salt}\n{told}".encode()).hexdigest()
    assert of(path, home).request_digest == digest
    assert sign(path, seen.edit_of(birds_clip)).details[SALT] != salt


@pytest.mark.parametrize(
    ("kind", "engine", "expected"),
    [
        (Kind.EDIT, "diffusion", ("edited", "compositeWithTrainedAlgorithmicMedia", "parentOf inputTo inputTo")),
        (Kind.EDIT, "their.pkg:Engine", ("edited", "compositeWithTrainedAlgorithmicMedia", "parentOf inputTo inputTo")),
        (Kind.EDIT, "classical", ("edited", "composite", "parentOf componentOf componentOf")),
        (Kind.MOTION, "remote", ("created", "trainedAlgorithmicMedia", "inputTo inputTo inputTo")),
        (Kind.TEXT, "classical", ("created", "algorithmicMedia", "")),
        (Kind.TEXT, "diffusion", ("created", "trainedAlgorithmicMedia", "")),
    ],
)  # fmt: skip
def test_what_is_generated_is_called_so(kind, engine, expected, sign, tmp_path, seen, home, birds_clip):  # fmt: skip
    picture = tmp_path / "front.png"
    images.save(picture, np.full((320, 320, 3), 90, np.uint8))
    other = tmp_path / "other.webp"
    images.save(other, np.full((320, 320, 3), 30, np.uint8))
    edit = seen.edit_of(None, kind=kind)
    if kind is not Kind.TEXT:
        files = {"images": (picture, picture), "elements": (Element(other, (picture,)),)}
        edit = seen.edit_of(birds_clip, kind=kind, **files)
    assert sign(tmp_path / "result.mp4", edit, engine).notes == ()
    said = of(tmp_path / "result.mp4", home)
    assert said.standing is Standing.OURS
    relations = " ".join(source.relationship for source in said.sources)
    assert (said.done, said.kind, relations) == expected
    assert [s.title for s in said.sources][1:] == (["image 1", "element 1"] if relations else [])


def test_the_manifest_of_an_input_goes_along(signed, sign, tmp_path, seen, home):
    """A stretch of a signed clip: what was signed was the whole of it."""
    cut = tmp_path / "stretch.mp4"
    sign(cut, seen.edit_of(signed))
    cut.write_bytes(cut.read_bytes())
    clip = replace(probe(cut), cut_from=signed)
    assert sign(tmp_path / "a.mp4", replace(seen.edit_of(cut), video=clip)).notes == ()
    (source,) = of(tmp_path / "a.mp4", home).sources
    assert source.signer == of(signed, home).signer != ""
    assert source.sha256 == sha256(signed)


def test_an_input_made_to_do_harm_costs_its_manifest_only(signed, sign, tmp_path, seen, home):
    """A box that says it is longer than there are bytes in the world: the parser gives up, or its process dies."""
    bad = tmp_path / "bad.mp4"
    content = bytearray(signed.read_bytes())
    at = content.index(b"uuid") - 4
    content[at : at + 4] = (1).to_bytes(4, "big")
    content[at + 8 : at + 16] = (2**63).to_bytes(8, "big")
    bad.write_bytes(content)
    edit = seen.edit_of(signed)
    edit = replace(edit, video=replace(edit.video, path=bad))
    assert sign(tmp_path / "result.mp4", edit).notes == (WITHOUT,)
    said = of(tmp_path / "result.mp4", home)
    assert said.standing is Standing.OURS
    assert said.sources[0].sha256 == sha256(bad)


def test_a_result_that_cannot_be_signed_is_delivered_with_a_note(sign, tmp_path, seen, birds_clip):
    broken = Means(tmp_path, c2pa_key="/nowhere.pem", c2pa_certificates="/nowhere.pem")
    path = tmp_path / "result.mp4"
    told = sign(path, seen.edit_of(birds_clip), means=broken)
    assert (told.notes, told.details) == ((UNSIGNED,), {})
    assert path.read_bytes() == birds_clip.read_bytes()
    with pytest.raises(EngineFailed, match="could not be signed"):
        sign(path, seen.edit_of(birds_clip), means=replace(broken, provenance="required"))
    off = sign(path, seen.edit_of(birds_clip), means=replace(broken, provenance="off"))
    assert (off.notes, off.details) == ((), {})
    path.write_bytes(b"no video at all")
    assert Provenance(Means(tmp_path)).sign(seen.edit_of(birds_clip), "classical", {}, path).notes
    assert path.read_bytes() == b"no video at all"
    assert {one.name for one in tmp_path.iterdir()} == {"result.mp4", "provenance.pem"}


def test_who_does_not_want_the_result_any_more_is_heard(tmp_path, seen, birds_clip, home):
    path = tmp_path / "result.mp4"
    shutil.copy(birds_clip, path)

    def gone():
        raise Cancelled

    with pytest.raises(Cancelled):
        Provenance(home).sign(seen.edit_of(birds_clip), "classical", {}, path, gone)
    assert [one.name for one in tmp_path.iterdir()] == ["result.mp4"]


def test_the_key_is_made_once_and_private(tmp_path):
    first, second = Provenance(Means(tmp_path)), Provenance(Means(tmp_path))
    assert "self-made key" in first.begin() == second.begin()
    (path,) = tmp_path.iterdir()
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert "no C2PA manifest" in Provenance(Means(tmp_path / "other", provenance="off")).begin()
    assert not (tmp_path / "other").exists()
