"""What a result says of itself, and what its row says beside it."""

import hashlib
import json

import requests

from cutroom.provenance.key import known
from cutroom.provenance.means import Means
from cutroom.provenance.verdict import Standing, verdict

LOOK = {
    "model": "kling-video-o3-pro-video-to-video-edit",
    "prompt": "make it sepia",
    "input_video": "https://example.com/birds-on-wire.mp4#t=0,0.5",
}


def test_a_result_is_signed_and_its_owner_can_show_what_was_asked(web, until_final, tmp_path):
    url = f"{web.url}/api/ai/queue"
    made = requests.post(url, headers=web.headers, json=LOOK, timeout=30).json()["generations"][0]
    row = until_final(made["generation_id"])
    path = tmp_path / "result.mp4"
    path.write_bytes(requests.get(row["result_url"], timeout=30).content)
    said = verdict(path, known(Means(web.data_dir)))
    assert (said.standing, said.model, said.done) == (Standing.OURS, LOOK["model"], "edited")
    told = json.dumps(LOOK, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    salted = f"{row['details']['request_salt']}\n{told}".encode()
    assert said.request_digest == hashlib.sha256(salted).hexdigest()
    whole = hashlib.sha256((web.web / "birds-on-wire.mp4").read_bytes()).hexdigest()
    assert [(one.relationship, one.sha256) for one in said.sources] == [("parentOf", whole)]
    assert b"sepia" not in path.read_bytes()
    assert web.key.encode() not in path.read_bytes()
    assert b"alice" not in path.read_bytes()
