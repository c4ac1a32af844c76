"""The tutorial, run to the letter in an empty directory and a fresh virtual environment.

Nothing is downloaded: the environment is new and empty, but a `.pth` file lets it see what is
installed beside these tests, so `pip install coinvec` finds its work done, and `pip` builds the
reader's own distribution with the hatchling that is there. Everything else happens as written.
"""

import os
import re
import subprocess
import sysconfig
import venv
from pathlib import Path

import pytest

PAGE = Path(__file__).parents[2] / "docs" / "plugins" / "tutorial.md"
BLOCKS = re.compile(r"^```(console|python)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
COMMANDS = {"coinvec": "coinvec", "pip": "pip"}
MARK = "@@@ step {}"
ANYTHING = "…"


def steps(page):
    """The page as a shell script's steps: a command and the lines it should print."""
    found = []
    for language, block in BLOCKS.findall(page):
        if language == "python":
            path = block.splitlines()[0].removeprefix("# ")
            found.append((f"cat > {path} <<'END-OF-BLOCK'\n{block}END-OF-BLOCK", []))
            continue
        for line in block.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
    return found


def pattern(lines):
    """What a command should print, as a regular expression; `…` alone stands for any lines."""
    parts = []
    for line in lines:
        if line == ANYTHING:
            parts.append(r"(?:.*\n)*?")
        else:
            parts.append(".*".join(map(re.escape, line.split(ANYTHING))) + r"\n")
    return re.compile("".join(parts))


def test_a_step_is_matched_line_by_line():
    wanted = pattern(["first", ANYTHING, "a … c"])
    assert wanted.fullmatch("first\na b c\n")
    assert wanted.fullmatch("first\nany\n\nthing\na b c\n")
    assert not wanted.fullmatch("first\nany\n")
    assert not wanted.fullmatch("first\na b c\nmore\n")


@pytest.fixture
def environment(tmp_path):
    """Variables of a shell in which a fresh virtual environment is active."""
    folder = tmp_path / "environment"
    venv.create(folder, with_pip=False, symlinks=True)
    purelib = Path(sysconfig.get_path("purelib", vars={"base": str(folder)}))
    outside = sysconfig.get_path("purelib")
    (purelib / "outside.pth").write_text(f"import site; site.addsitedir({outside!r})\n")
    for command, module in COMMANDS.items():
        script = folder / "bin" / command
        script.write_text(f'#!/bin/sh\nexec "{folder}/bin/python" -m {module} "$@"\n')
        script.chmod(0o755)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("COINVEC_")}
    return {
        **kept,
        "PATH": f"{folder / 'bin'}{os.pathsep}{kept['PATH']}",
        "VIRTUAL_ENV": str(folder),
        "PIP_NO_INDEX": "1",
        "PIP_NO_BUILD_ISOLATION": "0",  # pip reads the option's value: isolation off
        "PIP_DISABLE_PIP_VERSION_CHECK": "1",
        "PIP_ROOT_USER_ACTION": "ignore",
    }


def test_the_tutorial_does_what_it_says(environment, tmp_path):
    work = tmp_path / "empty"
    work.mkdir()
    listed = steps(PAGE.read_text(encoding="utf-8"))
    assert len(listed) > 10
    script = ["set -eu", "exec 2>&1"]
    for at, (command, _) in enumerate(listed):
        script += [f"echo '{MARK.format(at)}'", command]
    done = subprocess.run(
        ["bash", "-c", "\n".join(script)],
        cwd=work,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    rest = done.stdout
    for at, (command, lines) in enumerate(listed):
        _, _, rest = rest.partition(f"{MARK.format(at)}\n")
        printed = rest.partition(MARK.format(at + 1))[0]
        assert pattern(lines).fullmatch(printed), f"$ {command}\n{printed}"
    assert (work / "report" / "encoder-my-encoder.png").is_file()
