// The editor of a draft: watches its form. What is typed is checked beside, by the server, without being stored;
// saving keeps what is on the page, with its steps back; and what is not saved is not left unasked. Whatever the
// server answers, nothing that was typed is thrown away. A table becomes a grid, a text gets numbered lines.

import { Grid } from "./grid.js";
import { standOnItsOwn } from "./own_address.js";
import { numberLines } from "./text_lines.js";

const PATIENCE = 500; // milliseconds without a change before it is checked

const form = document.querySelector("form[data-editor]");
const state = form?.querySelector("[data-state]");
let changed = Boolean(form?.hasAttribute("data-changed")); // what came back from a check is not saved either
let edits = 0; // how many there were: what is typed while saving is not saved
let saving = false; // what is typed meanwhile is checked afterwards
let grid = null;
let waiting, asking;
let strange = false; // the last answer was none of ours: who signs in again has another token for forms

function tell(what) {
  if (state) state.textContent = state.dataset[what];
}

function change() {
  changed = true;
  edits += 1;
  tell("unsaved");
  if (!saving) checkSoon();
}

function checkSoon() {
  clearTimeout(waiting);
  if (form.dataset.check) waiting = setTimeout(() => ask(new FormData(form)), PATIENCE);
}

// Send the form, and show what is wrong. Returns the page that was answered, nothing where it is none of ours.
async function ask(data) {
  clearTimeout(waiting);
  asking?.abort();
  const stopper = (asking = new AbortController());
  const place = form.querySelector(form.dataset.check);
  place.setAttribute("aria-busy", "true");
  try {
    if (strange) data.set("csrf", (form.elements.csrf.value = await token()));
    const answer = await fetch(form.action, { method: "POST", body: data, signal: stopper.signal });
    const page = await parsed(answer);
    const made = page.querySelector(form.dataset.check);
    if (made) place.replaceWith(made);
    for (const one of page.querySelectorAll("[data-anew]")) document.getElementById(one.id)?.replaceWith(one);
    if (made) grid?.mark();
    strange = !made && !page.querySelector("main > .editor");
    if (!strange) return { page, stored: answer.ok, address: answer.url };
    tell("unasked");
  } catch (error) {
    if (error.name === "AbortError") return null;
    tell("unasked");
  }
  place.removeAttribute("aria-busy");
  return null;
}

async function parsed(answer) {
  return new DOMParser().parseFromString(await answer.text(), "text/html");
}

async function token() {
  const page = await parsed(await fetch(form.action));
  return page.querySelector("form[data-editor] [name=csrf]")?.value ?? form.elements.csrf.value;
}

async function save(button) {
  const before = edits;
  saving = true;
  const answer = await ask(new FormData(form, button));
  saving = false;
  if (!answer) return;
  const tag = answer.page.querySelector("form[data-editor] [name=tag]");
  if (!tag) {
    changed = false; // another saved in between: the page that says so holds what was typed
    document.body.replaceWith(answer.page.body);
    document.querySelector("main").focus();
    return;
  }
  if (edits !== before) checkSoon();
  if (!answer.stored) return;
  const [mine, kept] = [form, answer.page].map((where) => where.querySelector("[data-text]")?.value);
  if (edits === before && mine !== kept) {
    changed = false; // the text that stands now is another: show it
    return location.replace(answer.address);
  }
  for (const one of answer.page.querySelectorAll("form[data-editor] [data-held]")) form.elements[one.name].value = one.value;
  if (edits !== before) return;
  changed = false;
  tell("saved");
}

function edit() {
  if (form.dataset.editor === "table") grid = new Grid(form, change);
  if (form.dataset.editor === "text") numberLines(form.querySelector("[data-text]"), form.querySelector("[data-lines]"));
  form.addEventListener("input", (event) => event.target.name && change());
  form.addEventListener("formdata", (event) => grid?.hand(event.formData));
  form.addEventListener("submit", (event) => {
    grid?.finish();
    const what = event.submitter?.value;
    const whole = !form.dataset.check || event.submitter?.hasAttribute("data-whole");
    if (whole) changed = false; // the whole page comes back, with what was filled in
    if (whole || what === "download") return;
    event.preventDefault();
    if (what === "save") save(event.submitter);
    else ask(new FormData(form));
  });
  addEventListener("beforeunload", (event) => changed && event.preventDefault());
  addEventListener("keydown", (event) => {
    if (!(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "s" || !form.isConnected) return;
    event.preventDefault();
    form.querySelector("button[value=save]")?.click();
  });
  grid?.mark();
}

standOnItsOwn();
if (form) edit();
