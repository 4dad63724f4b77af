/**
 * What is the same in every page: how it looks, and the script that searches in it.
 *
 * @module
 */

/** Light and dark, as wide as a screen is. */
export const STYLE = `
:root { color-scheme: light dark; --back: #fff; --text: #1c1e21; --soft: #5f6670; --line: #d6dae0; --card: #f5f6f8;
  --busy: #2f6fdf; --well: #1a7f37; --bad: #c62828; }
@media (prefers-color-scheme: dark) { :root { --back: #14161a; --text: #e6e8eb; --soft: #9aa3ae; --line: #353a42;
  --card: #1e2127; --busy: #6ea0ff; --well: #57c46e; --bad: #ff7b72; } }
* { box-sizing: border-box; }
body { margin: 0 auto; padding: 1rem; max-width: 70rem; background: var(--back); color: var(--text);
  font: 16px/1.45 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.35rem; margin: 0 0 .25rem; }
h2 { font-size: 1.1rem; margin: 2rem 0 .5rem; }
p { margin: .25rem 0; }
.soft { color: var(--soft); }
.verdict { border-left: .4rem solid var(--bad); padding: .5rem .75rem; background: var(--card); }
.verdict.well { border-color: var(--well); }
code, pre { font: .875rem/1.4 ui-monospace, monospace; white-space: pre-wrap; }
pre { margin: .5rem 0 0; }
bdi, code, pre, td, th { unicode-bidi: isolate; }
.wide { overflow-x: auto; }
nav { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin-top: .75rem; }
a { color: var(--busy); }
a:focus-visible, .wide:focus-visible, input:focus-visible, summary:focus-visible { outline: 2px solid var(--busy); outline-offset: 2px; }
table { border-collapse: collapse; width: 100%; font-variant-numeric: tabular-nums; }
th, td { text-align: left; padding: .25rem .75rem .25rem 0; border-bottom: 1px solid var(--line); vertical-align: top; }
th { color: var(--soft); font-weight: 600; }
th.number, td.number { text-align: right; white-space: nowrap; }
th, td { overflow-wrap: normal; }
td:first-child { min-width: 6rem; overflow-wrap: anywhere; }
.bad { color: var(--bad); }
.bars { display: grid; grid-template-columns: max-content 1fr max-content; gap: .15rem .75rem; align-items: center; }
.bar { height: .8rem; background: var(--busy); min-width: 1px; }
.lanes { display: grid; grid-template-columns: minmax(4rem, max-content) 1fr; gap: .15rem .75rem; align-items: center; }
.lanes span { max-width: 12rem; font-size: .875rem; }
svg { width: 100%; height: 1rem; background: var(--card); display: block; }
.b1 { fill: var(--busy); opacity: .3; } .b2 { fill: var(--busy); opacity: .55; } .b3 { fill: var(--busy); opacity: .8; }
.b4 { fill: var(--busy); } .bf { fill: var(--bad); }
details { border-bottom: 1px solid var(--line); padding: .4rem 0; }
summary { cursor: pointer; }
input { font: inherit; width: 100%; padding: .5rem; color: inherit; background: var(--card); border: 1px solid var(--soft);
  border-radius: .25rem; }
@media (max-width: 32rem) { body { padding: .75rem; } .lanes span { max-width: 6rem; } th, td { padding-right: .5rem; } }
`;

/** Shows the jobs whose input, task, number or outcome holds what is typed; all that it puts in is text. */
export const SCRIPT = `
const { tasks, kinds, jobs } = JSON.parse(document.getElementById("data").textContent);
const field = document.getElementById("field");
const rows = document.getElementById("rows");
const found = document.getElementById("found");
const MOST = 200;
const texts = jobs.map(([task, number, kind, , input]) =>
  (tasks[task] + " " + number + " " + kinds[kind] + " " + input).toLowerCase());
function show() {
  const wanted = field.value.toLowerCase().split(/\\s+/).filter((word) => word !== "");
  let count = 0;
  const shown = [];
  for (let i = 0; i < jobs.length; i++) {
    if (!wanted.every((word) => texts[i].includes(word))) continue;
    if (count++ >= MOST) continue;
    const [task, number, kind, time, input] = jobs[i];
    const row = document.createElement("tr");
    for (const [j, text] of [input, tasks[task], number, kinds[kind], time].entries()) {
      const cell = row.insertCell();
      cell.textContent = text;
      if (j === 2 || j === 4) cell.className = "number";
      if (j === 3 && kind !== 0) cell.className = "bad";
    }
    shown.push(row);
  }
  rows.replaceChildren(...shown);
  found.textContent = count + " found" + (count > MOST ? ", the first " + MOST + " are shown" : "");
}
field.addEventListener("input", show);
document.getElementById("search").hidden = false;
show();
`;
