// Settings, section "what is shown": highlights, verdicts, colours, confidence, kinds of source. Each is kept as it is changed.
// What a field says is read in its event: while a change waits for its turn, an earlier one brings the fields up to date.

import { change, VERDICTS } from "../settings.js";

const { element, icon } = sidelight.elements;
const { say, kind } = sidelight.words;
const KINDS = [
  "guideline", "journal_article", "peer_reviewed_abstract", "fact_check", "content_site", "treatment_provider", "referral_or_advertising", "other",
]; // prettier-ignore
const confidence = document.querySelector("#confidence");
const percent = document.querySelector("[for=confidence]:is(output)");

function toggled(list, item, on) {
  return on ? [...new Set([...list, item])] : list.filter((each) => each !== item);
}

// Adds a box to tick; returns what brings it up to date with the settings.
function box(place, label, isOn, changes) {
  const keep = ({ target: { checked } }) => change((settings) => changes(settings, checked));
  const input = element("input", { type: "checkbox", onchange: keep });
  document.querySelector(place).append(element("label", { class: "check" }, input, label));
  return (settings) => (input.checked = isOn(settings));
}

function verdictBox(verdict) {
  const isOn = ({ verdicts }) => verdicts.includes(verdict);
  const label = element("span", { class: "tone" }, icon(verdict), say(`verdict_${verdict}`));
  return box("#verdicts", label, isOn, ({ verdicts }, on) => ({ verdicts: toggled(verdicts, verdict, on) }));
}

function kindBox(name) {
  const isOn = ({ hiddenKinds }) => !hiddenKinds.includes(name);
  return box("#kinds", kind(name), isOn, ({ hiddenKinds }, on) => ({ hiddenKinds: toggled(hiddenKinds, name, !on) }));
}

function colourField(verdict) {
  const keep = ({ target: { value } }) => change(({ colours }) => ({ colours: { ...colours, [verdict]: value } }));
  const input = element("input", { type: "color", onchange: keep });
  const sample = element("span", { class: `sample ${verdict}` }, say(`says_${verdict}`));
  document.querySelector("#colours").append(element("label", { class: "check" }, input, sample));
  return ({ colours }) => {
    input.value = colours[verdict];
    sample.style.textDecorationColor = colours[verdict];
  };
}

const updates = [
  box("#highlights", say("options_highlights"), ({ highlights }) => highlights, (_, highlights) => ({ highlights })),
  ...VERDICTS.map(verdictBox),
  ...VERDICTS.map(colourField),
  ...KINDS.map(kindBox),
]; // prettier-ignore

confidence.addEventListener("change", ({ target: { value } }) => change(() => ({ minConfidence: value / 100 })));
confidence.addEventListener("input", () => (percent.value = say("percent", confidence.value)));

export function show(settings) {
  for (const update of updates) update(settings);
  confidence.value = Math.round(settings.minConfidence * 100);
  percent.value = say("percent", confidence.value);
}
