// sorting - Sorting and filtering of the report's tables; the page says everything without it, too.

const cellValue = (row, column) => {
  const cell = row.cells[column];
  return cell.dataset.value === undefined ? cell.textContent : Number(cell.dataset.value);
};

const compare = (a, b) => {
  if (typeof a === "number" && typeof b === "number") return a - b;
  if (typeof a !== typeof b) return typeof a === "number" ? 1 : -1;
  return a.localeCompare(b, "en", { numeric: true });
};

function sort(table, header) {
  const column = header.cellIndex;
  const direction = header.ariaSort === "descending" ? "ascending" : "descending";
  for (const other of header.parentElement.cells) other.removeAttribute("aria-sort");
  header.setAttribute("aria-sort", direction);
  const sign = direction === "ascending" ? 1 : -1;
  const body = table.tBodies[0];
  body.append(...[...body.rows].sort((a, b) => sign * compare(cellValue(a, column), cellValue(b, column))));
}

for (const table of document.querySelectorAll("table"))
  for (const header of table.tHead.rows[0].cells)
    header.querySelector("button").addEventListener("click", () => sort(table, header));

function filter() {
  const wanted = document.getElementById("find").value.toLowerCase();
  const verdict = document.getElementById("verdict").value;
  const rows = [...document.getElementById("sockets").tBodies[0].rows];
  for (const row of rows) {
    const ofVerdict = verdict === "" || row.cells[0].textContent === verdict;
    row.hidden = !(ofVerdict && row.textContent.toLowerCase().includes(wanted));
  }
  const shown = rows.filter((row) => !row.hidden).length;
  document.getElementById("matches").textContent = `${shown} of ${rows.length} sockets`;
}

if (document.getElementById("find")) {
  document.getElementById("find").addEventListener("input", filter);
  document.getElementById("verdict").addEventListener("change", filter);
  document.querySelector("form").addEventListener("submit", (event) => event.preventDefault());
}
