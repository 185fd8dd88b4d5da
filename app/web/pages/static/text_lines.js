// The numbers of the lines beside a text, and the way to a line that the address names (#line-12).

export function numberLines(text, lines) {
  const count = () => {
    const number = text.value.split("\n").length;
    if (lines.dataset.number === `${number}`) return;
    lines.dataset.number = `${number}`;
    lines.textContent = Array.from({ length: number }, (_one, place) => place + 1).join("\n");
  };
  const go = () => {
    const line = Number(location.hash.match(/^#line-(\d+)$/)?.[1]);
    if (!line) return;
    const before = text.value.split("\n").slice(0, line - 1).join("\n").length + (line > 1);
    const end = text.value.indexOf("\n", before);
    text.focus();
    text.setSelectionRange(before, end < 0 ? text.value.length : end);
    text.scrollTop = (line - 4) * parseFloat(getComputedStyle(text).lineHeight);
  };
  text.addEventListener("input", count);
  text.addEventListener("scroll", () => (lines.scrollTop = text.scrollTop));
  addEventListener("hashchange", go);
  count();
  go();
}
