// Sorts and filters the table, hides contours and enlarges pictures. All there is to know is in the table itself.
(() => {
  "use strict";
  const controls = document.getElementById("controls");
  const shown = document.getElementById("shown");
  const table = document.querySelector("table");
  const headings = Array.from(table.tHead.rows[0].cells);
  const first = headings.findIndex((heading) => heading.hasAttribute("aria-sort")); // what the page came sorted by
  const dialog = document.querySelector("dialog");
  const enlarged = document.getElementById("enlarged");
  const collator = new Intl.Collator("en", { numeric: true });

  // Read once: a thousand rows are then sorted and filtered without another look at the page.
  const rows = Array.from(table.tBodies[0].rows, (element) => ({
    element,
    keys: Array.from(element.cells, keyOf),
    text: Array.from(element.querySelectorAll("[data-text]"), (part) => part.textContent)
      .join("\n")
      .toLowerCase(),
  }));
  let current; // the row that the dialog shows

  function keyOf(cell) {
    if ("empty" in cell.dataset) return null;
    return "number" in cell.dataset ? Number(cell.dataset.number) : cell.textContent;
  }

  function compare(a, b) {
    if (typeof a === "number" && typeof b === "number") return a - b;
    if (typeof a === "number" || typeof b === "number") return typeof a === "number" ? -1 : 1;
    return collator.compare(a, b);
  }

  function sortBy(column) {
    const heading = headings[column];
    const order = heading.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending";
    const sign = order === "ascending" ? 1 : -1;
    for (const other of headings) other.removeAttribute("aria-sort");
    heading.setAttribute("aria-sort", order);
    // What is empty stays last in either order; rows that are equal keep the order they have.
    rows.sort((one, other) => {
      const [a, b] = [one.keys[column], other.keys[column]];
      return a === null || b === null ? (a === null) - (b === null) : sign * compare(a, b);
    });
    table.tBodies[0].append(...rows.map((row) => row.element));
  }

  function applyControls() {
    const text = document.getElementById("search").value.toLowerCase();
    const lesion = document.getElementById("lesion").value;
    for (const row of rows) {
      row.element.hidden = !row.text.includes(text) || (lesion !== "" && row.element.dataset.lesion !== lesion);
    }
    shown.textContent = `Showing ${visible().length} of ${rows.length}`;
    document.body.classList.toggle("large", document.getElementById("size").value === "large");
    for (const box of controls.querySelectorAll("[data-kind]")) {
      document.body.classList.toggle(`without-${box.dataset.kind}`, !box.checked);
    }
  }

  function visible() {
    return rows.filter((row) => !row.element.hidden);
  }

  function enlarge(row) {
    current = row;
    const list = visible();
    const [picture, name, lesion] = row.element.cells;
    const value = row.element.cells[first];
    const parts = Array.from(picture.firstElementChild.children, (part) => part.cloneNode(true));
    parts[0].loading = "eager";
    dialog.querySelector(".picture").replaceChildren(...parts);
    const facts = `lesion found: ${lesion.textContent}, ${value.dataset.title} ${value.textContent.trim()}`;
    const place = `${list.indexOf(row) + 1} of ${list.length}`;
    enlarged.replaceChildren(
      ...Array.from(name.childNodes, (part) => part.cloneNode(true)),
      document.createElement("br"),
      `${facts} (${place})`,
    );
  }

  function step(by) {
    const list = visible();
    enlarge(list[(list.indexOf(current) + by + list.length) % list.length]);
  }

  table.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === null) return;
    if (button.classList.contains("picture")) {
      enlarge(rows.find((row) => row.element.contains(button)));
      dialog.showModal(); // on closing, the browser gives the focus back to the picture
    } else {
      sortBy(headings.indexOf(button.parentElement));
    }
  });
  dialog.addEventListener("click", (event) => {
    const button = event.target.closest("button");
    if (button === null) return;
    if ("close" in button.dataset) dialog.close();
    else step(Number(button.dataset.step));
  });
  dialog.addEventListener("keydown", (event) => {
    const by = { ArrowLeft: -1, ArrowUp: -1, ArrowRight: 1, ArrowDown: 1 }[event.key];
    if (by === undefined) return;
    event.preventDefault(); // the page would scroll
    step(by);
  });
  controls.addEventListener("input", applyControls);

  for (const button of table.querySelectorAll("button")) button.disabled = false;
  controls.hidden = false;
  applyControls();
})();
