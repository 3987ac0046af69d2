"""What the commands of `api.cli` do. Each returns `(json document, lines for a person)`, or None when it printed as it went."""

import sys
from argparse import Namespace
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from api import audit as auditing
from api import bearer, evaluate, serving
from api import doctor as diagnosis
from api import replay as again
from api.app import home, load_engine, models, open_index
from api.check import Engine, check_claim, check_page
from api.cli import RECORD_OPTIONS
from api.pages import read_page
from api.receipt import About, read_receipt
from api.routes.checks import told
from api.routes.reads import source_detail
from api.schemas import CheckResponse, Found, Hit, found
from api.settings import Settings
from api.types import Finding, Stance, Verdict
from index import progress as showing
from index.__main__ import rebuild as rebuild_index
from index.adding import Added
from index.adding import add as add_documents
from index.diff import diff as compare_generations
from index.folder import shown
from index.search import search as search_index
from index.types import Query

Result = tuple[Any, Sequence[str]]
MARKS = {Verdict.CONTRADICTED: "✗", Verdict.DISPUTED: "≠", Verdict.SUPPORTED: "✓", Verdict.NO_EVIDENCE: "·"}
WORDS = {
    Verdict.CONTRADICTED: "contradicted",
    Verdict.DISPUTED: "disputed",
    Verdict.SUPPORTED: "supported",
    Verdict.NO_EVIDENCE: "no evidence here",
}


def say(message: str) -> None:
    """Progress and messages go to stderr, so that stdout holds the answer alone."""
    print(message, file=sys.stderr, flush=True)


def serve(settings: Settings, args: Namespace) -> None:
    """Serve the API and the page."""
    serving.serve(settings, lambda: rebuild(settings, args), say)


def rebuild(settings: Settings, args: Namespace) -> Result:
    """Build the index anew and publish it."""
    strict = getattr(args, "strict", False)  # `serve` builds a missing index from whatever can be read
    with showing.shown(sys.stderr) as progress:
        report = rebuild_index(settings.seeds, home(settings), settings.model, progress=progress, say=say, strict=strict)
    return report.to_json(), report.lines()


def add(settings: Settings, args: Namespace) -> Result:
    """Copy documents into the seeds folder, each with its record."""
    given = {name: value for name in RECORD_OPTIONS if (value := getattr(args, name)) is not None}
    alone = [name for name in ("id", "title", "url", "doi") if name in given]
    if len(args.paths) > 1 and alone:
        raise ValueError(f"--{alone[0]} is of one document: add the others by themselves")
    done = add_documents(settings.seeds, args.paths, given)
    lines = [line for one in done for line in added_lines(one)]
    return [asdict(one) for one in done], [*lines, "run `sidelight rebuild` to index what is new"]


def added_lines(one: Added) -> list[str]:
    """What became of a document, and what its record could still say."""
    head = f"{shown(one.file)}: {'added as' if one.new else 'is there already, byte for byte, as'} {one.id}"
    return [head, *(f"  its record has no {option}" for option in one.missing)]


def check(settings: Settings, args: Namespace) -> Result:
    """Check a claim, or the claims of a file."""
    if (args.claim is None) == (args.file is None):
        raise ValueError('give one of a claim and a file: sidelight check "TEXT", or sidelight check --file PAGE.html')
    if args.file is not None:
        return check_file(settings, args.file)
    claim = args.claim.strip()
    if not claim:
        raise ValueError('the claim is empty: sidelight check "Ketamine blocks NMDA receptors."')
    engine = load_engine(settings)
    finding = check_claim(engine, claim)
    answer = CheckResponse.model_validate({"claim": claim, **found(finding), **told(engine)})
    return answer.model_dump(mode="json"), finding_lines(finding)


def check_file(settings: Settings, path: Path) -> Result:
    """Check the claims of a page file."""
    blocks = read_page(path)
    engine = load_engine(settings)
    result = check_page(engine, blocks)
    findings = [f for block in result.findings.values() for f in block]
    coverage = asdict(result.coverage)
    answers = [{"text": f.sentence.span.text, **Found.model_validate(found(f)).model_dump(mode="json")} for f in findings]
    lines = [line for f in findings if f.verdict is not Verdict.NO_EVIDENCE for line in [*finding_lines(f), ""]]
    summary = (
        f"{coverage['claims']} claims, {coverage['with_evidence']} with evidence here, {coverage['outside_corpus']} outside this corpus"
    )
    # The blocks make the answer a receipt: a claim is judged in its place, so `sidelight replay` needs the page.
    page = [{"id": block, "text": text} for block, text in blocks.items()]
    return {"findings": answers, "coverage": coverage, **about(engine), "blocks": page}, [*lines, f"{summary}; unmarked does not mean true"]


def finding_lines(finding: Finding) -> list[str]:
    """A finding as a person reads it."""
    head = f"{MARKS[finding.verdict]} {WORDS[finding.verdict]}"
    confidence = f" ({finding.confidence:.0%})" if finding.verdict is not Verdict.NO_EVIDENCE else ""
    lines = [f"{head}{confidence}: {finding.sentence.span.text}"]
    for judgement in finding.judgements:
        if judgement.stance is Stance.NEUTRAL:
            continue
        source = judgement.evidence.source
        lines.append(f"  {judgement.stance.value} ({judgement.probability:.0%}): “{judgement.evidence.claim.text}”")
        lines.append(f"    {source.title}, {source.publisher} [{source.kind}]")
        lines += [f"    also: {place.source.title}, {place.source.publisher} [{place.source.kind}]" for place in judgement.evidence.also]
        lines += [f"    note: {note}" for note in judgement.notes]
    return lines + [f"  note: {note}" for note in finding.notes]


def replay(settings: Settings, args: Namespace) -> Result:
    """Derive the answers of a receipt anew and say what changed."""
    receipt = read_receipt(args.receipt)
    engine = load_engine(settings)
    result = again.replay(receipt, engine, About.model_validate(about(engine)), settings.max_claims)
    return again.to_json(result), again.lines(result)


def audit(settings: Settings, args: Namespace) -> Result:
    """The pairs of indexed claims that contradict each other."""
    engine = load_engine(settings)
    result = auditing.audit(engine, say)
    return auditing.to_json(result) | about(engine), auditing.lines(result)


def about(engine: Engine) -> dict[str, Any]:
    """What every answer says of the index and models, as JSON."""
    return {name: part.model_dump(mode="json") for name, part in told(engine).items()}


def search(settings: Settings, args: Namespace) -> Result:
    """The indexed claims nearest to a text."""
    store = open_index(settings)
    hits = search_index(store, models(settings)[0], [Query(args.text)], args.k, args.kind)[0]
    document = {"query": args.text, "hits": [Hit.found(e).model_dump(mode="json") for e in hits]}
    lines = [f"{e.score:.2f}  {e.similarity:.2f}  [{e.source.id}] {e.claim.text}" for e in hits]
    return document, lines or ["nothing found: `sidelight sources` lists what the index holds, and of which kind each source is"]


def diff(settings: Settings, args: Namespace) -> Result:
    """What the last rebuild changed."""
    result = compare_generations(home(settings))
    return result.to_json(), result.lines()


def sources(settings: Settings, args: Namespace) -> Result:
    """The sources of the index."""
    store = open_index(settings)
    details = [source_detail(store, source_id) for source_id in store.sources]
    lines = [f"{d.id}: {d.title}\n  {d.kind}, {d.publisher}, {d.claims} claims\n  why this kind: {d.kind_reason}" for d in details]
    lines += [f"{s.id} is retracted ({s.retracted}): it is shown, but counts for nothing" for s in store.sources.values() if s.retracted]
    return [d.model_dump(mode="json") for d in details], lines


def prepare(settings: Settings, args: Namespace) -> Result:
    """Make a database ready to hold the index."""
    if settings.store is None:
        raise ValueError("name the database: sidelight prepare --store postgresql://ADMIN@HOST/NAME")
    done = home(settings).prepare()
    return {"prepared": done}, done


def token(settings: Settings, args: Namespace) -> Result:
    """Make, look for or remove the token that the service asks for."""
    return bearer.command(args.action, settings.token_file)


def doctor(settings: Settings, args: Namespace) -> Result:
    """Everything Sidelight needs, and what to mend."""
    findings = diagnosis.examine(settings)
    return [asdict(f) for f in findings], [f"{'ok  ' if f.ok else 'MEND'} {f.what}: {f.detail}" for f in findings]


def evaluate_files(settings: Settings, args: Namespace) -> Result:
    """Figures on the user's own files."""
    if args.pairs:
        figures = evaluate.pairs(settings, args.pairs)
    elif args.claims:
        figures = evaluate.claims(settings, args.claims)
    else:
        figures = evaluate.retrieval(settings, args.beir)
    return figures, [f"{name}: {value}" for name, value in figures.items()]


COMMANDS = {
    "serve": serve,
    "rebuild": rebuild,
    "add": add,
    "check": check,
    "replay": replay,
    "audit": audit,
    "diff": diff,
    "search": search,
    "sources": sources,
    "prepare": prepare,
    "token": token,
    "doctor": doctor,
    "eval": evaluate_files,
}
