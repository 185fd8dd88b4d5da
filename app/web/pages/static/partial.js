// Replaces a part of the page instead of all of it. A link or form with data-partial="#target" is fetched as
// it stands, and the element of that name in the answer takes the place of the one here. The same address
// gives the whole page, so nothing of this is needed; an answer without that element is followed as a link is,
// and one that says what went wrong is shown above the part that stays.
// The address bar follows as long as it is the same page (a filter, the next part of a list).
//   data-partial-live   on a form: send it while one types, too

import { standOnItsOwn } from "./own_address.js";

const PATIENCE = 250; // milliseconds without typing
const latest = new Map(); // by target: the request under way, which a newer one replaces

export async function partial(target, address, options = {}) {
  const place = document.querySelector(target);
  if (!place) return location.assign(address);
  latest.get(target)?.abort();
  const stopper = new AbortController();
  latest.set(target, stopper);
  place.setAttribute("aria-busy", "true");
  let answer, text;
  try {
    answer = await fetch(address, { ...options, signal: stopper.signal, headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") tell(place, said("unreachable"));
    return;
  }
  const landed = new URL(answer.url);
  const page = new DOMParser().parseFromString(text, "text/html");
  const made = page.querySelector(target);
  if (landed.pathname === "/sign-in") return tell(place, said("ended"), wayIn());
  if (!made && !answer.ok) return tell(place, ...wrong(page));
  if (!made) return options.method ? whole(page) : location.assign(landed);
  const within = place.contains(document.activeElement);
  const focused = document.activeElement?.id;
  told(place)?.remove();
  place.replaceWith(made);
  if (within) {
    const again = focused && made.querySelector(`#${CSS.escape(focused)}`);
    if (!again) made.tabIndex = -1;
    (again || made).focus({ preventScroll: true });
  }
  made.dispatchEvent(new CustomEvent("partial", { bubbles: true }));
  return landed;
}

// Say above a part, which stays as it is, why there is no other.
function tell(place, ...what) {
  place.removeAttribute("aria-busy");
  told(place)?.remove();
  const note = document.createElement("div");
  note.className = "problems";
  note.setAttribute("role", "alert");
  note.dataset.told = "";
  note.append(...what);
  place.before(note);
  note.scrollIntoView({ block: "nearest" });
}

function told(place) {
  const before = place.previousElementSibling;
  return before?.matches("[data-told]") ? before : null;
}

// What a page says that is there instead of the one that was asked for: its title, and how to go on.
function wrong(page) {
  const heading = page.querySelector("main h1");
  if (!heading) return [said("unreachable")];
  const rest = [...page.querySelectorAll("main > :is(p, form, .problems)")].filter((one) => !one.querySelector("a.button[href='/']"));
  const title = document.createElement("strong");
  title.textContent = heading.textContent;
  const first = document.createElement("p");
  first.append(title);
  return [first, ...rest];
}

function said(what) {
  const words = document.createElement("p");
  words.textContent = document.body.dataset[what];
  return words;
}

function wayIn() {
  const line = document.createElement("p");
  const link = document.createElement("a");
  link.className = "button";
  link.href = `/sign-in?next=${encodeURIComponent(here())}`;
  link.textContent = document.body.dataset.wayIn;
  line.append(link);
  return line;
}

// The answer to a form that is another page: there is no link to follow to it.
function whole(page) {
  document.title = page.title;
  document.body.replaceWith(page.body);
}

async function go(element, address, options) {
  const landed = await partial(element.dataset.partial, address, options);
  if (landed?.pathname === location.pathname) history.replaceState({}, "", landed);
}

function send(form, button) {
  const data = new FormData(form, button);
  const action = new URL(button?.getAttribute("formaction") ?? form.getAttribute("action") ?? "", location.href);
  if (form.method === "post") return go(form, action, { method: "POST", body: new URLSearchParams(data) });
  action.search = new URLSearchParams([...data].filter(([, value]) => value !== ""));
  return go(form, action);
}

function here() {
  return location.pathname + location.search;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest("a[data-partial]");
  if (!link || event.button || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  event.preventDefault();
  go(link, link.href);
});

document.addEventListener("submit", (event) => {
  if (!event.target.matches("form[data-partial]")) return;
  event.preventDefault();
  send(event.target, event.submitter);
});

let typing;
document.addEventListener("input", (event) => {
  const form = event.target.closest("form[data-partial-live]");
  if (!form) return;
  clearTimeout(typing);
  typing = setTimeout(() => send(form), PATIENCE);
});

standOnItsOwn();

// A link that is followed at once: what takes a moment and is wanted anyway.
for (const link of document.querySelectorAll("a[data-partial-now]")) go(link, link.href);
