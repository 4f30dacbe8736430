// Below an article: forms are sent without leaving the page, answers and changes open where they belong. The server
// makes the HTML in any case; a part of the answered page takes the place of the one that is here.

const typed = new Map();

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-swap]");
  if (!form) return;
  event.preventDefault();
  const part = document.getElementById(form.dataset.swap);
  if (part.getAttribute("aria-busy") === "true") return;
  part.setAttribute("aria-busy", "true");
  const own = form.querySelector("textarea");
  try {
    const answer = await fetch(form.action, { method: "POST", body: new URLSearchParams(new FormData(form)) });
    const page = await parsed(answer);
    if (!page?.getElementById(part.id)) throw new Error(String(answer.status));
    keepTyped(part, answer.ok ? own : null);
    swap(part, page, answer.ok ? new URL(answer.url).hash : "");
    if (!answer.ok) document.querySelector("[aria-invalid=true], .comment-form [role=alert]")?.focus();
  } catch {
    part.removeAttribute("aria-busy");
    const status = document.querySelector("[data-comments-status]");
    status.className = "field-error";
    status.textContent = "That did not go through. What you wrote is still here: try again.";
  }
});

document.addEventListener("click", async (event) => {
  const link = event.target.closest("#comments :is(a[data-open], a[data-load], a[data-more])");
  if (!link || event.metaKey || event.ctrlKey || event.shiftKey || event.button) return;
  event.preventDefault();
  const part = document.getElementById("comments");
  const page = await fetch(link.href).then(parsed).catch(() => null);
  if (!page?.getElementById("comments")) {
    location.assign(link.href);
    return;
  }
  if ("more" in link.dataset) {
    append(part, page);
    return;
  }
  keepTyped(part, null);
  swap(part, page, "");
  document.querySelector(`#${link.dataset.open ?? "comments"} :is(textarea, button)`)?.focus();
});

async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

function append(part, page) {
  const list = part.querySelector(".comment-list");
  const first = list.children.length;
  for (const one of page.querySelectorAll(".comment-list > *")) {
    if (!document.getElementById(one.id)) list.append(document.adoptNode(one));
  }
  const more = page.querySelector(".comments-more");
  part.querySelector(".comments-more").replaceWith(...(more ? [document.adoptNode(more)] : []));
  list.children[first]?.querySelector("a")?.focus();
}

// What stands in the other fields is not lost when the part is made anew.
function keepTyped(part, sent) {
  typed.clear();
  for (const field of part.querySelectorAll("textarea")) {
    if (field !== sent && field.value !== field.defaultValue) typed.set(field.id, field.value);
  }
}

function swap(part, page, hash) {
  const fresh = document.adoptNode(page.getElementById(part.id));
  const had = document.activeElement?.closest(".reaction") ? document.activeElement.textContent.replace(/\d.*/, "") : "";
  part.replaceWith(fresh);
  for (const [id, value] of typed) {
    const field = document.getElementById(id);
    if (field && fresh.contains(field)) field.value = value;
  }
  typed.clear();
  const button = had && [...fresh.querySelectorAll(".reaction")].find((one) => one.textContent.startsWith(had));
  if (button) button.focus();
  const target = hash.startsWith("#comment-") && document.getElementById(hash.slice(1));
  if (target) {
    history.replaceState(null, "", hash);
    target.scrollIntoView({ block: "nearest" });
  }
}
