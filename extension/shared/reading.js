// What one page says and what the service answered, kept by block text: text that was asked about is not asked about again.

var sidelight = sidelight ?? {};

(() => {
  const { extract, highlight, roots, Turns } = sidelight;
  const { MOST_CHARS, fitting, parts, total } = sidelight.batches;

  class Reading {
    // `root()` is what to read now; `ask(blocks)` resolves to {answer} or {problem}; `entered(tree)` is told of each shadow root and
    // frame that is read too.
    constructor({ root, ask, entered }) {
      Object.assign(this, { root, ask, entered, isStopped: false });
      this.begin();
    }

    begin() {
      Object.assign(this, { answers: new Map(), findings: new Map(), coverages: [], room: MOST_CHARS });
    }

    // Reads the page as it is now. `progress(part, parts, findings)` is called with each question with what is known so far;
    // resolves to {findings, coverage, unread, cost} or {problem}, or to {} when it was stopped. `cost` is what it took of the
    // page's own time, in ms.
    async read(progress) {
      this.cost = 0;
      const blocks = await this.blocks();
      if (blocks.length === 0) return { problem: { kind: "no_text" } };
      this.leave(blocks);
      const fresh = this.fresh(blocks);
      const { some, chars } = fitting(fresh, this.room);
      this.room -= chars;
      const cut = parts(some);
      for (const [i, part] of cut.entries()) {
        if (this.isStopped) return {};
        // While the service is busy with this part, the page gets what is known of the others.
        const asked = this.ask(part.map(({ id, text }) => ({ id, text })));
        const known = await this.place(blocks);
        if (!this.isStopped) progress(i + 1, cut.length, known);
        const { answer, problem } = await asked;
        if (this.isStopped) return {};
        if (problem) return this.failed(problem, cut.slice(i));
        this.learn(part, answer);
      }
      const left = fresh.length - some.length;
      const unread = { read: blocks.length - left, all: blocks.length, frames: roots.foreignFrames(this.root()) };
      const findings = await this.place(blocks);
      return this.isStopped ? {} : { findings, coverage: total(this.coverages), unread, cost: this.cost };
    }

    // A page of which most is gone has become another one, whatever its address says: what was read of it counts no more.
    leave(blocks) {
      const here = new Set(blocks.map(({ text }) => text));
      const left = [...this.answers.keys()].filter((text) => here.has(text));
      if (left.length < this.answers.size / 2) this.begin();
    }

    // What was not answered takes up no room: it is asked about again.
    failed(problem, unanswered) {
      for (const { text } of unanswered.flat()) this.room += text.length;
      return { problem };
    }

    async blocks() {
      const found = [];
      const turns = new Turns();
      for (const block of extract.blocks(this.root(), this.entered)) {
        if (block) found.push(block);
        if (turns.isOver) await turns.rest();
        if (this.isStopped) break;
      }
      this.cost += turns.cost;
      return found;
    }

    fresh(blocks) {
      const seen = new Set(this.answers.keys());
      return blocks.filter(({ text }) => !seen.has(text) && seen.add(text));
    }

    learn(part, { annotations, coverage, index, models }) {
      for (const { id, text } of part) this.answers.set(text, annotations.filter(({ block }) => block === id));
      this.coverages.push(coverage);
      this.made = { index, models };
    }

    // Findings in page order, each with its range as the page is now. What does not say what stands there is dropped; what
    // cannot be found in the page any more has no range: it stays in the list, unpainted. A finding keeps its identity.
    async place(blocks) {
      const met = new Map();
      const findings = [];
      const turns = new Turns();
      for (const block of blocks) {
        const known = this.answers.get(block.text);
        if (!known?.length) continue;
        met.set(block.text, (met.get(block.text) ?? 0) + 1);
        findings.push(...this.placed(block, known, met.get(block.text)));
        if (turns.isOver) await turns.rest();
        if (this.isStopped) break;
      }
      this.cost += turns.cost;
      return findings;
    }

    // The findings of one block, the `nth` with its text.
    placed(block, annotations, nth) {
      const { text } = block;
      const fits = ({ start, end, text: quote, verdict }) => text.slice(start, end) === quote && highlight.VERDICTS.includes(verdict);
      return annotations.filter(fits).map((annotation) => {
        const place = JSON.stringify([text, nth, annotation.start]);
        const finding = this.findings.get(place) ?? { ...annotation, block: text };
        this.findings.set(place, finding);
        finding.range = extract.range(block, annotation.start, annotation.end, finding.range);
        return finding;
      });
    }

    stop() {
      this.isStopped = true;
    }
  }

  sidelight.Reading = Reading;
})();
