"use strict";

// Rows, lines and parts of the picture say which layers they show.
const parts = new Map();
for (const element of document.querySelectorAll("[data-layers]")) {
  for (const name of element.dataset.layers.split(" ")) {
    if (!parts.has(name)) parts.set(name, []);
    parts.get(name).push(element);
  }
}
let held = null;

function namesAt(target) {
  const element = target.closest("[data-layers]");
  return element ? element.dataset.layers.split(" ") : [];
}

function mark(name, kind, on) {
  for (const element of parts.get(name) ?? []) element.classList.toggle(kind, on);
}

function light(names) {
  for (const element of document.querySelectorAll(".lit")) element.classList.remove("lit");
  for (const name of names) mark(name, "lit", true);
}

function hold(name) {
  if (held !== null) mark(held, "held", false);
  held = held === name ? null : name;
  if (held !== null) {
    mark(held, "held", true);
    for (const box of document.querySelectorAll(".code")) {
      const line = box.querySelector(".held");
      if (line) box.scrollTop = line.offsetTop - box.clientHeight / 3;
    }
  }
  for (const button of document.querySelectorAll("button.layer")) {
    button.setAttribute("aria-pressed", String(button.textContent === held));
  }
}

document.addEventListener("pointerover", (event) => light(namesAt(event.target)));
document.addEventListener("focusin", (event) => light(namesAt(event.target)));
document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && held !== null) hold(held);
});
document.addEventListener("click", (event) => {
  if (event.target.closest(".sort, .copy, a")) return;
  const keyboard = event.detail === 0;
  if (!keyboard && String(getSelection()) !== "") return; // text is being selected, not a layer
  const [name] = namesAt(event.target);
  if (name !== undefined) hold(name);
});

// Sorting: each column up, down, and back to the network's own order.
for (const button of document.querySelectorAll("button.sort")) {
  const heading = button.closest("th");
  const body = heading.closest("table").tBodies[0];
  const order = [...body.rows];
  const key = (row) => {
    const cell = row.cells[heading.cellIndex];
    return cell.dataset.value === undefined ? cell.textContent.trim() : Number(cell.dataset.value);
  };
  const compare = (a, b) => {
    const [x, y] = [key(a), key(b)];
    if (typeof x === "number" && typeof y === "number") return x - y;
    return String(x).localeCompare(String(y), "en", { numeric: true });
  };
  button.addEventListener("click", () => {
    const next = { none: "ascending", ascending: "descending", descending: "none" };
    const direction = next[heading.getAttribute("aria-sort")];
    for (const other of heading.parentNode.cells) other.setAttribute("aria-sort", "none");
    heading.setAttribute("aria-sort", direction);
    if (direction === "none") {
      body.append(...order);
      return;
    }
    const rows = order.filter((row) => key(row) !== "").sort(compare);
    if (direction === "descending") rows.reverse();
    body.append(...rows, ...order.filter((row) => key(row) === "")); // without a value: last
  });
}

// Which edges of a table have columns beyond them.
for (const box of document.querySelectorAll(".scroll")) {
  const told = () => {
    box.parentNode.classList.toggle("before", box.scrollLeft > 0);
    box.parentNode.classList.toggle("after", box.scrollLeft + box.clientWidth < box.scrollWidth - 1);
  };
  box.addEventListener("scroll", told);
  new ResizeObserver(told).observe(box);
}

// Whether the text is in the clipboard; the focus stays where it was.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch { // some browsers give files no clipboard
    const focused = document.activeElement;
    const area = document.createElement("textarea");
    area.value = text;
    document.body.append(area);
    area.select();
    let done = false;
    try {
      done = document.execCommand("copy");
    } catch { /* it is gone from some browsers */ }
    area.remove();
    focused?.focus({ preventScroll: true });
    return done;
  }
}

for (const button of document.querySelectorAll("button.copy")) {
  const label = button.firstChild;
  const what = button.querySelector(".unseen").textContent.trim();
  let timer;
  button.addEventListener("click", async () => {
    const done = await copy(document.getElementById(button.dataset.copies).textContent);
    const said = done ? "Copied" : "Could not copy; select the text instead";
    label.textContent = said;
    document.getElementById("told").textContent = done ? `${said} ${what}.` : `${said}: ${what}.`;
    clearTimeout(timer);
    timer = setTimeout(() => { label.textContent = "Copy"; }, done ? 2000 : 6000);
  });
}
