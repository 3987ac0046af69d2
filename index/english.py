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
_VERBS = """accelerate account activate add affect aid alleviate allow appear argue associate attack avoid become begin benefit bind
    block boost break bring build burn calm carry cause challenge change claim clear combat come compare confirm consider consist
    contain contribute control convert counter create cure cut damage decrease delay deliver demonstrate depend deplete destroy
    deter develop differ dilate disappear disrupt dissolve double drive drop ease elevate eliminate emerge enable encourage
    enhance ensure erase examine exceed exist experience explain express extend facilitate fail fall feed fight find fix flush
    follow form fuel gain generate get give go grow happen harm heal help hinder hold hurt impair imply improve include increase
    indicate induce infect inhibit interfere involve irritate keep kick kill know lack last lead leave lessen limit link loosen
    lose lower maintain make mask mean mimic move narrow need normalize nourish occur offer offset opt outperform outweigh peak
    persist play pose predict preserve prevent produce promote protect prove provide push quicken raise ramp reach reactivate
    rebuild receive recommend recover reduce refer reflect regenerate regulate reinforce rejuvenate release relieve rely remain
    remove repair repel replenish report represent require reset resist respond restore restrict result reveal reverse rid rise
    rob rule run save say seem shield shorten show shrink signal slow soothe spark speed spread spur stabilize stay stem
    stimulate stop store strengthen stress strip suffer suggest support suppress surge sustain swell take target tell tend
    thicken thin think tighten transform transmit treat trigger turn unclog undergo undermine unlock use vary warn weaken wear
    weigh wipe work worsen yield""".split()
_AFTER_A_VERB = frozenset("a all almost an her his its nearly no our over that the their your".split())
_FORMS = frozenset(form for verb in _VERBS for form in (verb, f"{verb}s", f"{verb}es", f"{verb[:-1]}ies"))


def has_finite_verb(text: str) -> bool:
    """Whether the text holds a verb that makes a sentence of it: never its first word (an order or a noun), never after "to".

    A list, not a tagger: it only decides on lines without a full stop, where a wrong answer costs a heading or a bullet.
    """
    found = [word.lower().replace("’", "'") for word in words(text)]
    if any(word in _FINITE or (word in _FORMS and before != "to") for before, word in pairwise(found)):
        return True
    # "The scan shows the …", "screening saved over …": neither a plural nor a participle is often followed by such a word.
    return any(word.endswith(("s", "ed")) and after in _AFTER_A_VERB for word, after in pairwise(found[1:]))


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
