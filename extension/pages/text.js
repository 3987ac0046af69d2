// Puts the texts of _locales into a page of ours: the others import this first.

const { say } = sidelight.words;
const root = document.documentElement;

root.lang = say("language");
document.title = say(root.dataset.title);
for (const element of document.querySelectorAll("[data-text]")) element.textContent = say(element.dataset.text);
