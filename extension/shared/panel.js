// The quiet panel: coverage, why it is here, the findings as a list of buttons (the keyboard's and the screen reader's way in), problems.

var sidelight = sidelight ?? {};

(() => {
  const { element, icon } = sidelight.elements;
  const { say, count, coverage, limits, because } = sidelight.words;
  const { Turns } = sidelight;
  const patterns = new Map();

  // A status that is set anew is read out anew, even when it says the same.
  function announce(status, text) {
    if (status.textContent !== text) status.textContent = text;
  }

  // Copied, not built, for each finding: a long page has thousands.
  function item({ verdict, text }) {
    if (!patterns.has(verdict)) {
      const tone = element("span", { class: "tone" }, icon(verdict), say(`verdict_${verdict}`));
      patterns.set(verdict, element("li", {}, element("button", { class: verdict }, tone, element("span", { class: "quote" }))));
    }
    const made = patterns.get(verdict).cloneNode(true);
    made.firstChild.setAttribute("aria-label", `${say(`verdict_${verdict}`)}: ${text}`);
    made.firstChild.lastChild.textContent = text;
    return made;
  }

  class Panel {
    // `on` holds what the reader can do here: open(finding), clear(), retry(), undo(), and options() and leave() where there are any.
    constructor(surface, on) {
      Object.assign(this, { on, surface, shown: [], items: new Map() });
      this.status = element("p", { role: "status" });
      this.caution = element("p", { class: "small dim" });
      this.why = element("p", { class: "why small dim", hidden: true });
      this.undo = element("p", { class: "undo small dim", hidden: true });
      this.findings = element("ol", { class: "findings", id: "findings", onclick: (event) => this.chosen(event) });
      this.toggle = element("button", { "aria-controls": "findings", onclick: () => this.expand(this.findings.hidden) }, say("panel_list"));
      const clear = element("button", { class: "square", "aria-label": say("panel_clear"), onclick: on.clear }, icon("close"));
      this.said = element("div", { class: "said" }, this.status, this.caution, this.undo, this.why);
      this.panel = element("section", { class: "panel", "aria-label": say("panel_label") },
        element("div", { class: "bar" }, element("h2", {}, icon("light"), "Sidelight"), this.toggle, clear),
        this.said,
        this.findings,
      ); // prettier-ignore
      this.expand(false);
      this.reset();
      if (surface.inline) surface.frame.append(this.panel);
      else surface.show(this.panel);
    }

    reset() {
      this.panel.classList.remove("busy");
      this.toggle.hidden = this.shown.length === 0;
      this.problem?.remove();
    }

    busy(part, parts) {
      this.reset();
      this.panel.classList.add("busy");
      this.status.textContent = parts > 1 ? say("busy_part", part, parts) : say("busy");
    }

    done(counts, unread) {
      this.reset();
      announce(this.status, coverage(counts));
      this.caution.textContent = limits(counts, unread);
    }

    fail(problem) {
      this.reset();
      this.status.textContent = "";
      this.problem = sidelight.problem.build(problem, this.on);
      this.said.after(this.problem);
    }

    explain(why) {
      this.why.hidden = why.reason === "click";
      if (this.why.hidden) return;
      this.why.replaceChildren(because(why), " ", element("button", { class: "inline", onclick: this.on.leave }, say("why_leave")));
    }

    // `last` says that the reader has just dismissed one, which can be undone here.
    dismissed(number, last) {
      this.undo.hidden = number === 0;
      const undo = last && element("button", { class: "inline", onclick: this.on.undo }, say("undo"));
      this.undo.replaceChildren(...[count("dismissed", number), " ", undo].filter(Boolean));
    }

    // The card that the focus was in is gone, and so is its button in the list.
    offerUndo() {
      this.undo.querySelector("button")?.focus({ preventScroll: true });
    }

    list(findings) {
      this.shown = findings;
      this.toggle.hidden = findings.length === 0;
      if (!this.findings.hidden) this.fill();
    }

    // Items that are there already are not moved, so that one of them keeps the focus. A long list takes several turns, unless
    // another one is wanted meanwhile.
    async fill() {
      const turns = (this.turns = new Turns());
      const { shown } = this;
      this.drop(new Set(shown));
      let next = this.findings.firstChild;
      for (const finding of shown) {
        if (!this.items.has(finding)) this.items.set(finding, item(finding));
        const each = this.items.get(finding);
        if (each === next) next = next.nextSibling;
        else this.findings.insertBefore(each, next);
        if (turns.isOver) await turns.rest();
        if (this.turns !== turns) return;
      }
      this.current(this.marked, this.isSought);
    }

    drop(kept) {
      for (const [finding, old] of this.items) {
        if (kept.has(finding)) continue;
        old.remove();
        this.items.delete(finding);
      }
    }

    chosen({ target }) {
      const chosen = target.closest("li");
      for (const [finding, each] of this.items) if (each === chosen) this.on.open(finding);
    }

    expand(open) {
      this.findings.hidden = !open;
      this.toggle.setAttribute("aria-expanded", String(open));
      if (open) this.fill();
    }

    // Marks the current finding in the list; `focus` moves the reader there too, as soon as it is listed.
    current(finding, focus = false) {
      this.items.get(this.marked)?.firstChild.removeAttribute("aria-current");
      this.marked = finding;
      if (focus && this.findings.hidden) this.expand(true);
      const button = this.items.get(finding)?.firstChild;
      button?.setAttribute("aria-current", "true");
      this.isSought = focus && !button;
      if (!focus || !button) return;
      button.focus({ preventScroll: true });
      button.scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  }

  sidelight.Panel = Panel;
})();
