// Imports: how far an upload is, and how far an import is. Without it the form is sent plainly and the page reloads itself.

const EVERY = 1000;
const WORDS = { reading: "Reading", importing: "Importing" };
const number = new Intl.NumberFormat("en");

const upload = document.querySelector("[data-upload]");
upload?.addEventListener("submit", (event) => {
  const file = upload.elements.file.files[0];
  if (!file || !upload.elements.file.checkValidity()) return; // the server says what is missing
  event.preventDefault();
  send(upload, file);
});

function send(form, file) {
  const bar = form.querySelector("[data-upload-bar]");
  const fault = form.querySelector("[data-upload-fault]");
  const submit = form.querySelector("[data-upload-submit]");
  const text = bar.querySelector("p");
  const data = new FormData(form);
  const token = data.get("csrf_token");
  data.delete("csrf_token");
  data.set("dry_run", form.elements.dry_run.checked ? "true" : "false");
  const request = new XMLHttpRequest(); // fetch does not tell how much was sent
  const fail = (words) => {
    bar.hidden = true;
    submit.disabled = false;
    fault.hidden = false;
    fault.querySelector("span").textContent = words;
  };
  request.upload.addEventListener("progress", ({ loaded, total }) => {
    bar.querySelector("progress").value = total ? (100 * loaded) / total : 0;
    text.textContent = loaded < total ? `Uploading ${file.name}: ${Math.floor((100 * loaded) / total)} %` : "Uploaded. One moment";
  });
  request.addEventListener("load", () => {
    const answer = read(request.responseText);
    if (request.status === 202 && answer) location.assign(`/studio/import/${answer.id}`);
    else fail(answer?.detail ?? "The file could not be uploaded. Try again.");
  });
  request.addEventListener("error", () => fail("The connection was lost. Your choices are kept: try again."));
  request.open("POST", form.dataset.upload);
  request.setRequestHeader("x-csrf-token", token);
  submit.disabled = true;
  fault.hidden = true;
  bar.hidden = false;
  request.send(data);
}

function read(text) {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

const shown = document.querySelector("[data-import]");
if (shown) setTimeout(look, EVERY);

async function look() {
  const job = await ask(shown.dataset.import);
  if (job && job.status !== "waiting" && job.status !== "running") return location.reload();
  if (job) tell(job);
  setTimeout(look, EVERY);
}

async function ask(address) {
  try {
    const answer = await fetch(address, { headers: { accept: "application/json" } });
    return answer.ok ? await answer.json() : null;
  } catch {
    return null; // away for a moment: asked again
  }
}

function tell(job) {
  const bar = shown.querySelector("[data-bar]");
  const does = job.status === "waiting" ? "Waiting for the worker" : (WORDS[job.phase] ?? "Working");
  if (job.total) {
    bar.max = job.total;
    bar.value = job.done;
  } else {
    bar.removeAttribute("value");
  }
  shown.querySelector("[data-bar-text]").textContent = job.total ? `${does}: ${number.format(job.done)} of ${number.format(job.total)}` : does;
  for (const count of document.querySelectorAll("[data-count]")) count.textContent = number.format(job.counts[count.dataset.count] ?? 0);
}
