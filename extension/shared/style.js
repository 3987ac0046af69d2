// The look of our interface. A string, not a file: a constructable sheet works under any Content-Security-Policy of the page,
// and needs no file of ours that the page could look for.

var sidelight = sidelight ?? {};

sidelight.style = `
:host {
  all: initial !important;
  position: absolute !important;
  inset: 0 auto auto 0 !important;
}
/* :root is the page beside a page, which is all our own. */
:host, :root {
  color-scheme: light dark !important;
  --ink: light-dark(#1c2024, #eceef0);
  --dim: light-dark(#5b636b, #a3abb3);
  --paper: light-dark(#ffffff, #1b1d20);
  --raised: light-dark(#f5f6f7, #25282c);
  --line: light-dark(#dcdfe3, #3a3f45);
  --focus: light-dark(#2f5bd0, #8fb0ff);
  --supported: light-dark(#0b6b50, #6fd6b4);
  --disputed: light-dark(#855400, #f0bd66);
  --contradicted: light-dark(#b3261e, #ff9a92);
}
:host(.inline) { position: relative !important; display: block !important; }

* { box-sizing: border-box; margin: 0; }
[hidden] { display: none !important; }
.anchor { position: absolute; pointer-events: none; anchor-name: --claim; }
.panel, .card {
  font: 14px/1.5 system-ui, -apple-system, "Segoe UI", Roboto, "DejaVu Sans", sans-serif;
  color: var(--ink); background: var(--paper); border: 1px solid var(--line); border-radius: 10px; padding: 0;
  box-shadow: 0 1px 2px rgb(0 0 0 / 8%), 0 8px 28px rgb(0 0 0 / 16%);
}
h2 { font: inherit; font-weight: 650; }
p, ol, ul, blockquote { padding: 0; }
ol, ul { list-style: none; }
a { color: inherit; text-decoration: underline 1px; text-underline-offset: 2px; }
button { font: inherit; color: inherit; background: none; border: 1px solid transparent; border-radius: 6px; padding: 2px 8px; cursor: pointer; }
button:hover { background: var(--raised); }
:focus-visible { outline: 2px solid var(--focus); outline-offset: 1px; }
.card:focus { outline: none; border-color: var(--tone); }
.icon { inline-size: 1.15em; block-size: 1.15em; flex: none; fill: none; stroke: currentColor; stroke-width: 1.5; stroke-linecap: round; stroke-linejoin: round; }
.square { padding: 4px; line-height: 0; color: var(--dim); }
.card, .findings { scrollbar-width: thin; scrollbar-color: var(--line) transparent; }
.dim { color: var(--dim); }
.small { font-size: 12px; line-height: 1.45; }
.supported { --tone: var(--supported); --mark: var(--line-supported); --pattern: solid; }
.disputed { --tone: var(--disputed); --mark: var(--line-disputed); --pattern: dashed; }
.contradicted { --tone: var(--contradicted); --mark: var(--line-contradicted); --pattern: wavy; }
.supports { --tone: var(--supported); }
.contradicts { --tone: var(--contradicted); }
.neutral, .no_evidence { --tone: var(--dim); --pattern: dotted; }
.tone { display: flex; align-items: center; gap: 6px; color: var(--tone); font-weight: 600; }

.panel { position: fixed; inset: auto 16px 16px auto; inline-size: min(340px, calc(100vw - 32px)); }
:host(.inline) .panel { position: relative; inset: auto; inline-size: auto; box-shadow: none; }
.bar { display: flex; align-items: center; gap: 6px; padding: 8px 8px 0 12px; }
.bar h2 { flex: 1; display: flex; align-items: center; gap: 7px; }
.panel .said { padding: 2px 12px 10px; }
:host(.inline) .bar { position: absolute; inset: 0 0 auto auto; }
:host(.inline) .bar h2 { display: none; }
:host(.inline) .said { padding-block-start: 10px; padding-inline-end: 130px; }
.panel [aria-expanded]::after { content: " ▾" / ""; }
.panel [aria-expanded="true"]::after { content: " ▴" / ""; }
.findings { border-block-start: 1px solid var(--line); max-block-size: min(42vh, 380px); overflow-y: auto; padding: 6px; }
:host(.inline) .findings { max-block-size: none; }
.findings button { display: block; inline-size: 100%; text-align: start; padding: 6px; }
.findings [aria-current="true"] { background: var(--raised); border-color: var(--line); }
.findings li { content-visibility: auto; contain-intrinsic-size: auto 76px; }
.findings .tone { font-size: 12px; }
.findings .quote { display: -webkit-box; -webkit-line-clamp: 2; -webkit-box-orient: vertical; overflow: hidden; }
.busy .icon { animation: breathe 1.6s ease-in-out infinite; }
.problem { border-block-start: 1px solid var(--line); padding: 10px 12px 12px; display: grid; gap: 6px; }
.problem h3 { font: inherit; font-weight: 650; display: flex; gap: 6px; align-items: center; }
.problem code { font: 13px/1.5 ui-monospace, "DejaVu Sans Mono", monospace; background: var(--raised); border: 1px solid var(--line); border-radius: 6px; padding: 4px 8px; user-select: all; }
.actions { display: flex; flex-wrap: wrap; gap: 8px; margin-block-start: 4px; }
.actions button { border-color: var(--line); }
button.inline { padding: 0 4px; text-decoration: underline 1px; text-underline-offset: 2px; }
.panel .why, .panel .undo { margin-block-start: 4px; }
.said-card { padding: 10px 14px; display: flex; gap: 8px; align-items: center; }

.card {
  position: absolute; position-anchor: --claim; position-area: block-end span-inline-end; margin: 8px 0;
  position-try-fallbacks: flip-block, flip-inline, flip-block flip-inline;
  inline-size: min(440px, calc(100vw - 24px)); max-block-size: min(560px, max(200px, var(--room))); overflow-y: auto; overscroll-behavior: contain;
}
.card > header { position: sticky; inset-block-start: 0; display: flex; align-items: center; gap: 8px; padding: 10px 8px 8px 14px; background: var(--paper); }
.card > header .tone { flex: 1; font-size: 15px; }
.card .claim { padding: 0 14px 10px; }
.card .claim q { quotes: none; text-decoration: underline 2px var(--pattern) var(--mark, var(--tone)); text-underline-offset: 3px; }
.card > .notes { padding: 0 14px 10px; }
.notes li { display: flex; gap: 6px; align-items: baseline; }
.notes .icon { color: var(--disputed); translate: 0 2px; }
.evidence > li { border-block-start: 1px solid var(--line); padding: 11px 14px 12px; display: grid; gap: 7px; }
.evidence .tone .dim { font-weight: 400; }
.evidence blockquote { font: 15px/1.5 Georgia, "Iowan Old Style", "DejaVu Serif", serif; border-inline-start: 3px solid var(--tone); padding-inline-start: 11px; overflow-wrap: anywhere; }
.evidence blockquote .dim { font-size: 13px; }
.evidence .title { font-weight: 600; overflow-wrap: anywhere; }
.evidence .kind { border: 1px solid var(--line); border-radius: 5px; padding: 0 6px; background: var(--raised); }
.card details { border-block-start: 1px solid var(--line); }
.card summary { padding: 8px 14px; cursor: pointer; color: var(--dim); }
.card footer { border-block-start: 1px solid var(--line); padding: 9px 14px 11px; display: grid; gap: 4px; }
.tally { display: flex; flex-wrap: wrap; gap: 2px 12px; }

@media (prefers-reduced-motion: no-preference) {
  .card { animation: appear 120ms ease-out; }
}
@media (prefers-reduced-motion: reduce) {
  .busy .icon { animation: none; }
}
@media (forced-colors: active) {
  .panel, .card { border: 2px solid CanvasText; }
}
@media print {
  :host { display: none !important; }
}
@keyframes appear { from { opacity: 0; translate: 0 4px; } }
@keyframes breathe { 50% { opacity: .35; } }
`;
