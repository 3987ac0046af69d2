"""The rules, one table each. Tables hold claim and evidence; the stance model is not asked, its scores are given where needed."""

import pytest

from api.rules import direction, negation, numbers, order, scope, strength
from api.rules.asserted import MYTH, QUESTION, REPORTED, SUPPOSED, TESTIMONIAL, why_not_asserted
from api.rules.negation import negate
from api.rules.numbers import Comparison
from api.rules.quantities import quantities
from api.rules.table import BOTH_WAYS, RULES, Effect
from api.types import Note, Scores, Stance, Verdict
from api.verdict import decide, judge
from index.types import Claim, Evidence, Sentence, Source, Span

SUPPORTS, CONTRADICTS = Scores(0.97, 0.01, 0.02), Scores(0.01, 0.97, 0.02)


def sentence(text, heading=""):
    return Sentence(Span(0, len(text), text), heading)


def evidence(text, **source):
    record = {"kind": "journal_article", "publisher": "A journal", **source}
    who = Source("s", "Title", record.pop("kind"), "because", record.pop("publisher"), "s.txt", "en", **record)
    return Evidence(Claim("c", "s", sentence(text)), who, 0.7, 0.9)


def stance(claim, found, scores, denied=None):
    return judge(claim, evidence(found), scores, None, denied).stance


@pytest.mark.parametrize(
    ("text", "unit", "inside", "outside"),
    [
        ("more than half of them", "percent", 54.7, 49.0),
        ("three quarters of them", "percent", 75.0, 66.0),
        ("9 of the 15 patients", "percent", 60.0, 55.0),
        ("one in four women", "percent", 25.0, 33.0),
        ("about 44 percent", "percent", 44.3, 55.0),
        ("less than 10% of users", "percent", 3.0, 12.0),
        ("between 10 and 20 per cent", "percent", 15.0, 25.0),
        ("0.3 percent", "percent", 0.3, 0.5),
        ("a two-year trial", "hours", 2 * 8766.0, 8766.0),
        ("within a week", "hours", 100.0, 200.0),
        ("half an hour", "hours", 0.5, 1.0),
        ("at week 8", "hours", 8 * 168.0, 4 * 168.0),
        ("56 mg of it", "mg", 56.0, 84.0),
        ("0.5 g of it", "mg", 500.0, 50.0),
        ("0.5 mg/kg", "mg/kg", 0.5, 0.6),
        ("children aged 12 to 17", "years of age", 15.0, 18.0),
        ("since 2019", "year", 2021.0, 2018.0),
        ("twice as many; doubled", "fold", 2.0, 3.0),
        ("hundreds of patients died", "count", 300.0, 20.0),
        ("1,148 patients improved", "count", 1148.0, 1100.0),
        ("no misuse was seen", "count", 0.0, 1.0),
    ],
)
def test_quantities(text, unit, inside, outside):
    found = next(q for q in quantities(text) if q.unit == unit)
    assert found.low <= inside <= found.high
    assert not found.low <= outside <= found.high


@pytest.mark.parametrize("text", ["COVID-19 spreads.", "5-HT2A receptors", "a phase 3 trial", "P = .01", "the second half", "a half-life"])
def test_names_and_statistics_are_no_quantities(text):
    assert quantities(text) == []


@pytest.mark.parametrize(
    ("claim", "found", "expected"),
    [
        ("More than half improved.", "54.7% improved.", Comparison.AGREE),
        ("60 percent improved.", "9 of the 15 patients improved.", Comparison.AGREE),
        ("Three quarters relapsed.", "75% relapsed.", Comparison.AGREE),
        ("About 44 percent saw no change.", "44.3% saw no change.", Comparison.AGREE),
        ("It fades within a day.", "It fades within 24 hours.", Comparison.AGREE),
        ("The dose is 0.5 g.", "The dose is 500 mg.", Comparison.AGREE),
        ("30 percent became addicted.", "0.3 percent became addicted.", Comparison.DIFFER),
        ("A two-year trial.", "A one-year trial.", Comparison.DIFFER),
        ("It was approved in 2013.", "It was approved in 2019.", Comparison.DIFFER),
        ("The dose is 84 mg.", "The dose is 56 mg.", Comparison.DIFFER),
        ("Hundreds misused the drug.", "No misuse was seen among 1,148 patients.", Comparison.DIFFER),
        ("No misuse was seen among 1,148 patients.", "Hundreds misused it.", Comparison.DIFFER),
        ("15 patients took part.", "15 years passed.", Comparison.NOT_COMPARABLE),
        ("It lasted two weeks.", "30% improved.", Comparison.NOT_COMPARABLE),
        ("It does not last as long as six months.", "It lasts four weeks.", Comparison.NOT_COMPARABLE),
        ("Ketamine is a drug.", "Ketamine is a drug.", Comparison.NOT_COMPARABLE),
    ],
)
def test_numbers(claim, found, expected):
    assert numbers.compare(claim, found).comparison is expected


def test_a_number_that_differs_takes_support_away_and_names_both_but_contradicts_nothing():
    judged = judge("30 percent became addicted.", evidence("0.3 percent became addicted."), SUPPORTS, None)
    assert judged.stance is Stance.NEUTRAL
    assert judged.notes[-1:] == ("The numbers differ: “30 percent” on the page, “0.3 percent” in the evidence.",)


@pytest.mark.parametrize(
    ("rule", "claim", "found", "fires"),
    [
        (direction.opposite, "Ketamine raises blood pressure.", "Ketamine lowers blood pressure.", True),
        (direction.opposite, "Ketamine raises blood pressure.", "Blood pressure was increased by ketamine.", False),
        (direction.opposite, "Ketamine does not raise blood pressure.", "Ketamine raises blood pressure.", True),
        (direction.opposite, "Ketamine does not raise blood pressure.", "Ketamine lowers blood pressure.", False),
        (direction.opposite, "Ketamine works by activating NMDA receptors.", "Ketamine blocks NMDA receptors.", True),
        (direction.opposite, "Sleep improved in most patients.", "Sleep worsened in most patients.", True),
        (direction.opposite, "Fewer relapses followed.", "More relapses followed.", True),
        (direction.opposite, "The drug was upgraded to Class B.", "The drug was downgraded to Class C.", True),
        (direction.opposite, "Ketamine was upgraded in 2014.", "Ketamine was rescheduled in 2014.", False),
        (direction.opposite, "Ketamine is approved for depression.", "Ketamine is used off-label for depression.", True),
        (direction.opposite, "Cravings were more common with X than placebo.", "Cravings were less common with X than nicotine.", False),
        (direction.opposite, "Sleep improved.", "Pain worsened.", False),
        (order.reversed_move, "It moved from Class B to Class C.", "It was reclassified from Class C to Class B.", True),
        (order.reversed_move, "It went from Class C to B.", "It went from Class B to C.", True),
        (order.reversed_move, "It went from Class C to Class B.", "It was moved to Class B from Class C.", False),
        (order.reversed_move, "It went from Class C to Class B.", "It has been Class B since 2014.", False),
        (order.reversed_comparison, "Women relapse more often than men.", "Men relapse more often than women.", True),
        (order.reversed_comparison, "Women relapse more often than men.", "Women more often relapse than men do.", False),
        (order.reversed_comparison, "Women relapse more often than men.", "Men relapse less often than women.", False),
        (negation.polarity, "Ketamine was addictive in rats.", "Ketamine was not addictive in rats.", True),
        (negation.polarity, "Ketamine was not addictive in rats.", "Ketamine was not addictive in rats.", False),
        (negation.polarity, "Ketamine was addictive in rats.", "The drug does not taste of anything.", False),
        (strength.promises, "Ketamine cures depression.", "Ketamine may relieve depression.", True),
        (strength.promises, "Ketamine is proven to work.", "A case report suggests that it works.", True),
        (strength.promises, "Ketamine does not cure depression.", "Ketamine may relieve depression.", False),
        (strength.promises, "Ketamine cures depression.", "Ketamine relieves depression.", False),
        (strength.stronger, "Ketamine always relieves depression.", "Depression eased in 12 patients.", True),
        (strength.stronger, "Ketamine always relieves depression.", "Ketamine always eased depression in 12 patients.", False),
        (strength.stronger, "Ketamine relieves depression.", "Ketamine may relieve depression.", False),
        (scope.substance, "Ketamine is approved.", "Esketamine is approved.", True),
        (scope.substance, "Ketamine is approved.", "Ketamine and esketamine are approved.", False),
        (scope.substance, "Spravato is approved.", "Esketamine is approved.", False),
        (scope.route, "Ketamine infusions help.", "Ketamine nasal spray helps.", True),
        (scope.population, "Men face a higher risk.", "Women might face a higher risk.", True),
        (scope.population, "It works in children.", "It works in older adults.", True),
        (scope.population, "It works in adults.", "It works in older adults.", False),
        (scope.population, "It works in people.", "It works in mice.", True),
        (scope.population, "Mostly men are affected.", "Mostly women are affected.", False),
        (scope.population, "It is approved for children.", "It is approved for adults.", False),
        (scope.history, "Ketamine is addictive.", "People with a history of substance use became addicted.", True),
        (scope.history, "Ketamine is addictive.", "Ketamine is addictive.", False),
    ],
)
def test_rules(rule, claim, found, fires):
    assert (rule(claim, found) is not None) == fires


@pytest.mark.parametrize(
    ("claim", "denied"),
    [
        ("Ketamine is addictive.", "Ketamine is not addictive."),
        ("Ketamine is not addictive.", "Ketamine is addictive."),
        ("It isn't addictive.", "It is addictive."),
        ("It cannot be swallowed.", "It can be swallowed."),
        ("It may cause nausea.", "It cannot cause nausea."),
        ("Nausea should be treated.", "Nausea should not be treated."),
        ("It has been approved.", "It has not been approved."),
        ("Ketamine blocks NMDA receptors.", "Ketamine does not block NMDA receptors."),
        ("Antidepressants relieve pain.", "Antidepressants do not relieve pain."),
        ("The drug reduced cravings.", "The drug did not reduce cravings."),
        ("Three men have cancer.", "Three men do not have cancer."),
        ("It never causes cravings.", "It causes cravings."),
        ("No misuse was seen.", "Some misuse was seen."),
        ("Women are no more likely than men to die.", "Women are more likely than men to die."),
        ("The increase in dose mattered.", None),
        ("Symptoms usually worst in the first week.", None),
    ],
)
def test_negate(claim, denied):
    assert negate(claim) == denied


@pytest.mark.parametrize(
    ("denied", "expected"),
    [
        (None, Stance.CONTRADICTS),
        (Scores(0.9, 0.05, 0.05), Stance.CONTRADICTS),
        (Scores(0.01, 0.96, 0.03), Stance.CONTRADICTS),
        (Scores(0.01, 0.97, 0.02), Stance.NEUTRAL),
        (Scores(0.005, 0.99, 0.005), Stance.NEUTRAL),
    ],
)
def test_a_contradiction_stands_only_against_the_weaker_denial(denied, expected):
    judged = judge("Symptoms are worst in week one.", evidence("Symptoms peak in the first week."), CONTRADICTS, None, denied)
    assert judged.stance is expected
    assert (BOTH_WAYS in judged.notes) == (expected is Stance.NEUTRAL)


@pytest.mark.parametrize(
    ("claim", "found", "scores"),
    [
        ("Hundreds of patients misused the drug.", "No misuse was seen among 1,148 patients.", SUPPORTS),
        ("No misuse was seen among 1,148 patients.", "Hundreds misused the drug.", SUPPORTS),
        ("Ketamine was moved from Class B to Class C.", "Ketamine was reclassified from Class C to Class B.", SUPPORTS),
        ("Men face a higher risk of addiction.", "Women might face a higher risk of addiction.", SUPPORTS),
        ("Men face a higher risk of addiction.", "Women might face a higher risk of addiction.", CONTRADICTS),
        ("About 30 percent of patients misused it.", "About 0.3 percent of patients misused it.", SUPPORTS),
        ("Ketamine is approved for depression.", "Ketamine is used off-label for depression.", SUPPORTS),
        ("Ketamine is used off-label for depression.", "Ketamine is approved for depression.", SUPPORTS),
        ("Ketamine nasal spray is approved.", "Esketamine nasal spray is not approved.", CONTRADICTS),
        ("Esketamine has not been approved.", "Ketamine is not approved for addiction.", SUPPORTS),
    ],
)
def test_named_failures_are_not_shown(claim, found, scores):
    assert stance(claim, found, scores) is Stance.NEUTRAL


def test_a_clinics_page_is_not_supported_by_the_same_clinics_seed():
    own = evidence("Our infusions lift mood in days.", kind="treatment_provider", publisher="Clinic", url="https://clinic.example/about")
    judged = judge("Ketamine infusions lift mood within days.", own, SUPPORTS, "www.clinic.example")
    assert Note.SAME_PUBLISHER in judged.notes
    assert decide(sentence("Ketamine infusions lift mood within days."), [judged]).verdict is Verdict.NO_EVIDENCE


@pytest.mark.parametrize(
    ("text", "heading", "expected"),
    [
        ("Myth: Ketamine is only a horse tranquilizer.", "", MYTH),
        ("Myth #3: Ketamine is always addictive.", "", MYTH),
        ("Ketamine is always addictive.", "Myth 3", MYTH),
        ("Ketamine is always addictive.", "Common myths about ketamine", MYTH),
        ("Fact: Ketamine is rarely addictive.", "Myth 3", None),
        ("In reality, ketamine is rarely addictive.", "Myth 3: it is always addictive", None),
        ("Ketamine is rarely addictive.", "Myths and facts", None),
        ("It is a myth that ketamine is only used on horses.", "", None),
        ("Critics say that ketamine clinics are unsafe.", "", REPORTED),
        ("He claimed that ketamine cured him.", "", REPORTED),
        ("Some people believe ketamine is harmless.", "", REPORTED),
        ("Ketamine is said to be harmless.", "", REPORTED),
        ("“Ketamine is harmless,” said Smith.", "", REPORTED),
        ("Researchers found that ketamine relieves depression.", "", None),
        ("Suppose ketamine were harmless.", "", SUPPOSED),
        ("If ketamine were harmless, nobody would mind.", "", SUPPOSED),
        ("If you take ketamine daily, your bladder may suffer.", "", None),
        ("Is ketamine harmless?", "", QUESTION),
        ("I tried ketamine and my depression went away.", "", TESTIMONIAL),
        ("Ketamine blocks NMDA receptors.", "How it works", None),
    ],
)
def test_what_a_page_does_not_assert_is_not_checked_and_says_so(text, heading, expected):
    assert why_not_asserted(sentence(text, heading)) == expected
    finding = decide(sentence(text, heading), [judge(text, evidence("Something else entirely."), SUPPORTS, None)])
    assert finding.notes == ((expected,) if expected else ())
    assert (finding.verdict is Verdict.NO_EVIDENCE) == (expected is not None)


def test_every_rule_has_a_name_of_its_own_and_none_makes_a_stance():
    assert len({rule.name for rule in RULES}) == len(RULES)
    assert all(rule.reason and rule.stance is not Stance.NEUTRAL for rule in RULES)
    assert {rule.effect for rule in RULES} == set(Effect)
