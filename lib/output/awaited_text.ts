/**
 * What is awaited, for people.
 *
 * @module
 */

import type { Awaited } from "../events.ts";
import type { FunctionRef } from "../job.ts";
import { jobNumber } from "../job_number.ts";
import { near } from "../errors/reason.ts";

/** That something is awaited: `still waiting for task "a", slot 1, to import ./m.ts`. */
export function awaitedText(whose: string, what: Awaited): string {
  return stillWaiting(nameOf(whose, what));
}

/** That something is awaited, by its name. */
export function stillWaiting(what: string): string {
  return `still waiting for ${what}`;
}

function nameOf(whose: string, what: Awaited): string {
  switch (what.kind) {
    case "import":
      return `${whose}, slot ${what.slot}, to import ${near(what.module)}`;
    case "init":
      return `${whose}, slot ${what.slot}, to run its init, ${near(addressOf(what.run))}`;
    case "fold": {
      const at = what.index === undefined
        ? "to be loaded"
        : `at the value of job ${jobNumber(what.index)}`;
      return `the fold of ${whose}, ${at}`;
    }
    case "input":
      return `the next input of ${whose}`;
    default:
      return what satisfies never;
  }
}

function addressOf({ module, path }: FunctionRef): string {
  return `${module}#${path.join(".")}`;
}
