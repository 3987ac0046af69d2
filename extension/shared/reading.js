// What one page says and what the service answered, kept by block text: text that was asked about is not asked about again.

var sidelight = sidelight ?? {};

(() => {
  const { extract, highlight } = sidelight;
  const { batches, total } = sidelight.batches;
  const SLICE_MS = 20;

  class Reading {
    // `ask(blocks)` resolves to {answer} or {problem}; an aborted `signal` ends a reading between two questions.
    constructor(root, ask, signal) {
      Object.assign(this, { root, ask, signal });
      this.answers = new Map();
      this.findings = new Map();
      this.coverages = [];
    }

    // Reads the page as it is now. `progress(part, parts, findings)` is called before each question with what is known so far;
    // resolves to {findings, coverage, unread} or {problem}, or to {} when it was aborted.
    async read(progress) {
      const blocks = await this.blocks();
      if (blocks.length === 0) return { problem: { kind: "no_text" } };
      const { parts, unread } = batches(this.fresh(blocks));
      for (const [i, part] of parts.entries()) {
        if (this.signal.aborted) break;
        progress(i + 1, parts.length, this.place(blocks));
        const { answer, problem } = await this.ask(part.map(({ id, text }) => ({ id, text })));
        if (problem) return { problem };
        this.learn(part, answer);
      }
      return this.signal.aborted ? {} : { findings: this.place(blocks), coverage: total(this.coverages), unread };
    }

    // In slices, so that a long page never feels stuck.
    async blocks() {
      const found = [];
      let began = performance.now();
      for (const block of extract.blocks(this.root)) {
        found.push(block);
        if (performance.now() - began < SLICE_MS) continue;
        await new Promise((resume) => setTimeout(resume));
        began = performance.now();
      }
      return found;
    }

    fresh(blocks) {
      const seen = new Set(this.answers.keys());
      return blocks.filter(({ text }) => !seen.has(text) && seen.add(text));
    }

    learn(part, { annotations, coverage }) {
      for (const { id, text } of part) this.answers.set(text, annotations.filter(({ block }) => block === id));
      this.coverages.push(coverage);
    }

    // Findings in page order, each with its range as the page is now. What does not say what stands there is dropped; what
    // cannot be found in the page any more has no range: it stays in the list, unpainted. A finding keeps its identity.
    place(blocks) {
      const met = new Map();
      const findings = blocks.flatMap((block) => {
        const { text } = block;
        met.set(text, (met.get(text) ?? 0) + 1);
        const fitting = (this.answers.get(text) ?? []).filter(
          ({ start, end, text: quote, verdict }) => text.slice(start, end) === quote && highlight.VERDICTS.includes(verdict),
        );
        return fitting.map((annotation) => {
          const key = JSON.stringify([text, met.get(text), annotation.start]);
          const finding = this.findings.get(key) ?? { ...annotation, block: text };
          this.findings.set(key, finding);
          finding.range = extract.range(block, annotation.start, annotation.end, finding.range);
          return finding;
        });
      });
      return findings;
    }
  }

  sidelight.Reading = Reading;
})();
