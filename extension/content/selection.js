// One sentence that the reader selected, checked by itself: also where the page as a whole is not read.

var sidelight = sidelight ?? {};

(() => {
  const { Surface, Cards, Watch, problem } = sidelight;
  const { element, icon } = sidelight.elements;
  const { say } = sidelight.words;

  // The reader's selection, in the page or in the frame that has the focus.
  function selectedRange() {
    let page = document;
    while (page.activeElement?.contentDocument) page = page.activeElement.contentDocument;
    const selection = page.getSelection();
    return selection?.rangeCount ? selection.getRangeAt(0).cloneRange() : null;
  }

  class Selection {
    // `ask(text)` resolves to {answer} or {problem}; `on` has options(), report(finding, made) and ended().
    constructor(text, ask, on) {
      Object.assign(this, { text, ask, on, range: selectedRange() });
      this.surface = new Surface();
      this.cards = new Cards(this.surface, () => new DOMRect(innerWidth / 3, innerHeight / 4, 0, 0));
      this.watch = new Watch({
        click: (event) => event.target !== this.surface.host && this.stop(),
        key: (event) => event.key === "Escape" && this.stop(),
        moved: () => this.cards.place(),
      });
    }

    async start() {
      this.say(element("p", { role: "status", class: "wait" }, icon("light"), say("busy")));
      const { answer, problem: found } = await this.ask(this.text);
      if (this.isStopped) return;
      this.said.remove();
      if (found) this.say(problem.build(found, { retry: () => this.start(), options: this.on.options }));
      else this.show({ ...answer, text: answer.claim, range: this.range });
    }

    // Something to say that is no card yet, where the card will be.
    say(content) {
      this.said?.remove();
      this.said = element("div", { class: "card" }, content);
      this.cards.hang({ range: this.range });
      this.surface.show(this.said);
    }

    show(finding) {
      const { index, models } = finding;
      const actions = { close: () => this.stop(), report: () => this.on.report(finding, { index, models }) };
      this.cards.open(finding, finding.evidence, actions);
    }

    stop() {
      this.isStopped = true;
      this.watch.stop();
      this.cards.close();
      this.surface.remove();
      this.on.ended();
    }
  }

  sidelight.Selection = Selection;
})();
