// The quiet panel: coverage, the findings as a list of buttons (the keyboard's and the screen reader's way in), and problems.

var sidelight = sidelight ?? {};

(() => {
  const { element, icon } = sidelight.elements;
  const { say, coverage } = sidelight.words;

  // A status that is set anew is read out anew, even when it says the same.
  function announce(status, text) {
    if (status.textContent !== text) status.textContent = text;
  }

  class Panel {
    // `on` holds what the reader can do here: open(finding), clear(), retry(), and options() where there are any.
    constructor(surface, on) {
      this.on = on;
      this.surface = surface;
      this.buttons = new Map();
      this.status = element("p", { role: "status" });
      this.caution = element("p", { class: "small dim" });
      this.findings = element("ol", { class: "findings", id: "findings" });
      this.problem = element("div", { class: "problem", role: "alert" });
      this.toggle = element("button", { "aria-controls": "findings", onclick: () => this.expand(this.findings.hidden) }, say("panel_list"));
      const clear = element("button", { class: "square", "aria-label": say("panel_clear"), onclick: on.clear }, icon("close"));
      this.panel = element("section", { class: "panel", "aria-label": say("panel_label") },
        element("div", { class: "bar" }, element("h2", {}, icon("light"), "Sidelight"), this.toggle, clear),
        element("div", { class: "said" }, this.status, this.caution),
        this.problem,
        this.findings,
      ); // prettier-ignore
      this.expand(false);
      this.reset();
      if (surface.inline) surface.frame.append(this.panel);
      else surface.show(this.panel);
    }

    reset() {
      this.panel.classList.remove("busy");
      this.toggle.hidden = this.buttons.size === 0;
      this.problem.hidden = true;
      this.problem.replaceChildren();
    }

    busy(part, parts) {
      this.reset();
      this.panel.classList.add("busy");
      this.status.textContent = parts > 1 ? say("busy_part", part, parts) : say("busy");
    }

    done(counts, unread) {
      this.reset();
      announce(this.status, coverage(counts));
      const left = counts.not_checked ? say("coverage_not_checked", counts.not_checked) : "";
      const cut = unread ? say("coverage_unread", unread.read, unread.all) : "";
      this.caution.textContent = [say("coverage_caution"), left, cut].filter(Boolean).join(" ");
    }

    // `kind` names the texts; `command` is what to type where that helps, `detail` what the service itself said.
    fail({ kind, address, detail, command }) {
      this.reset();
      this.status.textContent = "";
      const options = this.on.options && kind !== "no_text" && element("button", { onclick: this.on.options }, say("open_options"));
      const parts = [
        element("h3", {}, icon("warning"), say(`problem_${kind}`)),
        element("p", {}, say(`problem_${kind}_advice`, address ?? "")),
        command && element("code", {}, command),
        detail && element("p", { class: "small dim" }, detail),
        element("div", { class: "actions" }, element("button", { onclick: this.on.retry }, say("retry")), options || null),
      ];
      this.problem.replaceChildren(...parts.filter(Boolean));
      this.problem.hidden = false;
    }

    list(findings) {
      const buttons = new Map(findings.map((finding) => [finding, this.buttons.get(finding) ?? this.button(finding)]));
      for (const [finding, button] of this.buttons) if (!buttons.has(finding)) button.parentElement.remove();
      // Items that are there already are not moved, so that one of them keeps the focus.
      for (const [i, button] of [...buttons.values()].entries()) {
        const item = button.parentElement ?? element("li", {}, button);
        if (this.findings.children[i] !== item) this.findings.insertBefore(item, this.findings.children[i] ?? null);
      }
      this.buttons = buttons;
      this.toggle.hidden = findings.length === 0;
    }

    button(finding) {
      const { verdict, text } = finding;
      const word = say(`verdict_${verdict}`);
      return element("button", { class: verdict, "aria-label": `${word}: ${text}`, onclick: () => this.on.open(finding) },
        element("span", { class: "tone" }, icon(verdict), word),
        element("span", { class: "quote" }, text),
      ); // prettier-ignore
    }

    expand(open) {
      this.findings.hidden = !open;
      this.toggle.setAttribute("aria-expanded", String(open));
    }

    // Marks the current finding in the list; `focus` moves the reader there too.
    current(finding, focus = false) {
      for (const [each, button] of this.buttons) button.setAttribute("aria-current", String(each === finding));
      if (!focus || !this.buttons.has(finding)) return;
      this.expand(true);
      this.buttons.get(finding).focus({ preventScroll: true });
      this.buttons.get(finding).scrollIntoView({ block: "nearest", behavior: "instant" });
    }
  }

  sidelight.Panel = Panel;
})();
