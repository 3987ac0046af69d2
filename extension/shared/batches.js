// How a page is sent: in parts, what the reader sees first, so that its highlights come first.

var sidelight = sidelight ?? {};

(() => {
  const PART_CHARS = 16000;
  // Beyond this the page is cut, and the panel says so.
  const MOST_CHARS = 600000;

  function isBelowTheTop({ runs }) {
    const parent = runs[0].node.parentElement;
    return parent !== null && parent.getBoundingClientRect().bottom > 0;
  }

  // Cuts the blocks into parts in reading order, starts with the part in view, and goes on from there, round the end.
  function batches(blocks) {
    const parts = [];
    let chars = 0;
    let size = Infinity;
    let read = 0;
    for (const block of blocks) {
      chars += block.text.length;
      if (chars > MOST_CHARS) break;
      if (size + block.text.length > PART_CHARS) {
        parts.push([]);
        size = 0;
      }
      parts.at(-1).push(block);
      size += block.text.length;
      read += 1;
    }
    const seen = scrollY > 0 ? parts.findIndex((part) => isBelowTheTop(part.at(-1))) : 0;
    const first = Math.max(0, seen);
    return {
      parts: [...parts.slice(first), ...parts.slice(0, first)],
      unread: read < blocks.length ? { read, all: blocks.length } : null,
    };
  }

  function total(coverages) {
    const sum = {};
    for (const coverage of coverages) for (const [name, number] of Object.entries(coverage)) sum[name] = (sum[name] ?? 0) + number;
    return sum;
  }

  sidelight.batches = { batches, total };
})();
