// Keeps on the server what is typed in a form, and says so. Without this file every form works: there is a button.
"use strict";

const PAUSE = 2000; // after the last key
const AGAIN = 5000; // after a failure
const PATIENCE = 10000;
const AT_THE_END = 60000; // so many bytes a browser still sends for a page that closes

for (const form of document.querySelectorAll("form[data-klad]")) keep(form);
for (const folded of document.querySelectorAll("[data-zoek]")) search(folded);
if (!CSS.supports("field-sizing", "content")) document.querySelectorAll("textarea").forEach(grow);

function keep(form) {
  const status = form.querySelector("[data-klad-status]");
  const isText = ([, value]) => typeof value === "string"; // a file is not kept: it is on the disk of who chose it
  const typed = () => new URLSearchParams([...new FormData(form)].filter(isText)).toString();
  let kept = typed();
  let timer = 0;
  let asking = null;
  let leaving = false;
  let sending = false;

  // A screen reader is told only what is new: the same minute is the same sentence.
  function say(words) {
    if (status.textContent !== words) status.textContent = words;
  }

  function later(wait) {
    clearTimeout(timer);
    timer = setTimeout(save, wait);
  }

  // Whether the server could be reached; what it refuses, it says.
  async function send(keepalive) {
    const body = typed();
    let wait = PAUSE;
    try {
      const answer = await fetch(form.dataset.klad, {
        method: "POST",
        body: new URLSearchParams(body),
        headers: { Accept: "application/json" },
        keepalive: keepalive && body.length < AT_THE_END,
        signal: AbortSignal.timeout(PATIENCE),
      });
      const told = await answer.json();
      if (answer.ok) {
        kept = body;
        document.dispatchEvent(new Event("kaarten:used"));
      } else wait = AGAIN;
      say(answer.ok ? told.sentence : told.title);
      return true;
    } catch {
      wait = AGAIN;
      say(form.dataset.weg);
      return false;
    } finally {
      asking = null;
      if (typed() !== kept && !leaving) later(wait);
    }
  }

  async function save() {
    if (asking) await asking;
    if (typed() === kept) return true;
    asking = asking || send(false);
    return asking;
  }

  function atTheEnd() {
    if (!leaving && typed() !== kept) send(true);
  }

  form.addEventListener("input", () => later(PAUSE));
  form.addEventListener("change", () => later(PAUSE));
  addEventListener("online", () => later(0));
  addEventListener("pagehide", atTheEnd);
  document.addEventListener("visibilitychange", () => document.hidden && atTheEnd());
  addEventListener("beforeunload", (event) => {
    if (!leaving && typed() !== kept) event.preventDefault();
  });
  addEventListener("pageshow", () => { leaving = false; });

  // Sent once; and not into nothing: where the server is away, the page with the words stays. The browser itself sends
  // it by the button that was pressed, with all that the button says: its name, its own address.
  form.addEventListener("submit", async (event) => {
    if (sending) return;
    event.preventDefault();
    if (leaving) return;
    leaving = true;
    say(form.dataset.druk);
    if (!(await save())) {
      leaving = false;
      later(AGAIN);
      return;
    }
    await new Promise((done) => setTimeout(done)); // while the first sending is still being asked about, no second one begins
    sending = true;
    form.requestSubmit(event.submitter);
    sending = false;
  });
}

// A long list of choices gets a box to search in.
function search(folded) {
  const label = document.createElement("label");
  const box = Object.assign(document.createElement("input"), { type: "search", autocomplete: "off" });
  label.append(folded.dataset.zoek, box);
  label.className = "choices__search";
  folded.querySelector("summary").after(label);
  box.addEventListener("input", (event) => {
    event.stopPropagation();
    const wanted = box.value.trim().toLowerCase();
    for (const choice of folded.querySelectorAll(".choice")) choice.hidden = !choice.textContent.toLowerCase().includes(wanted);
  });
  box.addEventListener("keydown", (event) => { if (event.key === "Enter") event.preventDefault(); });
}

function grow(area) {
  const fit = () => {
    area.style.height = "auto";
    area.style.height = `${area.scrollHeight}px`;
  };
  area.addEventListener("input", fit);
  fit();
}
