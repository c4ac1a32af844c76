"""The reference of the hooks prints the signatures the code has."""

import ast
import re
from pathlib import Path

from coinvec.plugin import hookspecs, protocols, specs
from coinvec.plugin.registry import HOOKS

PAGE = Path(__file__).parents[3] / "docs" / "plugins" / "hooks.md"


def signature(function):
    """A function without its body and marks."""
    return f"def {function.name}({ast.unparse(function.args)}) -> {ast.unparse(function.returns)}"


def fields(body):
    return [
        each
        for each in body
        if isinstance(each, ast.AnnAssign) and "ClassVar" not in ast.unparse(each.annotation)
    ]


def shape(node):
    """What a class or function promises: its fields, or the signatures of its methods."""
    if isinstance(node, ast.FunctionDef):
        return [signature(node)]
    methods = [signature(each) for each in node.body if isinstance(each, ast.FunctionDef)]
    public = [each for each in methods if not each.startswith("def _")]
    return [*map(ast.unparse, fields(node.body)), *public]


def promised():
    """Everything public of the three modules, by name."""
    found = {}
    for module in (hookspecs, specs, protocols):
        tree = ast.parse(Path(module.__file__).read_text(encoding="utf-8"))
        for node in tree.body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found[node.name] = shape(node)
    for name in list(found):
        if name.endswith("Spec") and name != "_Spec":
            found[name] = found["_Spec"][:4] + found[name]
    del found["_Spec"]
    # A default that only spares tests the writing is no part of the promise.
    found["RankingRequest"] = [each.split(" = ")[0] for each in found["RankingRequest"]]
    return found


def printed():
    blocks = re.findall(r"```python\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.DOTALL)
    return {node.name: shape(node) for text in blocks for node in ast.parse(text).body}


def test_every_signature_is_the_code_s():
    assert printed() == promised()


def test_every_hook_has_its_section():
    headings = re.findall(r"^## `(coinvec_\w+)`$", PAGE.read_text(encoding="utf-8"), re.MULTILINE)
    assert headings == list(HOOKS)
