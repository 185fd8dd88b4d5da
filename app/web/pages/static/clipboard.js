// Blocks of cells as spreadsheets put them on the clipboard: lines of cells with tabs between them, a cell that
// holds a tab, a line end or a quote in double quotes.

export function written(block) {
  return block.map((row) => row.map(quoted).join("\t")).join("\r\n");
}

export function read(text) {
  const rows = [[]];
  const part = /("(?:[^"]|"")*"|[^\t\r\n]*)(\t|\r\n|\r|\n|$)/gy;
  for (let found = part.exec(text); found; found = part.exec(text)) {
    rows.at(-1).push(plain(found[1]));
    if (part.lastIndex >= text.length) break;
    if (found[2] !== "\t") rows.push([]);
  }
  return rows;
}

function quoted(cell) {
  return /[\t\r\n]|^"/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell;
}

function plain(cell) {
  const bare = /^"[^]*"$/.test(cell) ? cell.slice(1, -1).replaceAll('""', '"') : cell;
  return bare.replaceAll(/\s+/g, " ").trim();
}
