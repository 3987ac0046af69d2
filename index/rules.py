"""The patterns behind `index.claims`: what gives away a sentence that no evidence could speak to.

Each is written from how such sentences are made, not from a list of examples; each is searched in the text in lower case with straight
apostrophes. They lean towards keeping: a sentence wrongly kept finds no evidence, one wrongly left out is never checked.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from index.english import has_finite_verb, words


def found(*patterns: str) -> Callable[[str], bool]:
    """A rule that holds where one of the patterns, all in lower case, is found."""
    pattern = re.compile("|".join(f"(?:{one})" for one in patterns))
    return lambda text: pattern.search(_plain(text)) is not None


@lru_cache(maxsize=1)
def _plain(text: str) -> str:
    return text.lower().replace("’", "'")


legal_notice = found(
    r"\ball rights reserved\b",
    r"^\W*(?:copyright|©)\W*(?:\(c\)|©)?\s*\d{4}",
    r"^.{0,60}©\s*\d{4}",
    r"\b(?:terms (?:of (?:use|service)|and conditions)|privacy (?:policy|notice)|cookie(?: policy| settings)|registered trademarks? of)\b",
    r"\b(?:informational|educational|information) purposes only\b",
    r"\bnot (?:(?:intended|meant|be used) (?:to|as|for)|a substitute for)\b.*\b(?:medical|professional|advice|consult)",
    r"\b(?:we|this (?:web)?site|our partners) (?:may )?(?:collect|share|uses?)\b.*\b(?:cookies|your (?:personal )?(?:data|information))",
    r"\bby (?:clicking|continuing|using this)\b.*\b(?:agree|consent)|\bdoes not (?:provide|constitute) medical advice\b",
    r"\b(?:we|authors?|publishers?|(?:web)?site) (?:assumes?|accepts?) no (?:responsib|liab)",
    r"声明|版权|侵权|授权|转载|引用内容|投稿|隐私|免责",
)

_menu = found(
    r"^(?:home|menu|search|(?:about|contact)(?: us)?|previous|next|back(?: to top)?|more|log ?in|sign (?:in|up)|subscribe|share|print)\W*$",
    r"^(?:leave a (?:reply|comment)|related (?:articles|posts|topics)|skip to|table of contents)\b",
    r"^(?:read (?:more|next)|see (?:more|also|all|additional|full)|view all|show more)\b",
    r"^(?:(?:medically )?reviewed|posted|published|updated|written|last (?:updated|reviewed))(?: on| by)?:? [\w .,]{3,40}$",
)
SEPARATED = 2
"""Free-standing bars or arrows that make a line a menu; one also stands between a title and its site."""


def navigation(text: str) -> bool:
    """A menu, a breadcrumb, a link to another page, a byline."""
    return _menu(text) or len(re.findall(r"\s[|›»]\s", text)) >= SEPARATED


contact = found(
    r"(?<=[\w.+-])@[\w-]+\.\w",
    r"\b(?:tel|phone|fax|call|text|hotline)\b\D{0,20}\+?\(?\d[\d() .-]{6,}\d",
    r"\(\d{3}\)\s?\d{3}-\d{4}|\b1?-?\d{3}-\d{3}-\d{4}\b",
    r"\b(?:mon|tues|wednes|thurs|fri|satur|sun)days?\b.*\b\d{1,2}(?::\d\d)?\s?(?:am|pm|a\.m|p\.m)",
    r"\b\d+ \w+ (?:street|st\.|avenue|ave\.|road|boulevard|blvd|suite)(?:\W|$)",
)

_ORDERS = (
    r"(?:apply|ask|book|browse|buy|call|check|choose|click|come|consult|contact|discover|donate|download|enter|explore|find|follow|get|give|join"
    r"|keep|learn|let|log in|make|order|reach|read|register|request|schedule|see|seek|select|share|shop|sign|speak|start|stop|subscribe"
    r"|take|talk|tell|try|use|view|visit|watch|work)"
)
call_to_action = found(
    # An order opens with the bare verb and turns to the reader or the seller; "Contact with … spreads …" does not.
    rf"^(?:just |simply )?{_ORDERS}\b(?!-| of\b).*\b(?:account|here|now|online|our|today|us|you|your|yourself)\b",
    rf"^(?:please|always|never|don't|do not|be sure to|remember to|feel free to) {_ORDERS}\b",
    r"^(?:discover|enjoy|experience|explore|find|work through) (?:an?|challenging|help|our|relief|the|your)\b",
    r"\bplease (?:ask|call|click|consult|contact|email|note|reach|see|speak|visit)\b",
    r"\bwe (?:would |'d )?(?:ask|urge|invite|encourage) you\b|\b(?:now|today) can put you\b",
    r"\b(?:book|schedule|request) (?:an?|your) (?:\w+ )?(?:appointment|call|consultation|demo|visit)\b",
)

_QUOTE = r"[\"“”'‘]"
_SAYS = r"(?:said|says|explain(?:s|ed)|told|not(?:es|ed)|add(?:s|ed)|recall(?:s|ed)|report(?:s|ed)|according to)"
reported = found(rf"{_QUOTE}[,.]?\s*(?:\w+\s){{0,4}}{_SAYS}\b", rf"\b{_SAYS}[\w .]*[,:]\s*{_QUOTE}")
"""A quotation with its speaker, "…," said Collins."""

_DOES = (
    r"(?:also|always|am|believed?|can|can't|could|couldn't|did|didn't|do|don't|felt|feel|found|get|got|had|have|hope|just|knew|know|love|need"
    r"|never|noticed|now|only|personally|really|recommend|started|still|stopped|suffer|think|thought|took|take|tried|used?|want|was|went|would)"
)
_first_person = found(
    # "I" does something; "phase I in", "HLA-I and" and "I/R" do not, and "group I was" does not either.
    rf"(?<![\w/-])(?<!group )(?<!complex )(?<!phase )(?<!type )(?<!class )i(?:'(?:m|ve|d|ll)\b| {_DOES}\b)",
    r"\b(?:my|myself)\b|\b(?:changed|cured|gave|helped|made|saved) me\b",
)
_praise = found(
    r"^\W*(?:this (?:place|clinic|cent(?:er|re)|product)|(?:the|their) (?:staff|team|doctors?|nurses?)|everyone(?: here)?)\b.*"
    r"\b(?:amazing|best|caring|friendly|great|kind|life|professional|recommend|welcoming|wonderful)\b",
    r"^\W*(?:thank you|thanks|highly recommend)\b",
)


def testimonial(text: str) -> bool:
    """A person's own experience or praise. With a named speaker it is a report instead, and stays."""
    return not reported(text) and (_praise(text) or _first_person(text))


_BUSINESS = (
    r"(?:cent(?:er|re)|clinics?|company|counselors|experts|facilit(?:y|ies)|goals?|mission|office|practice|products?|programs?|programmes?"
    r"|services?|staff|store|team|website)"
)
_DEVOTED = r"(?:committed|dedicated|excited|happy|here to|proud)"
_SERVICE = (
    r"(?:appointments?|care|clients|consultations?|options|packages|patients|programs?|programmes?|services?|therap(?:y|ies)|treatments?"
    r"|you|your)"
)
_ON_OFFER = r"(?:assessment|coffee|consultation|delivery|estimate|parking|quote|service|shipping|trial|wi-?fi)"
advert = found(
    r"\bpaid (?:advertis|partner)|\badvertising (?:disclosure|revenue)|\breceives? compensation",
    r"\baffiliate (?:links?|commission)|\bsponsored (?:by|content)",
    rf"\b(?:affordable|complimentary|discounted|free) {_ON_OFFER}\b",
    r"\b(?:accept|we|our|your)\b.*\binsurance (?:carriers?|plans?)\b|\b(?:gift cards?|money[- ]back guarantee|financing options)\b",
    rf"\bour (?:\w+ ){{0,2}}{_BUSINESS}\b|\bwe(?:'re| are) {_DEVOTED}\b|^we understand\b",
    rf"\bwe (?:\w+ly |also |can )?(?:deliver|offer|provide|serve|speciali[sz]e|strive|welcome)\b.{{0,60}}\b{_SERVICE}\b",
    r"\bwe (?:customi[sz]e|only reference|pair|personali[sz]e|tailor)\b",
    r"\b(?:amenities|decor|lobby|parking|reception|waiting room)\b.*\b(?:comfortable|convenient|co[sz]y|friendly|relaxing|spacious)\b",
    rf"\b(?:award[- ]winning|state[- ]of[- ]the[- ]art|top[- ]rated|world[- ]class) (?:\w+ ){{0,2}}{_BUSINESS}",
    r"\baims? to (?:bring|offer|provide)\b.*\binformation\b|\bmost credible sources\b",
)

_TALKS = r"(?:consider|cover|discuss|distinguish|dive|examine|explain|explore|look|review|see|start)"
meta = found(
    r"\bthis (?:blog post|blog|article|post|guide|page|video|podcast|newsletter|chapter)\b(?!.{0,30}\b(?:found|showed)\b)",
    rf"\b(?:let's|let us|we'll|we will|we are going to) (?:\w+ )?{_TALKS}\b",
    r"\b(?:findings|implications|limitations|recommendations|results)(?: \w+){0,4} (?:are|is|were|will be) discussed\b",
    r"\bwe (?:also )?(?:review the literature|aim(?:ed)? to|sought to|set out to)\b",
    r"\bthe (?:aim|goal|objective|purpose) of (?:this|the present|the current) (?:\w+ )?(?:is|was)\b",
    r"\byou (?:could|may|might|are probably|'re probably) (?:ask yourself|be asking|be surprised|be wondering|wonder|wondering)\b",
    r"\bthere's more to\b|^here(?:'s| is| are) |\b(?:keep reading|read on|as (?:mentioned|discussed|described) (?:above|below|earlier))\b",
    r"\bthan you (?:may|might|would) (?:expect|think)\b|:\Z",
)

_STOPPED = re.compile(r"[.!。!][\"'”’)\]]*$")
FEWEST_WORDS = 3
"""Below it there is no subject, verb and object; "Ketamine tastes bitter." has three."""


def fragment(text: str) -> bool:
    """Too short, cut off, or neither stopped nor a sentence."""
    if len(words(text)) < FEWEST_WORDS or text.endswith(("...", "…")):
        return True
    return not _STOPPED.search(text) and not has_finite_verb(text)
