"""What a statement is about: substance, route and population. Another scope is no contradiction, whatever the model says."""

import re
from collections.abc import Mapping

from api.rules.words import plain


def _named(**words: str) -> Mapping[str, re.Pattern[str]]:
    return {name.replace("_", " "): re.compile(rf"\b(?:{pattern})\b") for name, pattern in words.items()}


SUBSTANCE = _named(
    esketamine="esketamine|s-ketamine|spravato",
    arketamine="arketamine|r-ketamine",
    ketamine="(?<!s-)(?<!r-)ketamine|ketalar",
    psilocybin="psilocybin|magic mushrooms?",
    MDMA="mdma|ecstasy",
    LSD="lsd",
    cannabis="cannabis|marijuana|thc",
    opioids="opioids?|opiates?|morphine|fentanyl|heroin|oxycodone",
    alcohol="alcohol",
    nicotine="nicotine|cigarettes?|vap(?:es?|ing)",
    benzodiazepines="benzodiazepines?|diazepam|midazolam|lorazepam|alprazolam",
)
ROUTE = _named(
    nasal="nasal(?:ly)?|intranasal(?:ly)?|nose spray",
    infusion="intravenous(?:ly)?|iv|i\\.v\\.|infusions?|infused|drip",
    oral="oral(?:ly)?|by mouth|tablets?|pills?|lozenges?|sublingual(?:ly)?|capsules?",
    intramuscular="intramuscular(?:ly)?|im injections?",
    subcutaneous="subcutaneous(?:ly)?|under the skin",
    topical="topical(?:ly)?|creams?|gels?|ointments?",
    inhaled="inhaled|inhaler|inhalation",
)
SEX = _named(women="women|woman|females?|girls?|mothers?", men="men|man|males?|boys?|fathers?")
AGE = _named(
    children="child|children|pa?ediatric|infants?|bab(?:y|ies)|toddlers?|newborns?|kids?|adolescents?|teen(?:ager)?s?|boys?|girls?",
    older_people="elderly|older (?:people|adults|patients|women|men)|seniors|the old|geriatric",
    adults="adults?|elderly|older (?:people|patients|women|men)|seniors|the old|geriatric",
)
SPECIES = _named(
    animals="mice|mouse|rats?|rodents?|monkeys?|murine|animal (?:studies|study|models?|experiments?)|in (?:animals|vitro)|cell lines?",
    humans="people|humans?|patients?|persons?|participants?|volunteers?|men|women|adults?|children",
)
HISTORY = re.compile(r"\bhistory of (?P<what>[\w-]+(?: [\w-]+){0,2})")
SHARES = re.compile(
    r"\b(?:no|not|none|nobody|never|neither|only|most|mostly|mainly|chiefly|exclusively|all|every|share|part|half|third|quarter)\b"
    r"|(?:approved|licensed|indicated|recommended|warnings?)\b|n't\b|\d ?%"
)
"""Words with which a statement about one group also says something of the others: "no men", "mostly women",
"only children", "approved for adults"."""


def different(kind: Mapping[str, re.Pattern[str]], claim: str, evidence: str) -> tuple[str, str] | None:
    """What each text is about, where both say so and share nothing."""
    ours = [name for name, pattern in kind.items() if pattern.search(plain(claim))]
    theirs = [name for name, pattern in kind.items() if pattern.search(plain(evidence))]
    return (" and ".join(ours), " and ".join(theirs)) if ours and theirs and not set(ours) & set(theirs) else None


def _note(found: tuple[str, str] | None) -> str | None:
    return f"The page speaks of {found[0]}, the evidence of {found[1]}." if found else None


def history(claim: str, evidence: str) -> str | None:
    """A note where the evidence is only about people with a history of something and the claim is not."""
    past = HISTORY.search(plain(evidence))
    return f"The evidence is about people with a history of {past['what']}." if past and not HISTORY.search(plain(claim)) else None


def population(claim: str, evidence: str) -> str | None:
    """A note where the two are about other people: sex, age, or animals."""
    if SHARES.search(plain(claim)) or SHARES.search(plain(evidence)):
        return None
    return next((note for kind in (SEX, AGE, SPECIES) if (note := _note(different(kind, claim, evidence)))), None)


def substance(claim: str, evidence: str) -> str | None:
    """A note where the two are about another substance."""
    return _note(different(SUBSTANCE, claim, evidence))


def route(claim: str, evidence: str) -> str | None:
    """A note where the two are about another way of taking something."""
    return _note(different(ROUTE, claim, evidence))
