// Moves along a list by keys: j and k, or the arrows once a row is focused; Enter opens, as on any link.
// The list works without.

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const rows = [...document.querySelectorAll("a[data-row]")];
  const at = rows.indexOf(document.activeElement);
  const arrows = at < 0 ? [] : ["ArrowDown", "ArrowUp"];
  if (at < 0 && event.target.closest("input, select, textarea, button, a, summary, [tabindex='0']:not(.table)")) return;
  const [down, up] = [["j", arrows[0]], ["k", arrows[1]]].map((keys) => keys.includes(event.key));
  if (!rows.length || !(down || up)) return;
  event.preventDefault();
  const next = rows[Math.min(Math.max(at < 0 ? 0 : at + (down ? 1 : -1), 0), rows.length - 1)];
  next.focus();
  next.scrollIntoView({ block: "nearest" });
});
