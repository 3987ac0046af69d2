"""The rules in one place: which stance each looks at, and what it does to it."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from api.rules import direction, negation, numbers, order, scope, strength
from api.types import Scores, Stance


class Effect(StrEnum):
    """What a rule does when it fires."""

    NOTE = "note"
    VETO = "veto"


@dataclass(frozen=True, slots=True)
class Rule:
    """`find(claim, evidence)` gives the note to show, or None. A veto makes the stance neutral; no rule ever makes one."""

    name: str
    stance: Stance
    effect: Effect
    reason: str
    find: Callable[[str, str], str | None]


RULES: tuple[Rule, ...] = (
    Rule("numbers", Stance.SUPPORTS, Effect.VETO, "another amount of the same thing is not borne out", numbers.differ),
    Rule("direction", Stance.SUPPORTS, Effect.VETO, "what raises does not support what lowers", direction.opposite),
    Rule("move", Stance.SUPPORTS, Effect.VETO, "from B to C does not support from C to B", order.reversed_move),
    Rule("comparison", Stance.SUPPORTS, Effect.VETO, "more in women than in men does not support the reverse", order.reversed_comparison),
    Rule("polarity", Stance.SUPPORTS, Effect.VETO, "the same words with a “not” on one side alone", negation.polarity),
    Rule("promise", Stance.SUPPORTS, Effect.VETO, "nothing hedged bears out a cure or a proof", strength.promises),
    Rule("strength", Stance.SUPPORTS, Effect.NOTE, "wording without doubt, evidence with doubt", strength.stronger),
    Rule("population", Stance.SUPPORTS, Effect.VETO, "what holds for women says nothing of men", scope.population),
    Rule("substance", Stance.SUPPORTS, Effect.VETO, "what holds for one substance says nothing of another", scope.substance),
    Rule("route", Stance.SUPPORTS, Effect.NOTE, "another way of taking it", scope.route),
    Rule("history", Stance.SUPPORTS, Effect.NOTE, "evidence on people with a history of something", scope.history),
    Rule("other_population", Stance.CONTRADICTS, Effect.VETO, "another population is no contradiction", scope.population),
    Rule("other_substance", Stance.CONTRADICTS, Effect.VETO, "another substance is no contradiction", scope.substance),
    Rule("other_route", Stance.CONTRADICTS, Effect.VETO, "another way of taking it is no contradiction", scope.route),
    Rule("other_history", Stance.CONTRADICTS, Effect.NOTE, "evidence on people with a history of something", scope.history),
)


@dataclass(frozen=True, slots=True)
class Consulted:
    """What the rules say of one stance of one pair."""

    vetoed: bool
    notes: tuple[str, ...]


def consult(stance: Stance, claim: str, evidence: str, rules: tuple[Rule, ...] = RULES) -> Consulted:
    """Ask the rules about this stance; none looks at neutral pairs."""
    fired = [(rule, note) for rule in rules if rule.stance is stance and (note := rule.find(claim, evidence)) is not None]
    return Consulted(any(rule.effect is Effect.VETO for rule, _ in fired), tuple(note for _, note in fired))


BOTH_WAYS = "Not counted as contradicting: it would contradict the opposite as well."


def probe(scores: Scores, denied: Scores | None) -> Consulted:
    """The negation probe, the one rule that asks the model: what contradicts a claim cannot contradict its denial as strongly."""
    both_ways = denied is not None and denied.contradicts >= scores.contradicts
    return Consulted(both_ways, (BOTH_WAYS,) if both_ways else ())
