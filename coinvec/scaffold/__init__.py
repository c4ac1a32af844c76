"""Writes new plugin distributions: `coinvec plugins new`.

`templates/common` is in every one, `templates/KIND` in those of that kind. The files are
`string.Template`s named `….tmpl`, so that no tool takes them for this project's own; in their paths
`__package__` stands for the import package and `dot-` for a leading dot.
"""

from coinvec.scaffold.write import KINDS, new_plugin

__all__ = ["KINDS", "new_plugin"]
