/**
 * A run as one page, which needs no network: it is small however many jobs there are.
 *
 * @module
 */

import { shownJson } from "../output/json_value.ts";
import { causeOf, inFull, jobText } from "../output/notices.ts";
import type { Outcome } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { lastLines } from "../observers/last_lines.ts";
import { momentText, timeText } from "../text/amounts.ts";
import { harmless, oneLine, shortened, told } from "../text/shown.ts";
import { escapedMarkup } from "./markup.ts";
import { SCRIPT, STYLE } from "./page_parts.ts";
import { type ReportedRun, restText } from "./reported_run.ts";
import type { Busy, Lane, Timeline } from "./timeline.ts";

/** How many tasks, jobs that did not end well, and jobs that can be searched are told, at the most. */
const TASKS = 500;
const FAILURES = 200;
const JOBS = 20_000;

/** How much room those may take that did not end well, and those that can be searched, in bytes. */
const FAILURES_BYTES = 1_500_000;
const JOBS_BYTES = 2_000_000;

/** How much of a text is told, in characters: of a line, of the name of a task, and of an input. */
const LINE_LENGTH = 1000;
const NAME_LENGTH = 100;
const INPUT_LENGTH = 200;

const NOT_WELL: readonly Outcome["kind"][] = ["failed", "timed-out", "died", "cancelled"];

/**
 * The page of a run: how it ended and why, its tasks, when its slots were busy, how long jobs took, those that did not
 * end well, and what is searched. It has at most 5 MB: where it does not tell of all, it says so. Whatever others'
 * texts hold, it is seen and does nothing; and no script but its own is run.
 */
export async function* htmlReport(run: ReportedRun): AsyncGenerator<string> {
  const { state, isWell, line, folder, startedAt, endedAt } = run;
  const name = markup(`fanfold ${run.id}`);
  const from = startedAt === undefined ? "" : `, started ${momentText(startedAt)}`;
  const to = endedAt === undefined ? "" : `, ended ${momentText(endedAt)}`;
  yield `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${await policy()}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>${name}</title>
<style>${STYLE}</style>
</head>
<body>
<header>
<h1>${name}</h1>
<div class="verdict${isWell ? " well" : ""}"><p>${
    markup(shortened(state, LINE_LENGTH))
  }</p>${await causeMarkup(run)}</div>
<p><code>${markup(shortened(line, LINE_LENGTH))}</code></p>
<p class="soft">in ${markup(shortened(folder, LINE_LENGTH))}${from}${to}</p>
${navigation(run)}</header>
<main>
`;
  yield tasksMarkup(run);
  if (PARTS.slots.isTold(run)) yield* timelineMarkup(run.timeline);
  if (PARTS.slowest.isTold(run)) yield slowestMarkup(run);
  if (PARTS.failures.isTold(run)) yield* failuresMarkup(run);
  if (PARTS.jobs.isTold(run)) yield* searchMarkup(run);
  yield "</main>\n</body>\n</html>\n";
}

/** The parts of the page that may be there, and whether there is anything to tell in them. */
const PARTS = {
  tasks: { heading: "Tasks", isTold: () => true },
  slots: { heading: "Slots", isTold: ({ timeline }: ReportedRun) => timeline.slots > 0 },
  times: {
    heading: "How long jobs took",
    isTold: ({ timeline }: ReportedRun) => timeline.slots > 0,
  },
  slowest: { heading: "Slowest jobs", isTold: ({ slowest }: ReportedRun) => slowest.length > 0 },
  failures: {
    heading: "Jobs that did not end well",
    isTold: (run: ReportedRun) => notWell(run) > 0,
  },
  jobs: { heading: "Jobs", isTold: ({ tasks }: ReportedRun) => tasks.some(({ jobs }) => jobs > 0) },
} as const;

/** How many jobs did not end well. */
function notWell({ tasks }: ReportedRun): number {
  return tasks.reduce((sum, { jobs, counts }) => sum + jobs - (counts.done ?? 0), 0);
}

/** The way to each part: who has no mouse need not go past all that is before it. */
function navigation(run: ReportedRun): string {
  const links = Object.entries(PARTS).filter(([, { isTold }]) => isTold(run))
    .map(([id, { heading }]) => `<a href="#${id}">${heading}</a>\n`);
  return `<nav aria-label="Parts of this page">\n${links.join("")}</nav>\n`;
}

async function causeMarkup({ cause }: ReportedRun): Promise<string> {
  return cause ? `<pre class="bad">${markup((await linesOf(cause)).join("\n"))}</pre>` : "";
}

/** Why a job did not end well, and the last lines of its stderr. */
async function linesOf(outcome: Outcome): Promise<readonly string[]> {
  const cause = causeOf(outcome);
  const notice = cause ? inFull(cause) : { text: jobText(outcome) };
  const last = outcome.output ? await lastLines(outcome.output.read("stderr")) : [];
  return [...told(notice, ""), ...last.map((line) => `  | ${line}`)];
}

function tasksMarkup({ tasks }: ReportedRun): string {
  const kinds = NOT_WELL.filter((kind) => tasks.some(({ counts }) => counts[kind]));
  const rows = tasks.slice(0, TASKS).map((task) => {
    const { counts, jobs, inputs, isWhole, totalMs, medianMs } = task;
    const bad = kinds.map((kind) =>
      `<td class="number${counts[kind] ? " bad" : ""}">${counts[kind] ?? 0}</td>`
    );
    const all = isWhole
      ? `${jobs}`
      : `<span title="${restText(task)}">${jobs} of ${inputs ?? "?"}</span>`;
    const median = medianMs === undefined ? "" : timeText(medianMs);
    return `<tr><td>${
      markup(shortened(task.task, NAME_LENGTH))
    }</td><td class="number">${all}</td>` +
      `<td class="number">${counts.done ?? 0}</td>${bad.join("")}` +
      `<td class="number">${timeText(totalMs)}</td><td class="number">${median}</td></tr>\n`;
  });
  const columns = [
    "task",
    ...["jobs", "done", ...kinds, "total", "median"].map((name) => `#${name}`),
  ];
  const more = tasks.length > TASKS ? note(`the first ${TASKS} of ${tasks.length} tasks`) : "";
  return section("tasks", `${more}${table("Tasks", columns, rows)}`);
}

/** What heads a column, of numbers where a mark stands before it. */
type Column = string | `#${string}`;

/** A table that is scrolled by itself where it is wider than the screen, by keys, too. */
function table(
  name: string,
  columns: readonly Column[],
  rows: readonly string[],
  id: string = "",
): string {
  const heads = columns.map((column) =>
    `<th scope="col"${column.startsWith("#") ? ' class="number"' : ""}>${
      column.replace("#", "")
    }</th>`
  );
  return `<div class="wide" tabindex="0" role="region" aria-label="${name}"><table>\n` +
    `<thead><tr>${heads.join("")}</tr></thead>\n<tbody${id}>\n${
      rows.join("")
    }</tbody></table></div>\n`;
}

function* timelineMarkup(timeline: Timeline): Generator<string> {
  const { groups, slots, lengthMs } = timeline;
  const lanes = timeline.lanes();
  const which = lanes.length < slots ? `the first ${lanes.length} of ${slots} slots; ` : "";
  const means =
    "the stronger the colour, the longer a slot was busy; red where a job did not end well";
  const about = note(`${which}0 to ${timeText(lengthMs)}; ${means}`);
  yield section("slots", `${about}<div class="lanes">\n${lanes.map(laneMarkup).join("")}</div>\n`);
  const most = Math.max(...groups.map(({ jobs }) => jobs));
  const bars = groups.map(({ upToMs, jobs }) => {
    const name = upToMs === Infinity ? "longer" : `to ${timeText(upToMs)}`;
    const width = (jobs / most * 100).toFixed(2);
    const bar = jobs === 0 ? "<span></span>" : `<div class="bar" style="width:${width}%"></div>`;
    return `<span class="soft">${name}</span>${bar}<span>${jobs}</span>\n`;
  });
  yield section("times", `<div class="bars">\n${bars.join("")}</div>\n`);
}

function laneMarkup({ task, slot, busy }: Lane): string {
  const paths = ([1, 2, 3, 4, "failed"] as const).map((what) => {
    const shape = shapeOf(busy, what);
    return shape === "" ? "" : `<path class="b${what === "failed" ? "f" : what}" d="${shape}"/>`;
  });
  const name = markup(`${shortened(task, NAME_LENGTH)} ${slot}`);
  return `<span>${name}</span><svg viewBox="0 0 ${busy.length} 1" ` +
    `preserveAspectRatio="none" role="img" aria-label="${name}">${paths.join("")}</svg>\n`;
}

/** The parts in which a slot did this, as the data of a path. */
function shapeOf(busy: readonly Busy[], what: Busy): string {
  let shape = "";
  for (let i = 0; i < busy.length; i++) {
    const from = i;
    while (busy[i] === what) i++;
    if (i > from) shape += `M${from} 0h${i - from}v1h${from - i}z`;
  }
  return shape;
}

function slowestMarkup({ slowest }: ReportedRun): string {
  const rows = slowest.map((outcome) => {
    const isBad = outcome.kind !== "done";
    return `<tr><td>${markup(shortened(jobText(outcome), LINE_LENGTH))}</td><td${
      isBad ? ' class="bad"' : ""
    }>` +
      `${outcome.kind}</td><td class="number">${timeText(outcome.durationMs ?? 0)}</td></tr>\n`;
  });
  return section("slowest", table("Slowest jobs", ["job", "outcome", "#time"], rows));
}

async function* failuresMarkup(run: ReportedRun): AsyncGenerator<string> {
  const { tasks } = run;
  const all = notWell(run);
  const shown: string[] = [];
  let room = FAILURES_BYTES;
  for (const { outcomes } of tasks) {
    if (shown.length >= FAILURES || room <= 0) break;
    for (const outcome of outcomes({ onlyFailed: true })) {
      const [first = "", ...more] = await linesOf(outcome);
      const rest = more.length > 0 ? `<pre>${markup(more.join("\n"))}</pre>` : "";
      const text = `<details><summary><code>${markup(first)}</code></summary>${rest}</details>\n`;
      room -= bytesOf(text);
      if (shown.length >= FAILURES || room < 0) break;
      shown.push(text);
    }
  }
  const most = shown.length < all ? note(`the first ${shown.length} of ${all}`) : "";
  yield section("failures", most + shown.join(""));
}

/** The jobs that can be searched, as data, and where that is done. */
async function* searchMarkup({ tasks }: ReportedRun): AsyncGenerator<string> {
  const total = tasks.reduce((sum, { jobs }) => sum + jobs, 0);
  const kinds: readonly Outcome["kind"][] = ["done", ...NOT_WELL];
  const told = tasks.slice(0, TASKS);
  const names = told.map(({ task }) => oneLine(shortened(task, NAME_LENGTH)));
  const each = Math.floor(JOBS / told.length);
  const jobs: string[] = [];
  let room = JOBS_BYTES;
  for (const [i, { outcomes }] of told.entries()) {
    let left = each;
    for (const { index, kind, durationMs = 0, input } of outcomes()) {
      if (left-- === 0) break;
      const text = input === undefined ? "" : shortened(oneLine(shownJson(input)), INPUT_LENGTH);
      const row = [i, jobNumber(index), kinds.indexOf(kind), timeText(durationMs), text];
      const json = dataMarkup(row);
      room -= bytesOf(json) + 2;
      if (room < 0) break;
      jobs.push(json);
    }
  }
  const ofEach = told.length > 1 ? " of each task" : "";
  const most = jobs.length < total
    ? note(`the first${ofEach}: ${jobs.length} of ${total} jobs`)
    : "";
  const rows = table("Jobs", ["input", "task", "#job", "outcome", "#time"], [], ' id="rows"');
  yield section(
    "jobs",
    `${most}<noscript><p>The search needs JavaScript.</p></noscript>\n<div id="search" hidden>\n` +
      `<label for="field">Words of the input, the task, the number or the outcome</label>\n` +
      `<input id="field" type="search" autocomplete="off">\n` +
      `<p id="found" class="soft" role="status"></p>\n${rows}</div>\n`,
  );
  yield `<script type="application/json" id="data">{"tasks":${dataMarkup(names)},` +
    `"kinds":${dataMarkup(kinds)},"jobs":[\n${jobs.join(",\n")}\n]}</script>\n`;
  yield `<script>${SCRIPT}</script>\n`;
}

function section(id: keyof typeof PARTS, content: string): string {
  return `<section id="${id}">\n<h2>${PARTS[id].heading}</h2>\n${content}</section>\n`;
}

function note(text: string): string {
  return `<p class="soft">${text}</p>\n`;
}

/** Text of others: no part of it is markup, and what nobody sees is shown. */
function markup(text: string): string {
  return escapedMarkup(harmless(text));
}

/** Data in a script, which nothing in it can end. */
function dataMarkup(value: unknown): string {
  return JSON.stringify(value).replaceAll("<", "\\u003c");
}

function bytesOf(text: string): number {
  return new TextEncoder().encode(text).length;
}

/** That the page loads nothing, and which script may run. */
async function policy(): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(SCRIPT));
  const own = `sha256-${new Uint8Array(digest).toBase64()}`;
  return `default-src 'none'; style-src 'unsafe-inline'; script-src '${own}'`;
}
