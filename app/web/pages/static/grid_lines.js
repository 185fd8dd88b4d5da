// The lines of a grid: one for each row of a sheet that the filter lets through, with what is wrong at its cells.

import { shown } from "./cell_words.js";

export class Lines {
  places = []; // of the rows that are shown, in the sheet
  #sheet;
  #body;
  #lines = new Map(); // by row of the sheet
  #faults = new Map(); // by id of the row: what is wrong, by name of the column

  constructor(sheet, table) {
    this.#sheet = sheet;
    table.append(heading(sheet.columns));
    this.#body = table.createTBody();
  }

  get body() {
    return this.#body;
  }

  // Bring the page to what the sheet holds. Lines of rows that stayed the same are kept.
  show(wanted) {
    const { rows, columns } = this.#sheet;
    const holds = (cell, column) => [cell, shown(cell, columns[column])].some((text) => text.toLowerCase().includes(wanted));
    this.places = [...rows.keys()].filter((place) => !wanted || rows[place].some(holds));
    const lines = new Map();
    for (const row of rows) lines.set(row, this.#lines.get(row) ?? this.#line(row));
    this.#lines = lines;
    const order = this.places.map((place) => lines.get(rows[place]));
    order.forEach((line, place) => {
      line.setAttribute("aria-rowindex", this.places[place] + 2);
      if (this.#body.rows[place] !== line) this.#body.insertBefore(line, this.#body.rows[place] ?? null);
    });
    while (this.#body.rows.length > order.length) this.#body.lastElementChild.remove();
    this.#body.parentElement.setAttribute("aria-rowcount", rows.length + 1);
  }

  cell([row, column]) {
    return this.#lines.get(this.#sheet.rows[row])?.cells[column];
  }

  // Which row and column a part of the page belongs to.
  at(target) {
    const cell = target.closest("td");
    if (!cell) return null;
    const row = this.places[[...this.#body.rows].indexOf(cell.parentElement)];
    return row === undefined ? null : [row, cell.cellIndex];
  }

  // Show at the cells what is wrong with them, and no more what was.
  mark(faults) {
    const before = this.#faults;
    this.#faults = faults;
    for (const row of this.#lines.keys()) if (before.has(row[0]) || faults.has(row[0])) this.write(row);
  }

  // Write the cells of a row anew, but for one that is being edited.
  write(row) {
    const line = this.#lines.get(row);
    const found = this.#faults.get(row[0]) ?? {};
    this.#sheet.columns.forEach((column, place) => {
      const cell = line.cells[place];
      if (cell.contains(document.activeElement) && cell !== document.activeElement) return;
      const fault = found[column.name];
      cell.replaceChildren(shown(row[place], column));
      cell.toggleAttribute("data-fault", Boolean(fault));
      if (fault?.kind === "fault") cell.setAttribute("aria-invalid", "true");
      else cell.removeAttribute("aria-invalid");
      if (fault) cell.append(said(fault));
    });
  }

  #line(row) {
    const line = document.createElement("tr");
    line.id = `row-${row[0]}`;
    row.forEach((cell, column) => {
      const place = line.insertCell();
      place.textContent = shown(cell, this.#sheet.columns[column]);
      place.tabIndex = -1;
      if (column === 0) place.className = "name";
    });
    this.#lines.set(row, line);
    if (this.#faults.has(row[0])) this.write(row);
    return line;
  }
}

function said(fault) {
  const words = document.createElement("span");
  words.className = fault.kind === "fault" ? "said wrong" : "said doubt";
  if (fault.language) words.lang = fault.language;
  words.textContent = fault.text;
  return words;
}

function heading(columns) {
  const head = document.createElement("thead");
  const line = head.insertRow();
  for (const one of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = one.label;
    cell.title = [one.hint, Object.entries(one.choices).map(([code, label]) => (code === label ? code : `${code}: ${label}`)).join(", ")].filter(Boolean).join("\n");
    cell.className = one.part;
    line.append(cell);
  }
  return head;
}
