/**
 * What slots may take, and when they end, in words.
 *
 * @module
 */

import type { Task } from "../job.ts";
import { sizeText } from "../text/sizes.ts";

/** What a task says of its slots: `memory 512 MB; recycled after 1000 jobs or above 256 MB`; nothing if it says nothing. */
export function slotsText({ memoryBytes, recycle }: Task): string | undefined {
  const ends = [
    ...(recycle?.jobs === undefined ? [] : [`after ${jobs(recycle.jobs)}`]),
    ...(recycle?.memoryBytes === undefined ? [] : [`above ${sizeText(recycle.memoryBytes)}`]),
  ];
  const parts = [
    ...(memoryBytes === undefined ? [] : [`memory ${sizeText(memoryBytes)}`]),
    ...(ends.length === 0 ? [] : [`recycled ${ends.join(" or ")}`]),
  ];
  return parts.length === 0 ? undefined : parts.join("; ");
}

function jobs(count: number): string {
  return count === 1 ? "1 job" : `${count} jobs`;
}
