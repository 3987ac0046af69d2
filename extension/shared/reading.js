// What one page says and what the service answered, kept by block text: text that was asked about is not asked about again.

var sidelight = sidelight ?? {};

(() => {
  const { extract, highlight, roots } = sidelight;
  const { MOST_CHARS, fitting, parts, total } = sidelight.batches;
  const SLICE_MS = 20;

  // To the end of the queue, so that a long page never feels stuck.
  function pause() {
    return new Promise((resume) => setTimeout(resume));
  }

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

    // Reads the page as it is now. `progress(part, parts, findings)` is called before each question with what is known so far;
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
        progress(i + 1, cut.length, this.place(blocks));
        const { answer, problem } = await this.ask(part.map(({ id, text }) => ({ id, text })));
        if (this.isStopped) return {};
        if (problem) return this.failed(problem, cut.slice(i));
        this.learn(part, answer);
      }
      const left = fresh.length - some.length;
      const unread = { read: blocks.length - left, all: blocks.length, frames: roots.foreignFrames(this.root()) };
      return this.isStopped ? {} : { findings: this.place(blocks), coverage: total(this.coverages), unread, cost: this.cost };
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
      let began = performance.now();
      const spent = () => performance.now() - began;
      for (const block of extract.blocks(this.root(), this.entered)) {
        found.push(block);
        if (spent() < SLICE_MS) continue;
        this.cost += spent();
        await pause();
        if (this.isStopped) break;
        began = performance.now();
      }
      this.cost += spent();
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
    place(blocks) {
      const met = new Map();
      const findings = blocks.flatMap((block) => {
        const { text } = block;
        const known = this.answers.get(text);
        if (!known?.length) return [];
        met.set(text, (met.get(text) ?? 0) + 1);
        const fits = ({ start, end, text: quote, verdict }) => text.slice(start, end) === quote && highlight.VERDICTS.includes(verdict);
        return known.filter(fits).map((annotation) => {
          const place = JSON.stringify([text, met.get(text), annotation.start]);
          const finding = this.findings.get(place) ?? { ...annotation, block: text };
          this.findings.set(place, finding);
          finding.range = extract.range(block, annotation.start, annotation.end, finding.range);
          return finding;
        });
      });
      return findings;
    }

    stop() {
      this.isStopped = true;
    }
  }

  sidelight.Reading = Reading;
})();
