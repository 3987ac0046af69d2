"""Markdown: headings, paragraphs and list items; code, tables, pictures, HTML, quotations and front matter are left out."""

import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from index.formats.blocks import Block, laid_out
from index.formats.found import Shown, content, decoded, digest, field, require_kind

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"---\s*\n.*?\n(?:---|\.\.\.)\s*(?:\n|$)", re.DOTALL)
_FOOTNOTE = re.compile(r"\[\^[^\]\s]+\]")
_SKIPPED = frozenset({"table", "blockquote"})  # what a quotation says is somebody else's word


def read(path: Path) -> Iterator[Shown]:
    """The one document of a .md file; its title is its first heading of the first level."""
    # Imported here, as every reader's library is: only a rebuild needs it.
    from markdown_it import MarkdownIt

    data = content(path)
    require_kind(data)
    text = decoded(data).removeprefix("\ufeff")
    front_matter = _FRONT_MATTER.match(text)
    blocks = list(_blocks(MarkdownIt("commonmark").enable("table").parse(text[front_matter.end() if front_matter else 0 :])))
    title = next((block.text for block in blocks if block.level == 1), None)
    yield Shown(laid_out(blocks), digest(data), title=field(title))


def _blocks(tokens: Sequence["Token"]) -> Iterator[Block]:
    skipping = level = 0
    for token in tokens:
        if token.type.removesuffix("_open").removesuffix("_close") in _SKIPPED:
            skipping += token.nesting
        elif token.type == "heading_open":
            level = int(token.tag[1:])
        elif token.type == "heading_close":
            level = 0
        elif token.type == "inline" and not skipping and not _FOOTNOTE.match(token.content):
            yield Block(_words(token.children or ()), level)


def _words(tokens: Sequence["Token"]) -> str:
    parts = (" " if token.type.endswith("break") else token.content for token in tokens if token.type in _SAID)
    return _FOOTNOTE.sub("", "".join(parts))


_SAID = frozenset({"text", "text_special", "code_inline", "softbreak", "hardbreak"})
