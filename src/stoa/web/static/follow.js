// Follow and unfollow without leaving the page. What the API refuses goes the way of the plain form, which says why.

document.addEventListener("submit", async (event) => {
  const form = event.target.closest("form[data-follow]");
  const button = form?.querySelector(".follow-button");
  if (!button) return;
  event.preventDefault();
  if (button.getAttribute("aria-busy") === "true") return;
  button.setAttribute("aria-busy", "true");
  const isFollowed = button.value === "follow";
  const sent = { method: isFollowed ? "PUT" : "DELETE", headers: { "x-csrf-token": form.elements.csrf_token.value } };
  const answer = await fetch(form.dataset.follow, sent).catch(() => null);
  button.removeAttribute("aria-busy");
  if (answer?.ok) show(form, button, isFollowed);
  else plainly(form, button);
});

// Wherever the page has a button for the same author or tag.
function show(form, pressed, isFollowed) {
  for (const same of document.querySelectorAll("form[data-follow]")) {
    if (same.dataset.follow !== form.dataset.follow) continue;
    const button = same.querySelector(".follow-button");
    button.value = isFollowed ? "unfollow" : "follow";
    button.querySelector("[data-follow-word]").textContent = isFollowed ? button.dataset.done : "Follow";
    if (button.hasAttribute("aria-pressed")) button.setAttribute("aria-pressed", String(isFollowed));
  }
  pressed.focus();
}

function plainly(form, button) {
  const act = document.createElement("input");
  Object.assign(act, { type: "hidden", name: "act", value: button.value });
  form.append(act);
  form.submit();
}
