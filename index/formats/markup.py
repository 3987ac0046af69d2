"""XML and HTML trees: the one place that names lxml. Nothing is fetched, no entity is expanded."""

from typing import Any

from index.formats.found import Unreadable

Element = Any
"""An lxml element; the library has no types of its own."""


def xml(content: bytes) -> Element:
    """The root of an XML file, its names without namespaces. Unreadable where it is not well formed or declares entities."""
    from lxml import etree

    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False, remove_comments=True, remove_pis=True, strip_cdata=True
    )
    try:
        root = etree.fromstring(content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"is not well-formed XML ({str(error)[:200]})", "get the file anew, or give it the ending of what it is") from None
    subset = root.getroottree().docinfo.internalDTD
    declared = any(True for _ in subset.iterentities()) if subset is not None else False
    for element in root.iter():
        # An entity that is not expanded stays in the tree as a node whose tag is no text: its words would silently be missing.
        if declared or not isinstance(element.tag, str):
            raise Unreadable("uses or declares XML entities, which are never expanded", "save it with the characters themselves")
        element.tag = element.tag.rpartition("}")[2]
    return root


def html(text: str) -> Element:
    """The root of an HTML page. Unreadable where there is no markup at all."""
    from lxml import etree
    from lxml import html as parser

    try:
        # As bytes with their encoding named: lxml refuses a text that declares one, and a page's own word was heeded before.
        return parser.document_fromstring(text.encode("utf-8", "replace"), parser=parser.HTMLParser(encoding="utf-8", no_network=True))
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as error:
        raise Unreadable(f"is no HTML ({str(error)[:200]})", "give it the ending of what it is") from None


def serialised(element: Element) -> bytes:
    """An element as bytes, the same for the same content."""
    from lxml import etree

    written: bytes = etree.tostring(element, method="c14n", with_tail=False)
    return written


def text_of(element: Element | None) -> str:
    """All words of an element, on one line; empty without an element."""
    return " ".join("".join(element.itertext()).split()) if element is not None else ""
