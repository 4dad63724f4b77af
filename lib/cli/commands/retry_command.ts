/**
 * `fanfold retry`: what did not end well in a run, and what it has not come to.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { optionsNamed } from "../request/options.ts";
import type { Command } from "../command.ts";
import { keptLine, resumedBy } from "../kept/kept_line.ts";
import type { RunNamed } from "../kept/named_run.ts";

/** See the module. */
export const retryCommand: Command<RunNamed> = {
  name: "retry",
  operands: "RUN",
  description: "do again what failed in a run, and what it has not come to",
  options: optionsNamed("state-dir", "help"),
  examples: ["fanfold retry 20260131-235959-1a2b3c", "fanfold retry 20260131-23"],
  takesOperands: true,
  read({ operands: [named, more], options }) {
    if (named !== undefined && more === undefined) return { named, stateDir: options["state-dir"] };
    const found = named === undefined ? "none" : `"${more}" too`;
    throw new Fault("usage", `Cannot run fanfold retry: wanted one run, found ${found}`);
  },
  async carryOut(request, io) {
    const line = await keptLine(request, "retry");
    return await line.command.carryOut(line.command.read(resumedBy(line)), io);
  },
};
