// A cell as people read it: choices by what they are called, and digits in groups. What is edited, copied and sent
// is the cell as the text has it. A comma between alternatives stands with a space, one between digits without.

export function shown(text, column) {
  const said = !["when", "then"].includes(column.part) ? text : text.replace(/[A-Za-z]\w*/g, (word) => column.words[word] ?? word);
  return column.numeric ? said.replace(/,(?=\S)/g, ", ").replace(/(?<=\d)_(?=\d)/g, ",") : said;
}
