"""How strongly something is said: "cures" and "proven" on the page against "may" and "case report" in the evidence."""

import re

from api.rules.words import plain

PROMISE = re.compile(r"\b(?:cure[sd]?|proven|prove[sd]?|guarantee[sd]?|guaranteed|miracle|100 ?% effective)\b")
"""Words that no hedged finding bears out."""
STRONG = re.compile(
    r"\b(?:eliminate[sd]?|eradicate[sd]?|always|never fails?|completely|entirely|totally|permanently|definitely|certainly|undoubtedly"
    r"|for everyone|everybody|in all (?:patients|people|cases)|without exception|the only|conclusively|establishe[sd])\b"
)
HEDGED = re.compile(
    r"\b(?:may|might|could|suggest(?:s|ed|ing)?|appear(?:s|ed)?(?: to)?|seem(?:s|ed)?|possibl[ey]|potential(?:ly)?|preliminary|tentative"
    r"|pilot|case (?:reports?|series|stud(?:y|ies))|anecdotal|small (?:\w+ )?(?:study|trial|sample)|limited evidence|uncertain|unclear"
    r"|insufficient|not (?:yet )?(?:proven|established|known)|more research|further (?:research|studies|trials))\b"
    r"|\bn ?= ?[1-4]?\d\b|\b(?:[2-9]|[1-4]\d) (?:\w+ )?(?:patients|participants|people|adults|volunteers|subjects|women|men|children)\b"
)
_DENIED = re.compile(r"(?:\b(?:not|no|never|neither|without|hardly|cannot)\b|n't\b)(?:\W+\w+){0,3}\W+$")


def asserted(pattern: re.Pattern[str], text: str) -> str | None:
    """The first match of the pattern that is not denied by what stands before it."""
    plainly = plain(text)
    return next((m[0] for m in pattern.finditer(plainly) if not _DENIED.search(plainly[: m.start()])), None)


def promises(claim: str, evidence: str) -> str | None:
    """A note where the claim promises a cure or proof and the evidence only hedges."""
    word = asserted(PROMISE, claim)
    hedge = HEDGED.search(plain(evidence))
    if word is None or hedge is None or asserted(PROMISE, evidence):
        return None
    return f"Stronger than the evidence: “{word}” on the page, “{hedge[0]}” in the evidence."


def stronger(claim: str, evidence: str) -> str | None:
    """A note where the claim leaves no doubt and the evidence does."""
    word = asserted(STRONG, claim)
    hedge = HEDGED.search(plain(evidence))
    if word is None or hedge is None or STRONG.search(plain(evidence)) or HEDGED.search(plain(claim)):
        return None
    return f"Stronger than the evidence: “{word}” on the page, “{hedge[0]}” in the evidence."
