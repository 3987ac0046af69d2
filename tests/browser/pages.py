"""Pages to read, made of blocks whose text is known, so that a test can ask the service about the very same blocks."""

import re

NMDA = "Ketamine blocks the brain's NMDA receptors."
ARTICLE = [
    ("h1", "Ketamine: what is known"),
    ("p", f"Ketamine was first made in the nineteen-sixties. {NMDA.replace('NMDA', '<b>NMDA</b>')} Statins lower LDL cholesterol."),
    ("h2", "In the clinic"),
    ("p", "Ketamine infusions erase patients' memories.\n  About 44 percent of ketamine patients said nothing had changed."),
    ("li", "Ketamine abuse can permanently damage the bladder."),
    ("p", "The page ends here."),
]  # fmt: skip
NOT_READ = f"""<nav>{NMDA}</nav><aside aria-hidden="true">{NMDA}</aside><p hidden>{NMDA}</p><div style="display: none"><p>{NMDA}</p></div>
<form><p>{NMDA}</p><textarea>{NMDA}</textarea></form><p contenteditable>{NMDA}</p><pre><code>{NMDA}</code></pre><footer>{NMDA}</footer>"""
STYLE = """<style>
body { font: 18px/1.65 Georgia, "DejaVu Serif", serif; max-width: 42rem; margin: 2rem auto; color: #222; background: #fdfdfb }
@media (prefers-color-scheme: dark) { body { color: #dcdcd8; background: #15171a } }
form, nav, footer, [contenteditable] { font: 13px sans-serif; opacity: .5 }
</style>"""


def html(body: str, style: str = STYLE) -> str:
    return f"<!doctype html><html lang=en><head><meta charset=utf-8><title>A page</title>{style}</head><body>{body}</body></html>"


def markup(blocks: list[tuple[str, str]]) -> str:
    return "".join(f"<{tag}>{content}</{tag}>" for tag, content in blocks)


def texts(blocks: list[tuple[str, str]]) -> list[str]:
    """The blocks as a reader sees them: no tags, white space collapsed."""
    return [re.sub(r"\s+", " ", re.sub("<[^>]+>", "", content)) for _, content in blocks]


EMOJI = [("p", f"🧠🧑‍⚕️ Zoë’s naïve e\u0301tude, 🧪 in three 𝛂 parts. {NMDA} 👍 The rest.")]
STRICT = [("p", NMDA), ("p", "It does so within minutes.")]
FAR = '<p style="height: 3000px">Far from there.</p>'
SEAL = f"""document.querySelector("sealed-box").attachShadow({{mode: "closed"}}).innerHTML = "<p>{NMDA.replace("'", "’")}</p>" """
# The same server by another name is another site.
ELSEWHERE = """<script>
const src = location.href.replace("health.test", "127.0.0.1").replace("framed", "article");
document.body.append(Object.assign(document.createElement("iframe"), {src}));
</script>"""
DECLARED = """<script type="application/ld+json">
{"@context": "https://schema.org", "@graph": [{"@type": ["WebPage", "MedicalWebPage"]}]}
</script>"""
PAGES = {
    "/article": (html(markup(ARTICLE) + NOT_READ), {}),
    "/emoji": (html(markup(EMOJI)), {}),
    "/strict": (html(markup(STRICT), style=""), {"Content-Security-Policy": "default-src 'none'; require-trusted-types-for 'script'"}),
    "/shadow": (html(f"<div id=host><template shadowrootmode=open>{markup(STRICT)}</template></div>"), {}),
    "/link": (
        html(f'{FAR}<p><a href="#there">{NMDA}</a></p>{FAR}'),
        {},
    ),
    "/blank": (html("<img alt='a picture'>"), {}),
    "/closed": (html(f"<sealed-box></sealed-box><script>{SEAL}</script>"), {}),
    "/framed": (html('<h1>Two frames</h1><iframe src="/strict" width=600 height=300></iframe>' + ELSEWHERE), {}),
    "/login": (html(f"{markup(STRICT)}<form><input type=password></form>"), {}),
    "/pay": (html(f"{markup(STRICT)}<form hidden><input autocomplete='billing cc-number'></form>"), {}),
    "/drawer": (html(f"{markup(STRICT)}<form hidden><input type=password></form>"), {}),
    "/news": (html(f"<h1>A walk along the river</h1>{markup(STRICT)}"), {}),
    "/declared": (html(f"<h1>What we found</h1>{DECLARED}{markup(STRICT)}"), {}),
    "/long": (html("".join(f"<p>Paragraph {n} says: {'word ' * 1000}</p>" for n in range(150))), {}),
}
