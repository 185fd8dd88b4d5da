// Replaces a part of the page instead of all of it. A link or form with data-partial="#target" is fetched as
// it stands, and the element of that name in the answer takes the place of the one here. The same address
// gives the whole page, so nothing of this is needed; whatever does not fit is shown as a whole page.
// The address bar follows as long as it is the same page (a filter, the next part of a list).
//   data-partial-live   on a form: send it while one types, too

const PATIENCE = 250; // milliseconds without typing
const latest = new Map(); // by target: the request under way, which a newer one replaces

export async function partial(target, address, options = {}) {
  const place = document.querySelector(target);
  latest.get(target)?.abort();
  const stopper = new AbortController();
  latest.set(target, stopper);
  place?.setAttribute("aria-busy", "true");
  let answer, text;
  try {
    answer = await fetch(address, { ...options, signal: stopper.signal, headers: { Accept: "text/html" } });
    text = await answer.text();
  } catch (error) {
    if (error.name !== "AbortError") location.assign(address);
    return;
  }
  const landed = new URL(answer.url);
  if (landed.pathname === "/sign-in") return location.assign(`/sign-in?next=${encodeURIComponent(here())}`);
  const page = new DOMParser().parseFromString(text, "text/html");
  const made = page.querySelector(target);
  if (!place || !made) {
    history.pushState({}, "", landed);
    document.title = page.title;
    document.body.replaceWith(page.body);
    return;
  }
  const within = place.contains(document.activeElement);
  const focused = document.activeElement?.id;
  place.replaceWith(made);
  if (within) {
    const again = focused && made.querySelector(`#${CSS.escape(focused)}`);
    if (!again) made.tabIndex = -1;
    (again || made).focus({ preventScroll: true });
  }
  made.dispatchEvent(new CustomEvent("partial", { bubbles: true }));
  return landed;
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

// A link that is followed at once: what takes a moment and is wanted anyway.
for (const link of document.querySelectorAll("a[data-partial-now]")) go(link, link.href);
