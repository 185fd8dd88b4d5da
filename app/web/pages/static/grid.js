// A table as a grid of cells: shows the rows of a sheet, moves between cells by keyboard and pointer, edits,
// copies and pastes. One cell can be reached by the Tab key; within the grid the arrows move.

import { read, written } from "./clipboard.js";
import { Sheet } from "./sheet.js";

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const PAGE = 15;
const NEW = "new-row"; // what new rows are called until somebody names them

export class Grid {
  #form;
  #changed;
  #sheet;
  #body;
  #lines = new Map(); // by row of the sheet: its line in the page
  #shown = []; // places of the rows that the filter lets through
  #at = [0, 0]; // the active cell, and the other end of the block that is chosen
  #from = [0, 0];
  #field = null; // the field in which a cell is edited
  #typed = false; // editing began by typing: then an arrow leaves the field as it leaves a cell
  #faults = new Map(); // by id of the row: what is wrong, by name of the column

  constructor(form, changed) {
    const place = form.querySelector("[data-sheet]");
    const { columns, rows } = JSON.parse(form.querySelector("[data-cells]").textContent);
    this.#form = form;
    this.#changed = changed;
    this.#sheet = new Sheet(columns, rows);
    const table = document.createElement("table");
    table.setAttribute("role", "grid");
    table.setAttribute("aria-label", place.getAttribute("aria-label"));
    table.setAttribute("aria-multiselectable", "true");
    table.append(heading(columns));
    this.#body = table.createTBody();
    place.append(table);
    for (const tool of form.querySelectorAll("[data-tools]")) tool.hidden = false;
    this.#show();
    this.#listen(table);
    const wanted = location.hash.match(/^#row-(.+)$/)?.[1];
    const line = rows.findIndex((row) => row[0] === wanted);
    this.#body.rows[Math.max(line, 0)].cells[0].tabIndex = 0;
    if (line >= 0) this.#go([line, 0]);
  }

  // Put the rows into what the form sends.
  hand(data) {
    data.set("rows", JSON.stringify(this.#sheet.rows));
  }

  // Keep what is being typed.
  finish() {
    if (this.#field) this.#keep();
  }

  // Show at their cells what the checks found.
  mark() {
    const before = this.#faults;
    this.#faults = new Map();
    const table = this.#form.elements.table.value;
    for (const one of this.#form.querySelectorAll("#findings [data-kind]")) {
      if (one.dataset.table !== table) continue;
      for (const row of one.dataset.rows.split(" ").filter(Boolean)) {
        const found = this.#faults.get(row) ?? {};
        const column = one.dataset.column || "id";
        found[column] ??= { kind: one.dataset.kind, text: one.querySelector("[data-message]").textContent };
        this.#faults.set(row, found);
      }
    }
    for (const [row, line] of this.#lines) {
      if (before.has(row[0]) || this.#faults.has(row[0])) this.#tell(row, line);
    }
  }

  #listen(table) {
    table.addEventListener("keydown", (event) => (this.#field ? this.#whileEditing(event) : this.#pressed(event)));
    table.addEventListener("pointerdown", (event) => this.#pointed(event));
    table.addEventListener("pointerover", (event) => this.#dragged(event));
    table.addEventListener("dblclick", () => this.#edit());
    table.addEventListener("focusout", (event) => event.target === this.#field && this.#keep());
    for (const kind of ["copy", "cut", "paste"]) table.addEventListener(kind, (event) => this.#clipboard(event));
    this.#form.querySelector("[data-filter]").addEventListener("input", () => this.#show());
    for (const button of this.#form.querySelectorAll("[data-do]")) {
      button.addEventListener("click", () => this.#do(button.dataset.do));
    }
    this.#form.addEventListener("click", (event) => {
      const link = event.target.closest('a[href^="#row-"]');
      const row = link && this.#sheet.rows.findIndex((one) => `#row-${one[0]}` === link.getAttribute("href"));
      if (!link || row < 0) return;
      event.preventDefault();
      this.#go([row, 0]);
    });
  }

  // Bring the page to what the sheet holds. Lines of rows that stayed the same are kept.
  #show() {
    const wanted = this.#form.querySelector("[data-filter]").value.toLowerCase();
    const rows = this.#sheet.rows;
    this.#shown = [...rows.keys()].filter(
      (place) => !wanted || rows[place].some((cell) => cell.toLowerCase().includes(wanted)),
    );
    const lines = new Map();
    for (const row of rows) lines.set(row, this.#lines.get(row) ?? this.#line(row));
    this.#lines = lines;
    const order = this.#shown.map((place) => lines.get(rows[place]));
    order.forEach((line, place) => {
      line.setAttribute("aria-rowindex", this.#shown[place] + 2);
      if (this.#body.rows[place] !== line) this.#body.insertBefore(line, this.#body.rows[place] ?? null);
    });
    while (this.#body.rows.length > order.length) this.#body.lastElementChild.remove();
    this.#body.parentElement.setAttribute("aria-rowcount", rows.length + 1);
    const enabled = { undo: this.#sheet.undoable, redo: this.#sheet.redoable };
    for (const [name, able] of Object.entries(enabled)) {
      this.#form.querySelector(`[data-do=${name}]`).disabled = !able;
    }
  }

  #line(row) {
    const line = document.createElement("tr");
    line.id = `row-${row[0]}`;
    row.forEach((cell, column) => {
      const place = line.insertCell();
      place.textContent = cell;
      place.tabIndex = -1;
      if (column === 0) place.className = "name";
    });
    if (this.#faults.has(row[0])) this.#tell(row, line);
    return line;
  }

  // Write at the cells of a line what is wrong with them.
  #tell(row, line) {
    const found = this.#faults.get(row[0]) ?? {};
    this.#sheet.columns.forEach((column, place) => {
      const cell = line.cells[place];
      if (cell.contains(this.#field)) return;
      const fault = found[column.name];
      cell.replaceChildren(row[place]);
      cell.toggleAttribute("data-fault", Boolean(fault));
      if (!fault) return cell.removeAttribute("aria-invalid");
      if (fault.kind === "fault") cell.setAttribute("aria-invalid", "true");
      const said = document.createElement("span");
      said.className = fault.kind === "fault" ? "said wrong" : "said doubt";
      said.lang = "en";
      said.textContent = fault.text;
      cell.append(said);
    });
  }

  #cell([row, column]) {
    return this.#lines.get(this.#sheet.rows[row])?.cells[column];
  }

  // Make a cell the active one; with `extend` the block reaches from where it began to here.
  #go(at, extend = false) {
    for (const one of this.#body.querySelectorAll('td[tabindex="0"]')) one.tabIndex = -1;
    this.#at = at;
    if (!extend) this.#from = at;
    this.#choose();
    const cell = this.#cell(at);
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #choose() {
    for (const one of this.#body.querySelectorAll("[aria-selected]")) one.removeAttribute("aria-selected");
    const [rows, columns] = this.#block();
    for (const row of rows) for (const column of columns) this.#cell([row, column]).setAttribute("aria-selected", "true");
  }

  // The rows that are shown, and the columns, of the block that is chosen.
  #block() {
    const [top, bottom] = [this.#at[0], this.#from[0]].sort((a, b) => a - b);
    const [left, right] = [this.#at[1], this.#from[1]].sort((a, b) => a - b);
    const rows = this.#shown.filter((place) => place >= top && place <= bottom);
    return [rows, Array.from({ length: right - left + 1 }, (_one, place) => left + place)];
  }

  #step(down, right, extend) {
    const place = this.#shown.indexOf(this.#at[0]) + down;
    const row = this.#shown[Math.min(Math.max(place, 0), this.#shown.length - 1)];
    const column = Math.min(Math.max(this.#at[1] + right, 0), this.#sheet.columns.length - 1);
    this.#go([row, column], extend);
  }

  #pressed(event) {
    const { key, shiftKey: shift, altKey: alt } = event;
    const control = event.ctrlKey || event.metaKey;
    const last = this.#sheet.columns.length - 1;
    if (alt && key === "ArrowUp") this.#do("up");
    else if (alt && key === "ArrowDown") this.#do("down");
    else if (alt && key === "Insert") this.#do("add");
    else if (alt && key === "Delete") this.#do("remove");
    else if (alt) return;
    else if (control && key === "ArrowUp") this.#step(-this.#shown.length, 0, shift);
    else if (control && key === "ArrowDown") this.#step(this.#shown.length, 0, shift);
    else if (control && key in MOVES) this.#step(0, MOVES[key][1] * last, shift);
    else if (key in MOVES) this.#step(...MOVES[key], shift);
    else if (key === "Tab") {
      const column = this.#at[1] + (shift ? -1 : 1);
      if (column < 0 || column > last) return; // at the end of a row Tab leaves the grid
      this.#step(0, shift ? -1 : 1);
    } else if (key === "Enter") this.#step(shift ? -1 : 1, 0);
    else if (key === "PageUp") this.#step(-PAGE, 0, shift);
    else if (key === "PageDown") this.#step(PAGE, 0, shift);
    else if (key === "Home") this.#step(control ? -this.#shown.length : 0, -last, shift);
    else if (key === "End") this.#step(control ? this.#shown.length : 0, last, shift);
    else if (key === "F2") this.#edit();
    else if (key === "Delete" || key === "Backspace") this.#clear();
    else if (control && key.toLowerCase() === "a") this.#all();
    else if (control && key.toLowerCase() === "z") this.#do(shift ? "redo" : "undo");
    else if (control && key.toLowerCase() === "y") this.#do("redo");
    else if ((key.length === 1 && !control) || key === "Process") return this.#edit(true); // it goes into the field
    else return;
    event.preventDefault();
  }

  #whileEditing(event) {
    if (event.isComposing) return;
    if (event.key === "Escape") this.#drop();
    else if (event.key === "Enter" || event.key === "Tab") {
      this.#keep();
      const back = event.shiftKey ? -1 : 1;
      if (event.key === "Enter") this.#step(back, 0);
      else this.#step(0, back);
    } else if (this.#typed && event.key in MOVES) {
      this.#keep();
      this.#step(...MOVES[event.key]);
    } else return;
    event.preventDefault();
  }

  #pointed(event) {
    if (event.target === this.#field) return;
    const at = this.#place(event.target);
    if (!at) return;
    this.finish();
    this.#go(at, event.shiftKey);
    event.preventDefault();
  }

  #dragged(event) {
    const at = event.buttons === 1 && !this.#field && this.#place(event.target);
    if (at && this.#body.contains(document.activeElement)) this.#go(at, true);
  }

  #place(target) {
    const cell = target.closest("td");
    if (!cell) return null;
    const row = this.#shown[[...this.#body.rows].indexOf(cell.parentElement)];
    return row === undefined ? null : [row, cell.cellIndex];
  }

  // Edit the active cell, beginning with its text, or with what is `typed` next.
  #edit(typed = false) {
    this.#typed = typed;
    const text = typed ? "" : this.#sheet.rows[this.#at[0]][this.#at[1]];
    const cell = this.#cell(this.#at);
    const column = this.#sheet.columns[this.#at[1]];
    this.#field = document.createElement("input");
    this.#field.value = text;
    this.#field.setAttribute("aria-label", `${column.label}, ${this.#sheet.rows[this.#at[0]][0]}`);
    this.#field.autocomplete = "off";
    this.#field.spellcheck = false;
    cell.replaceChildren(this.#field);
    this.#field.focus();
  }

  #keep() {
    const text = this.#field.value.trim();
    this.#drop();
    this.#wrote(this.#sheet.write([[...this.#at, text || this.#sheet.blank(this.#at[1])]]));
  }

  // Leave the cell as it is in the sheet.
  #drop() {
    const row = this.#sheet.rows[this.#at[0]];
    this.#field = null;
    this.#tell(row, this.#lines.get(row));
    this.#cell(this.#at).focus();
  }

  #clear() {
    const [rows, columns] = this.#block();
    const kept = (column) => ["id", "source"].includes(this.#sheet.columns[column].part);
    this.#wrote(
      this.#sheet.write(
        rows.flatMap((row) => columns.filter((one) => !kept(one)).map((one) => [row, one, this.#sheet.blank(one)])),
      ),
    );
  }

  #all() {
    this.#from = [this.#shown[0], 0];
    this.#at = [this.#shown.at(-1), this.#sheet.columns.length - 1];
    this.#choose();
  }

  #clipboard(event) {
    if (this.#field) return;
    event.preventDefault();
    const [rows, columns] = this.#block();
    if (event.type === "paste") return this.#paste(read(event.clipboardData.getData("text/plain")), rows, columns);
    event.clipboardData.setData(
      "text/plain",
      written(rows.map((row) => columns.map((column) => this.#sheet.rows[row][column]))),
    );
    if (event.type === "cut") this.#clear();
  }

  // One cell fills the block that is chosen; a block goes below and to the right of its first cell.
  #paste(block, rows, columns) {
    const one = block.length === 1 && block[0].length === 1;
    if (one) return this.#wrote(this.#sheet.write(rows.flatMap((row) => columns.map((column) => [row, column, block[0][0]]))));
    this.#wrote(this.#sheet.paste(rows[0], columns[0], block, NEW));
    this.#from = [rows[0], columns[0]];
    const bottom = Math.min(rows[0] + block.length, this.#sheet.rows.length) - 1;
    const right = Math.min(columns[0] + block[0].length, this.#sheet.columns.length) - 1;
    this.#go([bottom, right], true);
  }

  #do(what) {
    this.finish();
    const [rows] = this.#block();
    const [row, column] = this.#at;
    if (what === "undo" || what === "redo") {
      this.#faults = new Map(); // what was wrong was of other values: the check that follows says what is now
      this.#wrote(this.#sheet[what]());
      for (const [row, line] of this.#lines) if (line.querySelector("[data-fault]")) this.#tell(row, line);
    }
    else if (what === "add") this.#wrote(this.#sheet.insert(rows.at(-1) + 1, NEW), [rows.at(-1) + 1, 0]);
    else if (what === "remove") this.#wrote(this.#sheet.remove(rows), [rows[0], column]);
    else {
      const by = what === "up" ? -1 : 1;
      const from = this.#from[0] + by;
      if (!this.#wrote(this.#sheet.move(rows[0], rows.at(-1), by), [row + by, column])) return;
      this.#from = [from, this.#from[1]];
      this.#choose();
    }
  }

  // After something was done: show it, and stay where it was done.
  #wrote(differs, at = this.#at) {
    if (!differs) return false;
    this.#show();
    if (!this.#shown.includes(at[0])) at = [this.#shown[Math.min(at[0], this.#shown.length - 1)] ?? 0, at[1]];
    if (this.#shown.length) this.#go(at);
    this.#changed();
    return true;
  }
}

function heading(columns) {
  const head = document.createElement("thead");
  const line = head.insertRow();
  for (const one of columns) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = one.label;
    cell.title = [one.hint, one.choices.join(", ")].filter(Boolean).join("\n");
    cell.className = one.part;
    line.append(cell);
  }
  return head;
}
