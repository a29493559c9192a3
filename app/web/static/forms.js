// Keeps on the server what is typed in a form, and says so. Without this file every form works: there is a button.
"use strict";

const PAUSE = 2000; // after the last key
const AGAIN = 5000; // after a failure
const PATIENCE = 10000;
const AT_THE_END = 60000; // so many bytes a browser still sends for a page that closes

for (const form of document.querySelectorAll("form[data-klad]")) keep(form);
for (const folded of document.querySelectorAll("[data-zoek]")) search(folded);
if (document.querySelector("form[data-bewaak]")) guard();
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

// Of forms that are not kept: asks before a page goes on which something is written that is not sent. A page that comes
// back after a refusal holds what was written too.
function guard() {
  let sent = null;
  document.addEventListener("submit", (event) => {
    if (event.defaultPrevented || event.target.method !== "post") return;
    if (!unsent(event.target).length) sent = event.target;
    else {
      event.preventDefault();
      sendAlone(event.target, event.submitter);
    }
  });
  addEventListener("beforeunload", (event) => {
    if (unsent(sent).length) event.preventDefault();
    sent = null;
  });
}

// Where something is written that a form does not send.
function unsent(form) {
  return [...document.querySelectorAll("form[data-bewaak] textarea")].filter((area) => area.form !== form && area.value.trim());
}

// Sends one form of a page while something is written in another; that stays, on the page that comes or else on this one.
async function sendAlone(form, button) {
  if (form.ariaBusy) return;
  form.ariaBusy = "true";
  try {
    const answer = await fetch(button?.getAttribute("formaction") ?? form.getAttribute("action"), {
      method: "POST",
      body: new URLSearchParams(new FormData(form, button)),
      headers: { Accept: "text/html" },
    });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const left = unsent(form).map((area) => [page.getElementById(area.id), area.value]);
    if (left.every(([area]) => area)) {
      for (const [area, words] of left) area.value = words;
      document.title = page.title;
      document.querySelector("main").replaceWith(page.querySelector("main"));
      for (const [area] of left) area.closest("details")?.setAttribute("open", "");
      (document.querySelector("main [autofocus]") ?? document.querySelector("main")).focus();
    } else if (answer.ok) form.replaceWith(page.querySelector("main .done, main h1"));
    else tell(form, page.querySelector("main .summary, main h1").textContent);
  } catch {
    tell(form, document.body.dataset.awayWords);
  } finally {
    form.ariaBusy = null;
  }
}

function tell(form, words) {
  const line = form.querySelector(".kept") ?? form.appendChild(Object.assign(document.createElement("p"), { className: "kept", role: "status" }));
  line.textContent = words;
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
