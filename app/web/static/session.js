// Says in time that somebody is about to be signed out. Without this file one is signed out all the same.
"use strict";

const body = document.body.dataset;
const WARN = 120000; // so long before the end
const tabs = new BroadcastChannel("kaarten"); // who works in one tab is not signed out in another
let idleEnds = Date.now() + 1000 * body.idle;
const ends = Date.now() + 1000 * body.longest;
let box = null;

function used() {
  idleEnds = Date.now() + 1000 * body.idle;
  if (box && ends - Date.now() > WARN) close();
}

function close() {
  box.remove();
  box = null;
}

function show(words, button) {
  if (!box) {
    box = document.createElement("div");
    box.className = "leaving";
    box.setAttribute("role", "alert");
    document.body.append(box);
  }
  if (box.dataset.words === words) return;
  box.dataset.words = words;
  box.replaceChildren(Object.assign(document.createElement("p"), { textContent: words }));
  if (button) box.append(button);
}

function stayButton() {
  const button = Object.assign(document.createElement("button"), { type: "button", className: "button button--main", textContent: body.stayWords });
  button.addEventListener("click", stay);
  return button;
}

async function stay() {
  try {
    const answer = await fetch(body.stay, { method: "POST", headers: { Accept: "application/json", "X-CSRFToken": body.token } });
    if (answer.ok) {
      used();
      tabs.postMessage("used");
    } else show((await answer.json()).title);
  } catch {
    show(body.awayWords, stayButton());
  }
}

function look() {
  const now = Date.now();
  if (now >= Math.min(idleEnds, ends)) show(body.goneWords);
  else if (ends - now <= WARN) show(body.endWords);
  else if (idleEnds - now <= WARN) show(body.warnWords, stayButton());
}

tabs.addEventListener("message", used);
document.addEventListener("kaarten:used", () => { used(); tabs.postMessage("used"); });
document.addEventListener("visibilitychange", look);
tabs.postMessage("used"); // this page came just now
setInterval(look, 1000);
