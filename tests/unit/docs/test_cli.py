"""The reference of the command line is the one the commands give."""

import subprocess
import sys
from pathlib import Path

from coinvec.cli.app import COMMANDS
from coinvec.cli.reference import reference

PAGE = Path(__file__).parents[3] / "docs" / "reference" / "cli.md"


def test_the_page_is_up_to_date():
    assert PAGE.read_text(encoding="utf-8") == reference(), (
        "the commands have changed: python -m coinvec.cli.reference > docs/reference/cli.md"
    )


def test_every_command_of_ours_and_no_other():
    headings = [line for line in reference().splitlines() if line.startswith("## ")]
    top = {heading.split()[2].rstrip("`") for heading in headings if len(heading.split()) > 2}
    assert top == set(COMMANDS)
    assert "## `coinvec generations promote`" in headings


def test_it_is_written_without_models():
    code = (
        "import runpy, sys\n"
        "runpy.run_module('coinvec.cli.reference', run_name='__main__')\n"
        "heavy = {'torch', 'timm', 'onnxruntime', 'pymilvus', 'cv2'}\n"
        "print(sorted(heavy & sys.modules.keys()), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == reference()
    assert done.stderr.strip() == "[]"
