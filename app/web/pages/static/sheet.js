// The rows of a table, and what was done to them. A row is a list of cells and is never changed, only put in the
// place of another: so a step back is the list of rows as it was before.

export class Sheet {
  #done = [];
  #undone = [];

  constructor(columns, rows) {
    this.columns = columns;
    this.rows = rows;
  }

  get undoable() {
    return this.#done.length > 0;
  }

  get redoable() {
    return this.#undone.length > 0;
  }

  // What an emptied cell holds: a condition that always holds, and nothing elsewhere.
  blank(column) {
    return this.columns[column].part === "when" ? "-" : "";
  }

  // Write cells: [row, column, text]. Returns whether anything is another now.
  write(cells) {
    const rows = [...this.rows];
    let differs = false;
    for (const [row, column, text] of cells) {
      if (!rows[row] || column >= this.columns.length || rows[row][column] === text) continue;
      if (rows[row] === this.rows[row]) rows[row] = [...rows[row]];
      rows[row][column] = text;
      differs = true;
    }
    return differs && this.#become(rows);
  }

  // Write a block of texts with its first cell there; rows that are not there yet are made, `name` calls them.
  paste(row, column, block, name) {
    const rows = [...this.rows];
    block.forEach((texts, down) => {
      const at = row + down;
      rows[at] = rows[at] ? [...rows[at]] : this.#fresh(name, rows);
      texts.forEach((text, right) => {
        if (column + right < this.columns.length) rows[at][column + right] = text;
      });
    });
    return this.#become(rows);
  }

  insert(at, name) {
    const rows = [...this.rows];
    rows.splice(at, 0, this.#fresh(name, rows));
    return this.#become(rows);
  }

  remove(places) {
    const gone = new Set(places);
    const rows = this.rows.filter((_row, place) => !gone.has(place));
    return rows.length > 0 && rows.length < this.rows.length && this.#become(rows);
  }

  // Move the rows from first to last by one place, up (-1) or down (1).
  move(first, last, by) {
    const other = by < 0 ? first - 1 : last + 1;
    if (!this.rows[other]) return false;
    const rows = [...this.rows];
    const [jumped] = rows.splice(other, 1);
    rows.splice(by < 0 ? last : first, 0, jumped);
    return this.#become(rows);
  }

  // Put other rows in the place of all.
  replace(rows) {
    return this.#become(rows);
  }

  undo() {
    return this.#step(this.#done, this.#undone);
  }

  redo() {
    return this.#step(this.#undone, this.#done);
  }

  #become(rows) {
    this.#done.push(this.rows);
    this.#undone = [];
    this.rows = rows;
    return true;
  }

  #step(from, to) {
    if (!from.length) return false;
    to.push(this.rows);
    this.rows = from.pop();
    return true;
  }

  #fresh(name, rows) {
    const taken = new Set(rows.map((row) => row[0]));
    let number = rows.length + 1;
    while (taken.has(`${name}-${number}`)) number += 1;
    return this.columns.map((_one, column) => (column ? this.blank(column) : `${name}-${number}`));
  }
}
