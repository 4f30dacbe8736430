// Aids for reading: copying code, where one is, images large, footnotes where they are called.

import { icon, make } from "./dom.js";

const prose = document.querySelector("[data-prose]");

function offerCopies() {
  if (!navigator.clipboard) return;
  for (const block of prose.querySelectorAll(".highlight")) {
    const button = make("button", { className: "copy", type: "button", title: "Copy", ariaLabel: "Copy this code" }, icon("copy"));
    button.addEventListener("click", async () => {
      await navigator.clipboard.writeText(block.querySelector("pre").textContent.replace(/\n$/, ""));
      button.classList.add("is-done");
      button.ariaLabel = "Copied";
      button.replaceChildren(icon("check"));
      setTimeout(() => {
        button.classList.remove("is-done");
        button.ariaLabel = "Copy this code";
        button.replaceChildren(icon("copy"));
      }, 1600);
    });
    block.append(button);
  }
}

function showProgress() {
  const line = make("div", { className: "reading-progress", ariaHidden: "true" });
  const links = [...document.querySelectorAll(".toc .toc-list a")];
  const headings = links.map((link) => document.getElementById(decodeURIComponent(link.hash.slice(1))));
  let asked = false;
  const draw = () => {
    asked = false;
    const box = prose.getBoundingClientRect();
    const way = box.height - innerHeight * 0.8;
    line.style.transform = `scaleX(${way > 0 ? Math.min(1, Math.max(0, -box.top / way)) : 0})`;
    const passed = headings.findLastIndex((heading) => heading && heading.getBoundingClientRect().top < innerHeight * 0.3);
    links.forEach((link, at) => (at === passed ? link.setAttribute("aria-current", "true") : link.removeAttribute("aria-current")));
  };
  document.body.append(line);
  addEventListener("scroll", () => (asked ||= Boolean(requestAnimationFrame(draw))), { passive: true });
  draw();
}

function enlarge(image) {
  const close = make("button", { className: "icon-button", type: "button", ariaLabel: "Close" }, icon("close"));
  const figure = make("figure", {}, make("img", { src: image.src, alt: image.alt }));
  const caption = image.closest("figure")?.querySelector("figcaption")?.textContent;
  if (caption) figure.append(make("figcaption", { textContent: caption }));
  const box = make("dialog", { className: "lightbox", ariaLabel: image.alt || "Image" }, figure, close);
  box.addEventListener("click", () => box.close());
  box.addEventListener("close", () => box.remove());
  document.body.append(box);
  box.showModal();
}

function offerImages() {
  for (const image of prose.querySelectorAll("img")) {
    if (image.closest("a, button") || image.hidden) continue;
    const button = make("button", { className: "zoom", type: "button", ariaLabel: `Enlarge image${image.alt ? `: ${image.alt}` : ""}` });
    image.replaceWith(button);
    button.append(image);
    button.addEventListener("click", () => !image.hidden && enlarge(image));
  }
}

function offerFootnotes() {
  if (!HTMLElement.prototype.hasOwnProperty("popover")) return;
  for (const link of prose.querySelectorAll(".footnote-ref a")) {
    const note = document.getElementById(decodeURIComponent(link.hash.slice(1)));
    if (!note) continue;
    link.addEventListener("click", (event) => {
      if (event.metaKey || event.ctrlKey || event.shiftKey) return;
      event.preventDefault();
      popNote(link, note);
    });
  }
}

function popNote(link, note) {
  const bubble = make("div", { className: "note prose", popover: "auto", tabIndex: -1 });
  bubble.setAttribute("role", "note");
  bubble.append(...note.cloneNode(true).childNodes);
  for (const back of bubble.querySelectorAll(".footnote-back")) back.remove();
  document.body.append(bubble);
  bubble.addEventListener("toggle", (event) => event.newState === "closed" && bubble.remove());
  bubble.showPopover();
  const at = link.getBoundingClientRect();
  const room = document.documentElement.clientWidth - bubble.offsetWidth - 16;
  bubble.style.left = `${scrollX + Math.max(16, Math.min(at.left - 16, room))}px`;
  bubble.style.top = `${scrollY + at.bottom + 8}px`;
  bubble.focus({ preventScroll: true }); // Esc gives the focus back
}

if (prose) {
  offerCopies();
  offerImages();
  offerFootnotes();
  showProgress();
}
