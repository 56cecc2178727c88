"""`cutroom weights pull` against a hub: what comes, what does not, and what goes wrong."""

import hashlib
import json
import os
import pickle
import signal
import sys
import time

import pytest
from click.testing import CliRunner

from cutroom.cli.app import app
from cutroom.weights.fetch import part_of
from cutroom.weights.held import Held, State
from cutroom.weights.hub import Remote
from cutroom.weights.rows import weight_sets

LORA = weight_sets()["wan2.2-t2v-a14b-4-steps"]
HIGH, LOW = LORA.adapters
UNPINNED = weight_sets()["bernini-r-14b-4-steps"]
BASE = weight_sets()["wan2.2-ti2v-5b"]
NEWER = "a" * 40


def noise(seed, count):
    return hashlib.shake_128(seed.encode()).digest(count)


CONTENT = {HIGH: noise("high", 3_000_000), LOW: noise("low", 100_000), "README.md": b"# Lightning"}


def remote(path):
    return Remote(path, len(CONTENT[path]), hashlib.sha256(CONTENT[path]).hexdigest(), "")


@pytest.fixture
def weights(hub, tmp_path):
    """The LoRAs' repository on the hub; the folder of weights."""
    hub.repos[LORA.repo] = {LORA.revision: dict(CONTENT)}
    return tmp_path / "weights"


def manifest(weights, row=LORA):
    return json.loads((weights / row.id / "cutroom.json").read_text())


def files(weights, row=LORA):
    folder = weights / row.id
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()} - {
        "cutroom.json",
        ".checked.json",
    }


def until(true):
    deadline = time.monotonic() + 30
    while not true():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_set_comes_whole_at_the_pinned_commit(hub, cutroom, weights):
    hub.repos[LORA.repo][NEWER] = {HIGH: b"newer", LOW: b"newer"}
    process = cutroom.start("pull", LORA.id)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 0
    assert out == f"{LORA.id} is whole: 3.1 MB at commit {LORA.revision[:12]} of {LORA.repo}\n"
    assert files(weights) == {HIGH, LOW}
    assert (weights / LORA.id / HIGH).read_bytes() == CONTENT[HIGH]
    told = manifest(weights)
    assert told["revision"] == LORA.revision
    assert told["files"][LOW] == {
        "bytes": 100_000,
        "sha256": hashlib.sha256(CONTENT[LOW]).hexdigest(),
    }
    assert Held(weights).state(LORA) is State.WHOLE
    assert f"{LORA.id}: " in err
    assert "of 3.1 MB" in err


def test_what_is_whole_is_not_asked_for_again_even_without_a_hub(hub, cutroom, weights):
    assert cutroom("pull", LORA.id)[0] == 0
    asked = len(hub.asked)
    assert cutroom("pull", LORA.id, endpoint="http://127.0.0.1:9")[0] == 0
    assert len(hub.asked) == asked


def test_an_unpinned_set_keeps_to_the_commit_of_its_first_pull_until_it_is_updated(
    hub, cutroom, weights
):
    first, second = "1" * 40, "2" * 40
    hub.repos[UNPINNED.repo] = {first: dict.fromkeys(UNPINNED.adapters, b"first" * 9)}
    assert cutroom("pull", UNPINNED.id)[0] == 0
    hub.repos[UNPINNED.repo][second] = dict.fromkeys(UNPINNED.adapters, b"second")
    (weights / UNPINNED.id / UNPINNED.adapters[0]).unlink()
    assert cutroom("pull", UNPINNED.id)[0] == 0
    assert manifest(weights, UNPINNED)["revision"] == first
    assert (weights / UNPINNED.id / UNPINNED.adapters[0]).read_bytes() == b"first" * 9
    assert cutroom("pull", UNPINNED.id, "--update")[0] == 0
    assert manifest(weights, UNPINNED)["revision"] == second
    assert {path.read_bytes() for path in (weights / UNPINNED.id).glob("*.safetensors")} == {
        b"second"
    }


def test_update_goes_past_the_pin_and_stays_there(hub, cutroom, weights):
    cutroom("pull", LORA.id)
    hub.repos[LORA.repo][NEWER] = {HIGH: CONTENT[HIGH], LOW: b"newer"}
    del hub.asked[:]
    assert cutroom("pull", "--update", LORA.id)[0] == 0
    assert manifest(weights)["revision"] == NEWER
    assert hub.asked == [(LOW, 0)], "what both commits have is not fetched again"
    (weights / LORA.id / LOW).unlink()
    assert cutroom("pull", LORA.id)[0] == 0
    assert (weights / LORA.id / LOW).read_bytes() == b"newer"


def test_a_pull_that_was_killed_goes_on_where_it_was(hub, cutroom, weights):
    hub.stall[HIGH] = 2_000_000
    process = cutroom.start("pull", LORA.id)
    part = part_of(weights / LORA.id, remote(HIGH))
    until(lambda: part.exists() and part.stat().st_size >= 1_000_000)
    process.send_signal(signal.SIGKILL)
    process.communicate()
    begun = part.stat().st_size
    hub.go.set()
    hub.stall.clear()
    del hub.asked[:]
    assert Held(weights).state(LORA) is State.PARTIAL
    assert cutroom("list", "--json")[1].count('"state": "partial"') == 1
    assert cutroom("pull", LORA.id)[0] == 0
    assert (HIGH, begun) in hub.asked
    assert (weights / LORA.id / HIGH).read_bytes() == CONTENT[HIGH]
    assert files(weights) == {HIGH, LOW}, "nothing is left of what was not whole"


def test_ctrl_c_stops_and_leaves_what_came(hub, cutroom, weights):
    hub.stall[HIGH] = 2_000_000
    process = cutroom.start("pull", LORA.id)
    until(lambda: [path for path in weights.rglob(".pulling/*") if path.stat().st_size > 10**6])
    process.send_signal(signal.SIGINT)
    assert process.communicate(timeout=30)[1].endswith("cutroom: Stopped.\n")
    assert process.returncode == 130
    assert Held(weights).state(LORA) is State.PARTIAL


def test_a_connection_that_breaks_is_gone_on_with(hub, cutroom, weights):
    hub.cut[HIGH] = 1_234_567
    hub.busy = [503]
    assert cutroom("pull", LORA.id)[0] == 0
    assert [first for path, first in hub.asked if path == HIGH] == [0, 1_234_567]
    assert (weights / LORA.id / HIGH).read_bytes() == CONTENT[HIGH]


def test_a_hub_without_ranges_sends_it_from_the_beginning(hub, cutroom, weights):
    hub.cut[HIGH] = 1_000_000
    hub.ranges = False
    assert cutroom("pull", LORA.id)[0] == 0
    assert (weights / LORA.id / HIGH).read_bytes() == CONTENT[HIGH]


def test_another_content_than_the_hub_tells_of_is_thrown_away(hub, cutroom, weights):
    hub.instead[LOW] = noise("evil", 100_000)
    code, out, err = cutroom("pull", LORA.id, "--json")
    assert code == 1
    assert "came from the hub with another hash than the hub tells of it" in err
    assert json.loads(out)["error"]["message"].startswith(LOW)
    assert not (weights / LORA.id / "cutroom.json").exists()
    assert not (weights / LORA.id / LOW).exists()
    del hub.instead[LOW]
    assert cutroom("pull", LORA.id)[0] == 0


def test_a_part_that_was_spoilt_is_fetched_from_the_beginning(hub, cutroom, weights):
    part = part_of(weights / LORA.id, remote(LOW))
    part.parent.mkdir(parents=True)
    part.write_bytes(b"\0" * 50_000)
    assert cutroom("pull", LORA.id)[0] == 0
    assert [first for path, first in hub.asked if path == LOW] == [50_000, 0]
    assert (weights / LORA.id / LOW).read_bytes() == CONTENT[LOW]


def test_a_file_that_was_changed_is_found_by_verify_and_mended_by_pull(hub, cutroom, weights):
    cutroom("pull", LORA.id)
    assert cutroom("verify")[:2] == (0, f"{LORA.id} is as it was pulled\n")
    file = weights / LORA.id / LOW
    file.write_bytes(noise("evil", 100_000))
    code, out, _ = cutroom("verify", LORA.id)
    assert code == 1
    assert out == (
        f"{LOW} of the weights {LORA.id} is not what was pulled: its SHA-256 is another."
        f" This fetches what is wrong anew: cutroom weights pull {LORA.id}\n"
    )
    del hub.asked[:]
    assert cutroom("pull", LORA.id)[0] == 0
    assert hub.asked == [(LOW, 0)]
    assert file.read_bytes() == CONTENT[LOW]


def test_only_kinds_of_files_that_run_nothing_are_fetched(hub, cutroom, weights):
    safe = {
        "model_index.json": b"{}",
        "tokenizer/spiece.model": b"words",
        "text_encoder/merges.txt": b"a b",
        "transformer/diffusion_pytorch_model.safetensors": b"weights",
    }
    bad = {
        f"transformer/model{suffix}": pickle.dumps(print)
        for suffix in (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".py", ".model", ".gguf")
    }
    hub.repos[BASE.repo] = {BASE.revision: {**safe, **bad, "assets/film.json": b"[]"}}
    assert cutroom("pull", BASE.id)[0] == 0
    assert files(weights, BASE) == set(safe)


def test_a_name_that_leads_out_of_the_folder_is_refused(hub, cutroom, weights):
    hub.repos[BASE.repo] = {BASE.revision: {"transformer/../../../evil.json": b"{}"}}
    code, _, err = cutroom("pull", BASE.id)
    assert code == 1
    assert "names a file outside of itself" in err
    assert not list(weights.parent.rglob("evil.json"))


def test_a_commit_that_the_hub_does_not_have(hub, cutroom, weights):
    hub.repos[LORA.repo] = {NEWER: dict(CONTENT)}
    code, _, err = cutroom("pull", LORA.id)
    assert code == 4
    assert err == (
        f"cutroom: {LORA.repo} has no commit {LORA.revision}. cutroom weights pull --update {LORA.id} takes the"
        " newest.\n"
    )


def test_a_repository_that_is_not_there_and_a_hub_that_is_not(hub, cutroom, weights):
    assert cutroom("pull", BASE.id)[::2] == (
        4,
        f"cutroom: There is no {BASE.repo} on the hub, or not for you; HF_TOKEN says who you are.\n",
    )
    code, _, err = cutroom("pull", LORA.id, endpoint="http://127.0.0.1:9")
    assert code == 5
    assert err.startswith(f"cutroom: The hub does not answer for {LORA.repo}: ")


def test_a_key_is_told_to_the_hub_and_to_nobody_it_sends_us_to(hub, cutroom, weights, monkeypatch):
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    hub.elsewhere = hub.url.replace("127.0.0.1", "localhost")
    assert cutroom("pull", LORA.id)[0] == 0
    told = {key for path, key in hub.keys if not path.startswith("/cdn/")}
    elsewhere = {key for path, key in hub.keys if path.startswith("/cdn/")}
    assert (told, elsewhere) == ({"Bearer hf_secret"}, {None})


def test_a_repository_that_is_given_to_those_who_ask(hub, cutroom, weights):
    hub.gated.add(LORA.repo)
    code, _, err = cutroom("pull", LORA.id)
    assert code == 1
    assert f"do so at https://huggingface.co/{LORA.repo}, then set HF_TOKEN." in err


def test_a_lora_that_is_not_in_its_repository(hub, cutroom, weights):
    del hub.repos[LORA.repo][LORA.revision][LOW]
    code, _, err = cutroom("pull", LORA.id)
    assert code == 1
    assert f"{LORA.repo} has no {LOW} at {LORA.revision}" in err


def test_a_disk_too_small_is_told_before_anything_is_fetched(hub, cutroom, weights):
    hub.claims[HIGH] = 10**15
    code, _, err = cutroom("pull", LORA.id)
    assert code == 1
    assert "1000000 GB are still to be fetched, and the disk of" in err
    assert "CUTROOM_WEIGHTS_DIR" in err
    assert not hub.asked


def test_a_folder_that_cannot_be_made_is_told_in_words(
    hub, cutroom, weights, tmp_path, monkeypatch
):
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv("CUTROOM_WEIGHTS_DIR", str(tmp_path / "file"))
    code, _, said = cutroom("pull", LORA.id)
    assert code == 1
    assert "cannot be put into" in said
    assert "CUTROOM_WEIGHTS_DIR" in said


def test_a_disk_that_fills_up_leaves_what_came(hub, cutroom, weights, tmp_path):
    # A limit on the size of files stands in for the disk: the same call fails in the same way.
    limited = tmp_path / "sitecustomize.py"
    limited.write_text(
        "import resource, signal\n"
        "signal.signal(signal.SIGXFSZ, signal.SIG_IGN)\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (1_500_000, 1_500_000))\n"
    )
    path = os.pathsep.join([str(tmp_path), os.environ.get("PYTHONPATH", "")])
    process = cutroom.start("pull", LORA.id, PYTHONPATH=path)
    err = process.communicate(timeout=60)[1]
    assert process.returncode == 1
    assert f"The disk of {weights / LORA.id} is full. What was fetched stays" in err
    assert (weights / LORA.id / LOW).exists()
    assert cutroom("pull", LORA.id)[0] == 0


def test_two_processes_at_once_do_each_other_no_harm(hub, cutroom, weights):
    hub.stall[HIGH] = 1_000_000
    first = cutroom.start("pull", LORA.id)
    until(lambda: any(path == HIGH for path, _ in hub.asked))
    second = cutroom.start("pull", LORA.id)
    assert "waiting for it" in second.stderr.readline()
    hub.go.set()
    for process in (first, second):
        process.communicate(timeout=30)
        assert process.returncode == 0
    assert [path for path, _ in hub.asked].count(HIGH) == 1
    assert Held(weights).state(LORA) is State.WHOLE


def test_what_another_process_brought_meanwhile_is_not_fetched_again(hub, cutroom, weights):
    hub.repos[BASE.repo] = {BASE.revision: {"model_index.json": b"{}"}}
    hub.stall[HIGH] = 1_000_000
    first = cutroom.start("pull", LORA.id, BASE.id)
    until(lambda: any(path == HIGH for path, _ in hub.asked))
    assert cutroom("pull", BASE.id)[0] == 0
    hub.go.set()
    first.communicate(timeout=30)
    assert first.returncode == 0
    assert [path for path, _ in hub.asked].count("model_index.json") == 1


def test_the_progress_is_that_of_all_sets_together(hub, cutroom, weights):
    hub.repos[BASE.repo] = {BASE.revision: {"model_index.json": noise("index", 500_000)}}
    code, out, err = cutroom("pull", LORA.id, BASE.id, "--json")
    assert code == 0
    assert [one["id"] for one in json.loads(out)] == [LORA.id, BASE.id]
    told = [json.loads(line) for line in err.splitlines()]
    assert {one["total"] for one in told} == {3_600_000}
    assert [one["bytes"] for one in told] == sorted(one["bytes"] for one in told)
    assert (told[-1]["weights"], told[-1]["bytes"]) == (BASE.id, 3_600_000)


def test_what_a_model_needs_is_pulled_by_its_name(hub, cutroom, weights):
    hub.repos[BASE.repo] = {BASE.revision: {"model_index.json": b"{}"}}
    model = "kling-video-v2-6-pro-text-to-video"
    code, out, err = cutroom("pull", model, "--profile", "small", "--json")
    assert code == 0
    assert [one["id"] for one in json.loads(out)] == [BASE.id]
    assert json.loads(err.splitlines()[-1])["weights"] == BASE.id
    listed = {row["id"]: row for row in json.loads(cutroom("list", "--json")[1])}
    assert listed[BASE.id]["state"] == "whole"
    assert listed[BASE.id]["pulled"]["revision"] == BASE.revision
    assert model in listed[BASE.id]["models"]
    assert listed[LORA.id]["state"] == "missing"


def test_a_name_nobody_knows(cutroom):
    code, _, err = cutroom("pull", "nothing")
    assert code == 4
    assert "cutroom weights list shows all" in err
    assert cutroom("pull")[0] == 2


def test_without_the_extra_it_is_said_how_to_get_it(monkeypatch, tmp_path):
    monkeypatch.setitem(sys.modules, "huggingface_hub", None)
    monkeypatch.setenv("CUTROOM_WEIGHTS_DIR", str(tmp_path))
    done = CliRunner().invoke(app, ["weights", "pull", LORA.id])
    assert done.exit_code == 1
    assert done.stderr == (
        'cutroom: Fetching weights takes huggingface_hub, which comes with pip install "cutroom[gpu]".\n'
    )
    assert CliRunner().invoke(app, ["weights", "list"]).exit_code == 0
