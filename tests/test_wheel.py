"""The package that is built here has the playground in it, and serves it wherever it is installed."""

import json
import os
import re
import shutil
import subprocess
import sys
import tarfile
import zipfile
from pathlib import Path

import hatch_build
import pytest
import requests

from cutroom.api.pages import NODE
from cutroom.api.site import POLICY

ROOT = Path(__file__).resolve().parent.parent
BUILT = "cutroom/api/playground/"
SERVE = """
import sys, pathlib, cutroom
from cutroom.cli.local_server import local_server
with local_server(pathlib.Path(sys.argv[1])) as up:
    print(cutroom.__file__, up.url, flush=True)
    sys.stdin.read()
"""
"""A program of the installed package: a server until our side of the pipe is closed."""


def run(*command, cwd=ROOT, **environment):
    told = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    done = subprocess.run(
        command, cwd=cwd, env=told | environment, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def package(kind, folder, root=ROOT, **environment):
    """Build a wheel or an sdist into a folder; where it lies."""
    required = {"CUTROOM_PLAYGROUND": "require"} | environment
    run(sys.executable, "-m", "hatchling", "build", "-t", kind, "-d", folder, cwd=root, **required)
    (made,) = Path(folder).iterdir()
    return made


@pytest.fixture(scope="module")
def wheel(playground, tmp_path_factory):
    return package("wheel", str(tmp_path_factory.mktemp("wheel")))


def test_the_wheel_has_what_the_page_loads_and_nothing_of_its_making(wheel):
    with zipfile.ZipFile(wheel) as opened:
        names = opened.namelist()
        page = opened.read(f"{BUILT}index.html").decode()
    loaded = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page)
    assert {Path(name).suffix for name in loaded} >= {".js", ".css", ".svg"}
    assert {BUILT + name for name in loaded} <= set(names)
    stray = re.compile(r"node_modules|^web/|\.tsx?$|\.stamp|hatch_build|\.map$")
    assert not [name for name in names if stray.search(name)]


def test_an_sdist_makes_the_same_wheel_without_node(playground, wheel, tmp_path):
    with tarfile.open(package("sdist", str(tmp_path / "sdist"))) as opened:
        names = opened.getnames()
        opened.extractall(tmp_path, filter="data")
    assert not [name for name in names if "node_modules" in name]
    (source,) = tmp_path.glob("cutroom-*")
    assert (source / "web" / "package-lock.json").is_file()
    again = package("wheel", str(tmp_path / "wheel"), source, PATH="/nowhere")
    with zipfile.ZipFile(again) as ours, zipfile.ZipFile(wheel) as first:
        assert ours.namelist() == first.namelist()


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory):
    """The Python of a fresh environment with that wheel in it; what it stands on is taken from ours."""
    folder = tmp_path_factory.mktemp("environment")
    run(sys.executable, "-m", "venv", "--without-pip", folder)
    python = folder / "bin" / "python"
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "--python", python)
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", "--no-compile", wheel)
    (packages,) = folder.glob("lib/python*/site-packages")
    ours = [place for place in sys.path if Path(place).name == "site-packages"]
    (packages / "ours.pth").write_text("\n".join(ours))
    return python


def test_an_installed_wheel_serves_the_playground(installed, tmp_path):
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    with subprocess.Popen(
        [installed, "-c", SERVE, tmp_path], cwd=tmp_path, env=environment, text=True,
        stdin=subprocess.PIPE, stdout=subprocess.PIPE,
    ) as serving:  # fmt: skip
        try:
            place, url = serving.stdout.readline().split()
            assert Path(place).is_relative_to(installed.parent.parent)
            page = requests.get(url, timeout=10)
            assert (page.status_code, page.headers["content-security-policy"]) == (200, POLICY)
            loaded = re.findall(r'(?:src|href)="\./(assets/[^"]+)"', page.text)
            assert len(loaded) >= 3
            sent = len(page.content)
            for name in loaded:
                answer = requests.get(f"{url}/{name}", timeout=10)
                assert answer.status_code == 200, name
                assert "immutable" in answer.headers["cache-control"]
                assert answer.headers["content-type"] != "application/octet-stream", name
                sent += int(answer.headers["content-length"])
                assert requests.head(f"{url}/{name}", timeout=10).headers["etag"] == answer.headers["etag"]  # fmt: skip
            assert sent < 60_000
        finally:
            serving.stdin.close()


@pytest.fixture
def source(tmp_path, monkeypatch):
    """A source tree where nothing was built, on a machine without Node.js."""
    ignored = shutil.ignore_patterns("node_modules")
    shutil.copytree(ROOT / "web", tmp_path / "web", ignore=ignored)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    return tmp_path


def test_without_node_a_line_says_so(source, capsys):
    hatch_build.main(source)
    said = capsys.readouterr().err
    assert said == (
        "The playground is not built: Node.js 20.19 or later, with npm, is needed, and not on the PATH. "
        "`make playground` tries again and shows more.\n"
    )
    assert not (source / "src").exists()


@pytest.mark.parametrize(
    ("version", "reason"),
    [("v18.20.4", "the PATH has v18.20.4"), ("v100.0.0", "`npm ci` failed")],
)
def test_an_old_node_is_not_tried(source, monkeypatch, capsys, version, reason):
    (source / "bin").mkdir()
    for name, script in (("node", f"echo {version}"), ("npm", "echo no such host; exit 1")):
        (source / "bin" / name).write_text(f"#!/bin/sh\n{script}\n")
        (source / "bin" / name).chmod(0o755)
    monkeypatch.setenv("CUTROOM_PLAYGROUND", "require")
    with pytest.raises(SystemExit, match=reason):
        hatch_build.main(source)
    assert ("no such host" in capsys.readouterr().err) == ("npm" in reason)


def test_what_is_built_is_not_built_again(source, monkeypatch):
    web = hatch_build.Web(source)
    web.built.mkdir(parents=True)
    (web.built / "index.html").touch()
    (web.built / ".stamp").write_text(web.digest())
    web.build()
    (source / "web" / "src" / "main.tsx").touch()
    web.build()
    (source / "web" / "src" / "more.ts").touch()
    with pytest.raises(hatch_build.NotBuilt, match=r"Node\.js"):
        web.build()


def test_its_lock_file_names_no_host_and_pins_everything():
    locked = json.loads((ROOT / "web" / "package-lock.json").read_text())["packages"]
    ours = locked.pop("")
    assert not [name for name, one in locked.items() if "resolved" in one]
    assert all(one["integrity"].startswith("sha512-") for one in locked.values())
    assert ours["engines"]["node"] == f">={NODE}"
    assert len(ours["dependencies"]) <= 8
