// A table as a grid of cells: chooses cells by keyboard and pointer, edits, copies and pastes. One cell can be
// reached by the Tab key; within the grid the arrows move.

import { read, written } from "./clipboard.js";
import { command, move } from "./grid_keys.js";
import { Lines } from "./grid_lines.js";
import { Sheet } from "./sheet.js";

const NEW = "new-row"; // what new rows are called until somebody names them

export class Grid {
  #form;
  #changed;
  #sheet;
  #lines;
  #at = [0, 0]; // the active cell, and the other end of the block that is chosen
  #from = [0, 0];
  #field = null; // the field in which a cell is edited
  #typed = false; // editing began by typing: then an arrow leaves the field as it leaves a cell

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
    this.#lines = new Lines(this.#sheet, table);
    for (const tool of form.querySelectorAll("[data-tools]")) tool.hidden = false;
    this.#show();
    place.append(table);
    this.#listen(table);
    const wanted = location.hash.match(/^#row-(.+)$/)?.[1];
    const line = rows.findIndex((row) => row[0] === wanted);
    this.#lines.cell([Math.max(line, 0), 0]).tabIndex = 0;
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
    const faults = new Map();
    const table = this.#form.elements.table.value;
    for (const one of this.#form.querySelectorAll("#findings [data-kind]")) {
      if (one.dataset.table !== table) continue;
      const message = one.querySelector("[data-message]");
      for (const row of one.dataset.rows.split(" ").filter(Boolean)) {
        const found = faults.get(row) ?? {};
        const column = one.dataset.column || "id";
        found[column] ??= { kind: one.dataset.kind, text: message.textContent, language: message.lang };
        faults.set(row, found);
      }
    }
    this.#lines.mark(faults);
  }

  // Put other rows in the place of what is there, as one step that can be taken back.
  take(rows) {
    this.#wrote(this.#sheet.replace(rows));
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
      const link = event.target.closest('a[href*="#row-"]');
      const row = link && this.#sheet.rows.findIndex((one) => link.hash === `#row-${one[0]}`);
      const { table } = this.#form.elements;
      if (!link || row < 0 || new URLSearchParams(link.search).get("table") !== table.value) return;
      event.preventDefault();
      this.#go([row, 0]);
    });
  }

  #show() {
    this.#lines.show(this.#form.querySelector("[data-filter]").value.toLowerCase());
    const enabled = { undo: this.#sheet.undoable, redo: this.#sheet.redoable };
    for (const [name, able] of Object.entries(enabled)) {
      this.#form.querySelector(`[data-do=${name}]`).disabled = !able;
    }
  }

  // Make a cell the active one; with `extend` the block reaches from where it began to here.
  #go(at, extend = false) {
    for (const one of this.#lines.body.querySelectorAll('td[tabindex="0"]')) one.tabIndex = -1;
    this.#at = at;
    if (!extend) this.#from = at;
    this.#choose();
    const cell = this.#lines.cell(at);
    cell.tabIndex = 0;
    cell.focus();
    cell.scrollIntoView({ block: "nearest", inline: "nearest" });
  }

  #choose() {
    for (const one of this.#lines.body.querySelectorAll("[aria-selected]")) one.removeAttribute("aria-selected");
    const [rows, columns] = this.#block();
    for (const row of rows) {
      for (const column of columns) this.#lines.cell([row, column]).setAttribute("aria-selected", "true");
    }
  }

  // The rows that are shown, and the columns, of the block that is chosen.
  #block() {
    const [top, bottom] = [this.#at[0], this.#from[0]].sort((a, b) => a - b);
    const [left, right] = [this.#at[1], this.#from[1]].sort((a, b) => a - b);
    const rows = this.#lines.places.filter((place) => place >= top && place <= bottom);
    return [rows, Array.from({ length: right - left + 1 }, (_one, place) => left + place)];
  }

  #step(down, right, extend) {
    const shown = this.#lines.places;
    const row = shown[Math.min(Math.max(shown.indexOf(this.#at[0]) + down, 0), shown.length - 1)];
    const column = Math.min(Math.max(this.#at[1] + right, 0), this.#sheet.columns.length - 1);
    this.#go([row, column], extend);
  }

  #pressed(event) {
    const typed = event.key.length === 1 && !(event.ctrlKey || event.metaKey || event.altKey);
    if (typed || event.key === "Process") return this.#edit(true); // it goes into the field
    const [what, ...given] = command(event) ?? [];
    if (!what) return;
    if (what === "tab") {
      const column = this.#at[1] + given[0];
      if (column < 0 || column >= this.#sheet.columns.length) return; // at the end of a row Tab leaves the grid
      this.#step(0, given[0]);
    } else if (what === "step") this.#step(...given);
    else if (what === "do") this.#do(...given);
    else if (what === "edit") this.#edit();
    else if (what === "clear") this.#clear();
    else this.#all();
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
    } else if (this.#typed && move(event.key)) {
      this.#keep();
      this.#step(...move(event.key));
    } else return;
    event.preventDefault();
  }

  #pointed(event) {
    if (event.target === this.#field) return;
    const at = this.#lines.at(event.target);
    if (!at) return;
    this.finish();
    this.#go(at, event.shiftKey);
    event.preventDefault();
  }

  #dragged(event) {
    const at = event.buttons === 1 && !this.#field && this.#lines.at(event.target);
    if (at && this.#lines.body.contains(document.activeElement)) this.#go(at, true);
  }

  // Edit the active cell, beginning with its text, or with what is `typed` next.
  #edit(typed = false) {
    this.#typed = typed;
    const text = typed ? "" : this.#sheet.rows[this.#at[0]][this.#at[1]];
    const cell = this.#lines.cell(this.#at);
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
    this.#field = null;
    this.#lines.cell(this.#at).focus();
    this.#lines.write(this.#sheet.rows[this.#at[0]]);
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
    this.#from = [this.#lines.places[0], 0];
    this.#at = [this.#lines.places.at(-1), this.#sheet.columns.length - 1];
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
      this.#lines.mark(new Map()); // what was wrong was of other values: the check that follows says what is now
      this.#wrote(this.#sheet[what]());
    } else if (what === "add") this.#wrote(this.#sheet.insert(rows.at(-1) + 1, NEW), [rows.at(-1) + 1, 0]);
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
    if (!this.#lines.places.includes(at[0])) at = [this.#lines.places[Math.min(at[0], this.#lines.places.length - 1)] ?? 0, at[1]];
    if (this.#lines.places.length) this.#go(at);
    this.#changed();
    return true;
  }
}
