"""A page within its limits, or the error that names the limit it goes beyond."""

from api.problems import Problem
from api.schemas import AnnotateRequest
from api.settings import Limits


def page_blocks(request: AnnotateRequest, limits: Limits) -> dict[str, str]:
    """The page's blocks as id -> text. Raises Problem (422) for more or longer ones than the limits allow, or ids that repeat."""
    if len(request.blocks) > limits.max_blocks:
        raise beyond(limits, "max_blocks", f"The page has {len(request.blocks)} blocks; a request may have {limits.max_blocks}.")
    for place, block in enumerate(request.blocks):
        if len(block.text) > limits.max_block_chars:
            said = f"blocks[{place}].text has {len(block.text)} characters; a block may have {limits.max_block_chars}."
            raise beyond(limits, "max_block_chars", said)
    size = sum(len(block.text) for block in request.blocks)
    if size > limits.max_page_chars:
        raise beyond(limits, "max_page_chars", f"The blocks have {size} characters; a request may have {limits.max_page_chars}.")
    blocks = {block.id: block.text for block in request.blocks}
    if len(blocks) != len(request.blocks):
        raise Problem(422, "Block ids repeat", "Give every block an id of its own: annotations name their block by it.")
    return blocks


def beyond(limits: Limits, name: str, said: str) -> Problem:
    """The error for a page beyond the limit of this name."""
    return Problem(422, "Too much at once", f"{said} Send the page in parts.", limit=name, value=getattr(limits, name))
