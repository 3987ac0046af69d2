// How a page is sent: in parts, what the reader sees first, so that its highlights come first.

var sidelight = sidelight ?? {};

(() => {
  const { rects } = sidelight.roots;
  const FIRST_PART_CHARS = 4000;
  const PART_CHARS = 16000;
  // Of one page no more than this is sent, and the panel says what was left out.
  const MOST_CHARS = 600000;

  function isBelowTheTop({ runs }) {
    const parent = runs[0].node.parentElement;
    return parent !== null && rects(parent, [parent.getBoundingClientRect()])[0].bottom > 0;
  }

  // The blocks that there is room for, and how many characters they are.
  function fitting(blocks, room) {
    let chars = 0;
    let count = 0;
    while (count < blocks.length && chars + blocks[count].text.length <= room) chars += blocks[count++].text.length;
    return { some: blocks.slice(0, count), chars };
  }

  // Cuts blocks into parts, from the first one in view on and then round the end.
  function parts(blocks) {
    const first = Math.max(0, blocks.findIndex(isBelowTheTop));
    const cut = [];
    let room = 0;
    for (const block of [...blocks.slice(first), ...blocks.slice(0, first)]) {
      if (block.text.length > room) {
        room = cut.length ? PART_CHARS : FIRST_PART_CHARS;
        cut.push([]);
      }
      cut.at(-1).push(block);
      room -= block.text.length;
    }
    return cut;
  }

  function total(coverages) {
    const sum = {};
    for (const coverage of coverages) for (const [name, number] of Object.entries(coverage)) sum[name] = (sum[name] ?? 0) + number;
    return sum;
  }

  sidelight.batches = { MOST_CHARS, fitting, parts, total };
})();
