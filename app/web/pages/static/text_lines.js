// The numbers of the lines beside a text, and the way to a line that the address names (#line-12). The text may be a
// part of a longer one: data-first is the number of its first line.

export function numberLines(text, lines) {
  const first = Number(text.dataset.first);
  const count = () => {
    const number = text.value.split("\n").length;
    if (lines.dataset.number === `${number}`) return;
    lines.dataset.number = `${number}`;
    lines.textContent = Array.from({ length: number }, (_one, place) => place + first).join("\n");
  };
  // Choose the line that an address names; returns whether it is one of these.
  const go = ({ hash }) => {
    const line = Number(hash.match(/^#line-(\d+)$/)?.[1]) - first + 1;
    if (!(line > 0 && line <= text.value.split("\n").length)) return false;
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight);
    return true;
  };
  text.addEventListener("input", count);
  text.addEventListener("scroll", () => (lines.scrollTop = text.scrollTop));
  addEventListener("hashchange", () => go(location));
  text.form.addEventListener("click", (event) => {
    const link = event.target.closest('a[href*="#line-"]');
    if (link && go(link)) event.preventDefault(); // another part is another page
  });
  count();
  go(location);
}
