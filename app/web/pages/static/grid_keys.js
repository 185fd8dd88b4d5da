// What a key does in a grid while no cell is edited: the name of a method of the grid, and what it is given.

const MOVES = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
const WITH_ALT = { ArrowUp: "up", ArrowDown: "down", Insert: "add", Delete: "remove" };
const PAGE = 15;
const FAR = Number.MAX_SAFE_INTEGER; // a step that ends at the edge

export function move(key) {
  return MOVES[key];
}

export function command(event) {
  const { key, shiftKey: shift, altKey: alt } = event;
  const control = event.ctrlKey || event.metaKey;
  if (alt) return WITH_ALT[key] && ["do", WITH_ALT[key]];
  if (key in MOVES) return ["step", ...MOVES[key].map((by) => (control ? by * FAR : by)), shift];
  if (key === "Tab") return ["tab", shift ? -1 : 1];
  if (key === "Enter") return ["step", shift ? -1 : 1, 0];
  if (key === "PageUp" || key === "PageDown") return ["step", key === "PageUp" ? -PAGE : PAGE, 0, shift];
  if (key === "Home") return ["step", control ? -FAR : 0, -FAR, shift];
  if (key === "End") return ["step", control ? FAR : 0, FAR, shift];
  if (key === "F2") return ["edit"];
  if (key === "Delete" || key === "Backspace") return ["clear"];
  if (control && key.toLowerCase() === "a") return ["all"];
  if (control && key.toLowerCase() === "z") return ["do", shift ? "redo" : "undo"];
  if (control && key.toLowerCase() === "y") return ["do", "redo"];
  return null;
}
