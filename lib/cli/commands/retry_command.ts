/**
 * `fanfold retry`: what did not end well in a run, and what it has not come to.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { Args } from "../request/args.ts";
import type { Command, Io } from "../command.ts";
import { keptLine } from "../kept/kept_line.ts";

/** See the module. */
export const retryCommand: Command = {
  name: "retry",
  operands: "RUN",
  description: "do again what failed in a run, and what it has not come to",
  options: ["state-dir", "help"],
  examples: ["fanfold retry 20260131-235959-1a2b3c", "fanfold retry 20260131-23"],
  takesOperands: true,
  run: retry,
};

async function retry(args: Args, io: Io): Promise<number> {
  const [named, more] = args.operands;
  if (named === undefined || more !== undefined) {
    const found = named === undefined ? "none" : `"${more}" too`;
    throw new Fault("usage", `Cannot run fanfold retry: wanted one run, found ${found}`);
  }
  const { runId, state, command, args: own } = await keptLine(args, named, "retry");
  const { resume: _, ...options } = own.options;
  const again: Args = {
    ...own,
    options: { ...options, "resume-failed": runId, "state-dir": state },
  };
  return await command.run(again, io);
}
