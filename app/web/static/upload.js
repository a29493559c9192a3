// Says at once that a file is too large to send. Without this file the server says so, once all of it was sent.
"use strict";

for (const field of document.querySelectorAll("input[type=file][data-hoogstens]")) {
  const said = document.getElementById(`fout-${field.name}`);
  const tooLarge = () => [...field.files].some((file) => file.size > Number(field.dataset.hoogstens) * 1024 * 1024);
  const tell = () => {
    said.hidden = !tooLarge();
    said.setAttribute("role", "alert");
    said.querySelector("[data-fout]").textContent = said.hidden ? "" : field.dataset.teGroot;
    field.toggleAttribute("aria-invalid", false);
    if (!said.hidden) field.setAttribute("aria-invalid", "true");
    const hint = `uitleg-${field.name}`;
    field.setAttribute("aria-describedby", said.hidden ? hint : `${hint} ${said.id}`);
    field.closest(".field").classList.toggle("field--wrong", !said.hidden);
  };
  field.addEventListener("change", tell);
  field.form.addEventListener("submit", (event) => {
    if (!tooLarge()) return;
    event.preventDefault();
    tell();
    field.focus();
  });
}
