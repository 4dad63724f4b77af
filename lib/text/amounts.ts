/**
 * Times, sizes and numbers of jobs as people read them.
 *
 * @module
 */

import type { Counts } from "../job.ts";

/** How many jobs there are, and how they ended: `3 jobs: 2 done, 1 failed`. */
export function jobsText(counts: Partial<Counts>): string {
  const total = Object.values(counts).reduce((sum, count) => sum + count, 0);
  return `${jobCountText(total)}: ${countsText(counts)}`;
}

/** So many jobs, of so many in all where that is known and not less: `1 job`, `3 of 6 jobs`. */
export function jobCountText(jobs: number, inAll?: number): string {
  if (inAll !== undefined && inAll >= jobs) return `${jobs} of ${inAll} jobs`;
  return `${jobs} ${jobs === 1 ? "job" : "jobs"}`;
}

/** How many jobs ended how: `2 done, 1 failed`. */
export function countsText({ done = 0, ...others }: Partial<Counts>): string {
  const parts = Object.entries(others).filter(([, count]) => count > 0)
    .map(([kind, count]) => `${count} ${kind}`);
  return [`${done} done`, ...parts].join(", ");
}

/** How long something took: `0.3 ms`, `250 ms`, `1.5 s`, `3m05s`, `2h03m`. */
export function timeText(ms: number): string {
  if (ms < 9.95) return `${ms.toFixed(1)} ms`;
  if (ms < 999.5) return `${Math.round(ms)} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  return minutes < 60
    ? `${minutes}m${twoDigits(seconds % 60)}s`
    : `${Math.floor(minutes / 60)}h${twoDigits(minutes % 60)}m`;
}

/** When something was, by the clock of this machine: `2026-01-31 23:59:59`. */
export function momentText(ms: number): string {
  const at = new Date(ms);
  const day = [at.getFullYear(), at.getMonth() + 1, at.getDate()].map(twoDigits).join("-");
  return `${day} ${[at.getHours(), at.getMinutes(), at.getSeconds()].map(twoDigits).join(":")}`;
}

/** How much room something takes: `0 B`, `980 B`, `25 KB`, `1.2 MB`. */
export function roomText(bytes: number): string {
  let amount = bytes;
  let unit = "B";
  for (const next of ["KB", "MB", "GB", "TB"]) {
    if (amount < 999.5) break;
    [amount, unit] = [amount / 1000, next];
  }
  return `${unit === "B" || amount >= 9.95 ? Math.round(amount) : amount.toFixed(1)} ${unit}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, "0");
}
