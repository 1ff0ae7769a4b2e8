"use strict";
// The numbers and references of a paragraph, list, table or entry are one stop of the Tab key; arrow keys go from one
// to the next. Without this script each of them is a stop.
(() => {
  const kinds = "main a[href^='#']";
  const group = (link) => link.closest(".entry, table, main > ul") || link.closest("p, li, figcaption") || link;
  const numbers = (link) => [...group(link).querySelectorAll(kinds)];
  const stop = (link) => {
    for (const other of numbers(link)) other.tabIndex = -1;
    link.tabIndex = 0;
  };
  const seen = new Set();
  for (const link of document.querySelectorAll(kinds)) {
    const own = group(link);
    if (seen.has(own)) link.tabIndex = -1;
    seen.add(own);
  }
  const below = (link, step) => {
    const cell = link.closest("td, th");
    let row = cell && cell.parentElement;
    while (row && (row = step > 0 ? row.nextElementSibling : row.previousElementSibling)) {
      const found = row.children[cell.cellIndex].querySelector(kinds);
      if (found) return found;
    }
    return null;
  };
  document.addEventListener("focusin", (event) => { if (event.target.matches(kinds)) stop(event.target); });
  document.addEventListener("keydown", (event) => {
    const link = event.target;
    if (!link.matches(kinds) || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const all = numbers(link), at = all.indexOf(link);
    const next = {
      ArrowRight: all[at + 1], ArrowLeft: all[at - 1], Home: all[0], End: all[all.length - 1],
      ArrowDown: below(link, 1), ArrowUp: below(link, -1),
    }[event.key];
    if (!next) return;
    event.preventDefault();
    next.focus();
  });
})();
// A click or Enter on a number opens what stands behind it; without this script the link leads to the same annex entry.
(() => {
  const contents = document.querySelector("nav.contents details");
  if (contents && window.innerWidth < 1120) contents.removeAttribute("open");
  const dialog = document.getElementById("lineage");
  if (!dialog || !dialog.showModal) return;
  const part = (name) => dialog.querySelector(`[data-part="${name}"]`);
  document.addEventListener("click", (event) => {
    const link = event.target.closest("a.n");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
    const entry = document.getElementById(link.hash.slice(1));
    if (!entry) return;
    event.preventDefault();
    const title = entry.querySelector("h3");
    part("title").textContent = title ? title.textContent : "";
    part("value").textContent = link.textContent;
    part("source").textContent = link.dataset.source;
    const body = part("body");
    body.replaceChildren();
    for (const child of entry.children) {
      if (child.tagName !== "H3") body.append(child.cloneNode(true));
    }
    for (const element of body.querySelectorAll("[id]")) element.removeAttribute("id");
    for (const inner of body.querySelectorAll("a.n")) {
      const text = document.createElement("span");
      text.textContent = inner.textContent;
      inner.replaceWith(text);
    }
    dialog.showModal();
    dialog.scrollTop = 0;
  });
  dialog.querySelector("button").addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => { if (event.target === dialog) dialog.close(); });
})();
