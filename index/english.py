"""The little English that the rules need: is this English at all, and does it say something of something."""

import re
from itertools import pairwise

words = re.compile(r"[^\W\d_]+(?:['’-][^\W\d_]+)*").findall
"""The words of a text, with their apostrophes and hyphens; numbers are none."""

_FINITE = frozenset(
    """is are was were has have had does do did can could may might must shall will would should cannot isn't aren't wasn't weren't
    hasn't haven't hadn't doesn't don't didn't can't couldn't mustn't won't wouldn't shouldn't
    there's it's that's
    became began fell found gave grew led made rose showed took went""".split()
)
_VERBS = """affect aid allow appear become begin block boost bring carry cause change come contain contribute cure damage decrease depend
    destroy develop differ disrupt double ease eliminate enhance erase exceed fail fight give go grow happen harm heal help
    improve include increase indicate induce inhibit interfere involve kill lack last lead leave lessen limit link lower make
    mean need occur outperform play prevent produce promote protect prove provide raise reach receive reduce release relieve
    remain remove repair require result reverse rise save seem show slow speed stimulate stop strengthen suffer suggest support
    take tend treat trigger weaken work worsen""".split()
_FORMS = frozenset(form for verb in _VERBS for form in (verb, f"{verb}s", f"{verb}es", f"{verb[:-1]}ies"))


def has_finite_verb(text: str) -> bool:
    """Whether the text holds a verb that makes a sentence of it: never its first word (an order or a noun), never after "to".

    A list, not a tagger: it only decides on lines without a full stop, where a wrong answer costs a heading or a bullet.
    """
    found = [word.lower().replace("’", "'") for word in words(text)]
    return any(word in _FINITE or (word in _FORMS and before != "to") for before, word in pairwise(found))


_OTHER_SCRIPT = re.compile(r"[^\W\d_a-zA-Z\u00aa-\u024f\u0300-\u036f\u0370-\u03ff\u1e00-\u1eff]")
_LETTER = re.compile(r"[^\W\d_]")
OTHER_SCRIPT_SHARE = 0.3
"""Share of letters outside Latin and Greek above which a text is in another language; Greek letters name doses and pathways."""

_ENGLISH = frozenset(
    """a an and are as at be been by can for from had has have in is it its may not of on or that the their they this to was were
    which with you your""".split()
)
_FOREIGN = frozenset(
    """der die das und ist nicht mit eine einen ein von zu im den dem el los las una por para con del est les des une dans pour avec
    sur qui il che della sono het een van niet uma não com os na é à""".split()
)


def is_other_language(text: str) -> bool:
    """Whether the text is not English: by script, or by the small words of Western European languages."""
    letters = len(_LETTER.findall(text))
    if len(_OTHER_SCRIPT.findall(text)) > OTHER_SCRIPT_SHARE * letters:
        return True
    found = [word.lower() for word in words(text)]
    foreign = sum(word in _FOREIGN for word in found)
    return foreign >= 2 and foreign > 2 * sum(word in _ENGLISH for word in found)
