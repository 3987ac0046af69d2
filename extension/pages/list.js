// The findings of a page as a list of buttons; one of them can be open, with its card below it. Up and down arrows go from one to
// the next, Escape closes the card.

const { element, icon } = sidelight.elements;
const { say } = sidelight.words;
const { Turns } = sidelight;
const STEPS = { ArrowDown: 1, ArrowUp: -1, Home: -Infinity, End: Infinity };

function row({ verdict, text, safety }) {
  const word = say(`verdict_${verdict}`);
  const about = safety ? say("side_safety") : "";
  return element("li", {},
    element("button", { class: verdict, "aria-expanded": "false", "aria-label": [word, about, text].filter(Boolean).join(": ") },
      element("span", { class: "tone" }, icon(verdict), word, about && element("span", { class: "kind" }, about)),
      element("span", { class: "quote" }, text)),
  ); // prettier-ignore
}

export class List {
  // `on` holds open(key), which shows the sentence on the page, dismiss(key) and report(key).
  constructor(place, on) {
    Object.assign(this, { place, on, rows: new Map(), findings: new Map(), wanted: null });
    place.setAttribute("aria-label", say("panel_list"));
    place.addEventListener("click", ({ target }) => this.chosen(target.closest("li > button")?.parentElement));
    place.addEventListener("keydown", (event) => this.key(event));
  }

  // Rows that are there already stay, so that one of them keeps the focus. A long list takes several turns, unless another one is
  // to be shown meanwhile.
  async show(findings) {
    const turns = (this.turns = new Turns());
    this.findings = new Map(findings.map((finding) => [finding.key, finding]));
    for (const [key, old] of this.rows) {
      if (this.findings.has(key)) continue;
      old.remove();
      this.rows.delete(key);
      if (key === this.opened) this.opened = null;
    }
    let next = this.place.firstChild;
    for (const [key, finding] of this.findings) {
      if (!this.rows.has(key)) this.rows.set(key, row(finding));
      const each = this.rows.get(key);
      if (each === next) next = next.nextSibling;
      else this.place.insertBefore(each, next);
      if (turns.isOver) await turns.rest();
      if (this.turns !== turns) return;
    }
    if (this.rows.has(this.wanted)) this.focus(this.wanted);
  }

  chosen(clicked) {
    for (const [key, each] of this.rows) {
      if (each !== clicked) continue;
      if (key === this.opened) this.close();
      else this.open(key);
    }
  }

  open(key) {
    this.close();
    this.opened = key;
    const finding = this.findings.get(key);
    const actions = { close: () => this.close(), dismiss: () => this.on.dismiss(key), report: () => this.on.report(key) };
    const card = sidelight.card.build(finding, finding.evidence, actions);
    this.rows.get(key).append(card);
    this.rows.get(key).firstChild.setAttribute("aria-expanded", "true");
    card.focus();
    this.on.open(key);
  }

  // Puts the focus back on the button that the card came from.
  close() {
    const open = this.rows.get(this.opened);
    this.opened = null;
    if (!open) return;
    open.lastChild.remove();
    open.firstChild.setAttribute("aria-expanded", "false");
    open.firstChild.focus();
  }

  // Moves to a finding, as soon as it is listed.
  focus(key) {
    this.wanted = this.rows.has(key) ? null : key;
    this.rows.get(key)?.firstChild.focus();
  }

  key(event) {
    const buttons = [...this.place.children].map(({ firstChild }) => firstChild);
    const at = buttons.indexOf(event.target);
    if (event.key === "Escape") this.close();
    else if (event.key in STEPS && at >= 0) buttons.at(Math.min(Math.max(at + STEPS[event.key], 0), buttons.length - 1)).focus();
    else return;
    event.preventDefault();
  }
}
