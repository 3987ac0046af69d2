"""Expressions for a page that tell what it costs to be read."""

HELD = """(() => { const { port1, port2 } = new MessageChannel();
  window.longest = 0;
  let last = performance.now();
  port1.onmessage = () => { const now = performance.now();
    longest = Math.max(longest, now - last);
    last = now;
    port2.postMessage(0) };
  port2.postMessage(0) })()"""
"""From here on `longest` is how many ms the page was kept from anything else in one piece."""

MUTATIONS = """(() => { window.mutations = 0;
  const isOurs = ({ localName }) => localName === "sidelight-ui";
  new MutationObserver((records) => mutations += records.filter(({ addedNodes, removedNodes }) =>
    ![...addedNodes, ...removedNodes].some(isOurs)).length)
    .observe(document, { subtree: true, childList: true, attributes: true, characterData: true }) })()"""
"""From here on `mutations` counts changes of the page's DOM; the coming and going of our host element is none."""
