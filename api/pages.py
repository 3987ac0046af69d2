"""A page file as blocks, for `sidelight check --file` and the benchmarks: the same shape as the extension sends."""

from html.parser import HTMLParser
from pathlib import Path

BLOCK_TAGS = frozenset(
    "address article aside blockquote body br dd details div dl dt figcaption figure h1 h2 h3 h4 h5 h6 hr li main ol p pre section "
    "summary table tbody td th thead tr ul".split()
)
SKIPPED_TAGS = frozenset(
    "script style noscript template code pre nav footer form button select textarea svg title aside iframe dialog".split()
)
VOID_TAGS = frozenset("area base br col embed hr img input link meta source track wbr".split())


class Blocks(HTMLParser):
    """Collects the text of a page by block, leaving out what the extension leaves out."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.blocks: list[str] = []
        self.text: list[str] = []
        self.skipping: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Begin a block, or a part to skip."""
        if tag in BLOCK_TAGS:
            self.flush()
        if tag not in VOID_TAGS and (tag in SKIPPED_TAGS or (self.skipping and tag == self.skipping[-1])):
            self.skipping.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """End a block, or a part to skip."""
        if self.skipping and tag == self.skipping[-1]:
            self.skipping.pop()
        elif tag in BLOCK_TAGS:
            self.flush()

    def handle_data(self, data: str) -> None:
        """Take the text."""
        if not self.skipping:
            self.text.append(data)

    def flush(self) -> None:
        """Close the block, if there is anything in it."""
        text = " ".join("".join(self.text).split())
        self.text.clear()
        if text:
            self.blocks.append(text)


def read_page(path: Path) -> dict[str, str]:
    """Block id -> text, in page order; `.html` and `.htm` by their markup, anything else by its lines.

    Raises ValueError when the file is no UTF-8 text.
    """
    try:
        content = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"{path} is not UTF-8 text (byte {error.start}): save it as UTF-8, or as .html with its charset") from error
    if path.suffix.lower() in {".html", ".htm"}:
        parser = Blocks()
        parser.feed(content)
        parser.close()
        parser.flush()
        blocks = parser.blocks
    else:
        blocks = [line.strip() for line in content.splitlines() if line.strip()]
    return {f"b{n}": block for n, block in enumerate(blocks)}
