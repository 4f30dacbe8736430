// Times in the reader's own zone: the field for scheduling is shown in it and sent in UTC, and what it means is said.

const field = document.querySelector("[data-time]");
const local = (when) => new Date(when.getTime() - when.getTimezoneOffset() * 60000).toISOString().slice(0, 16);
const long = new Intl.DateTimeFormat(document.documentElement.lang, { dateStyle: "full", timeStyle: "short" });

for (const time of document.querySelectorAll("[data-local-time]")) time.textContent = long.format(new Date(time.dateTime));

if (field) {
  const help = document.getElementById(`${field.id}-help`);
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const tell = () => {
    const when = new Date(field.value);
    const isAhead = when > new Date();
    help.textContent = Number.isNaN(when.getTime()) ? `In your time zone, ${zone}.` : isAhead ? `${long.format(when)}, ${zone}.` : "That is over. Choose a time that lies ahead.";
  };
  if (field.value) field.value = local(new Date(`${field.value}Z`));
  field.addEventListener("input", tell);
  field.form.addEventListener("formdata", ({ formData }) => {
    const when = new Date(formData.get("publish_at"));
    if (!Number.isNaN(when.getTime())) formData.set("publish_at", when.toISOString());
  });
  tell();
}
