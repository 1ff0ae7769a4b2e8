"use strict";
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
