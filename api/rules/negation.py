"""Who denies what: polarity by rule, and the denied claim that the stance model is asked about before any "contradicts"."""

import re

from api.rules.words import content, is_negation, plain, tokens

_AUXILIARY = r"(?:is|are|was|were|am|can|could|may|might|will|would|should|must|has|have|had|does|do|did)"
_UNDONE: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), instead)
    for pattern, instead in (
        (r"\bcan(?:not|'t)\b", "can"),
        (r"\bwon't\b", "will"),
        (rf"\b({_AUXILIARY})n't\b", r"\1"),
        (rf"\b({_AUXILIARY}) (?:not|never)\b", r"\1"),
        (r"\b(?:never|hardly|rarely|seldom) ", ""),
        (r"\bno (?=(?:more|less|longer|better|worse|fewer|greater|higher|lower|different)\b)", ""),
        (r"\bno (?=\w)", "some "),
        (r"\bwithout\b", "with"),
        (r"\bfails? to\b", "does"),
        (r"\bnone of\b", "some of"),
    )
)
"""How a denial is taken back; the first that fits is used, once."""

# "have" is an auxiliary only before a participle; in "men have cancer" it is the verb.
_PARTICIPLE = r"(?:\w+ly |also |long |now )?(?:been|become|begun|done|found|gone|grown|had|led|made|met|seen|shown|taken|\w+ed|\w+en)\b"
_DENIABLE = re.compile(
    rf"(?<!who )(?<!that )(?<!which )\b(?P<aux>(?!ha[sd]|have){_AUXILIARY}|(?:has|have|had)(?= {_PARTICIPLE}))\b", re.IGNORECASE
)
_DENIED = {"can": "cannot", "could": "could not", "may": "cannot", "might": "cannot", "must": "need not"}
_VERBS = """accelerate activate affect aid alleviate allow appear block boost bring cause combat contain contribute control cure
    decrease delay demonstrate depend destroy disrupt ease eliminate enhance ensure exceed exist find fix get give harm have heal help
    hurt impair improve increase indicate induce inhibit interfere involve kill lack last lead lower make mean occur outperform persist
    predict prevent produce promote protect provide raise recommend recover reduce relieve remain remove require respond restore show
    shrink slow stimulate strengthen suffer suggest support suppress take target treat trigger vary weaken work worsen""".split()


def _forms(ending: str) -> dict[str, str]:
    """Each verb of the list with its ending, "s" or "ed", as form -> verb."""
    forms = {}
    for verb in _VERBS:
        if verb.endswith("y") and verb[-2] not in "aeo":
            forms[verb[:-1] + ("ies" if ending == "s" else "ied")] = verb
        elif verb.endswith("e"):
            forms[verb + ending[-1]] = verb
        else:
            forms[verb + ("es" if ending == "s" and verb.endswith(("ss", "x", "sh", "ch")) else ending)] = verb
    return forms


_PRESENT = _forms("s") | {"has": "have"}
_PAST = _forms("ed") | {
    "found": "find", "gave": "give", "had": "have", "led": "lead", "made": "make", "meant": "mean", "showed": "show", "took": "take",
}  # fmt: skip
_NOT_A_VERB_AFTER = frozenset(
    "a an the of in no more less to and or for with by this that these its their his her as than any some".split()
)


def negate(claim: str) -> str | None:
    """The claim with its main verb denied, or no longer denied; None where no rule says how."""
    straight = claim.replace("’", "'")
    for pattern, instead in _UNDONE:
        undone, times = pattern.subn(instead, straight, count=1)
        if times:
            return undone[:1].upper() + undone[1:]
    auxiliary, verb = _DENIABLE.search(straight), _main_verb(straight)
    if auxiliary and not (verb and verb[0] < auxiliary.start()):
        word = auxiliary["aux"].lower()
        return straight[: auxiliary.start()] + _DENIED.get(word, f"{auxiliary['aux']} not") + straight[auxiliary.end() :]
    return f"{straight[: verb[0]]}{verb[2]}{straight[verb[1] :]}" if verb else None


def _main_verb(text: str) -> tuple[int, int, str] | None:
    """Where the first known verb stands, and the denied form that takes its place: never the first word, never after "the"."""
    before = ""
    for match in re.finditer(r"[A-Za-z'-]+", text):
        word = match[0].lower()
        if before and before not in _NOT_A_VERB_AFTER:
            for forms, denial in ((_PRESENT, "does not"), (_PAST, "did not")):
                if word in forms:
                    return match.start(), match.end(), f"{denial} {forms[word]}"
            if word in _VERBS and (before.endswith("s") or word == "have"):
                return match.start(), match.end(), f"do not {word}"
        before = word
    return None


SHARED = 0.8
"""Share of the claim's content words that the evidence must hold for a "not" on one side alone to count."""


def polarity(claim: str, evidence: str) -> str | None:
    """A note where the two say the same words and only one of them denies."""
    ours, theirs = tokens(claim), tokens(evidence)
    words = content([w for w in ours if not is_negation(w)])
    if len(words) < 2 or len(words & content(theirs)) < SHARED * len(words):
        return None
    denies, denied = (sum(map(is_negation, side)) for side in (ours, theirs))
    if (denies == 0) == (denied == 0) or "but" in ours + theirs or plain(evidence).count(",") > 1:
        return None
    return f"Only the {'page' if denies else 'evidence'} says “not”."
