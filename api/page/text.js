// Pasted text and local files as elements of our own making: nothing of a file's markup but its structure comes in.

const KEPT = new Set(
  ("article aside b blockquote br caption dd details div dl dt em figcaption figure h1 h2 h3 h4 h5 h6 i li main ol p pre section " +
    "strong sub summary sup table tbody td th thead tr u ul").split(" "),
);
const DROPPED = new Set("button code dialog footer form head iframe math nav noscript object script select style svg template textarea".split(" "));
const WRAPPED_LINE = 45;

// Lines are joined when they look like one paragraph broken to fit a width: long, and not at the end of a sentence.
export function fromText(text) {
  const paragraphs = [];
  let line = "";
  const finish = () => {
    if (line) paragraphs.push(line);
    line = "";
  };
  for (const next of text.split(/\r?\n/).map((each) => each.trim())) {
    if (!next || line.length < WRAPPED_LINE || /[.!?:;]["'”’)]?$/.test(line) || /^([-*•]|\d+[.)])\s/.test(next)) finish();
    line = line ? `${line} ${next}` : next;
  }
  finish();
  return copyOf(paragraphs.map((paragraph) => Object.assign(document.createElement("p"), { textContent: paragraph })));
}

export function fromHtml(html) {
  return copyOf(new DOMParser().parseFromString(html, "text/html").body.childNodes);
}

// Elements without attributes, text as text; what is not known is replaced by its content.
function copyOf(nodes) {
  const copy = document.createDocumentFragment();
  for (const node of nodes) {
    if (node.nodeType === Node.TEXT_NODE) copy.append(node.data);
    if (node.nodeType !== Node.ELEMENT_NODE || DROPPED.has(node.localName) || node.hidden) continue;
    const inside = copyOf(node.childNodes);
    if (KEPT.has(node.localName)) {
      const element = document.createElement(node.localName);
      element.append(inside);
      copy.append(element);
    } else {
      copy.append(inside);
    }
  }
  return copy;
}
