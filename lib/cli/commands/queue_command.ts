/**
 * `fanfold queue`: what is on a server.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import { printRecord } from "../../output/records.ts";
import type { Command } from "../command.ts";
import { cleanedLines, depthOf, queueLines } from "../queue_text.ts";
import { optionsNamed } from "../request/options.ts";

const FORMATS = ["text", "json"] as const;

export interface QueueRequest {
  /** Where the server is. */
  readonly url: string;
  readonly cleans: boolean;
  readonly isJson: boolean;
}

export const queueCommand: Command<QueueRequest> = {
  name: "queue",
  options: optionsNamed("clean", "format", "help"),
  examples: [
    "fanfold queue redis://localhost",
    "fanfold queue postgres://me@db/jobs --clean",
  ],
  reading: { choices: { format: FORMATS } },
  read({ operands, options: { clean, format } }) {
    const [url, ...more] = operands;
    if (url === undefined || more.length > 0) {
      // A URL may hold a password.
      const found = url === undefined ? "nothing" : `${operands.length} operands`;
      throw new Fault("usage", `Cannot look at a queue: found ${found}, wanted the URL of one`, {
        hint: "fanfold queue redis://localhost, or postgres://localhost/NAME",
      });
    }
    return { url, cleans: clean !== undefined, isJson: format === "json" };
  },
  async carryOut({ url, cleans, isJson }, { stdout }) {
    const { connect } = await import("../../engines/queue/server/connect.ts");
    const broker = await connect(url);
    try {
      if (cleans) {
        const cleaned = await broker.clean();
        await printRecord(stdout, isJson, { ...cleaned }, () => cleanedLines(cleaned));
      } else {
        const state = await broker.look();
        const record = { ...state, depth: depthOf(state) };
        await printRecord(stdout, isJson, record, () => queueLines(state));
      }
    } finally {
      await broker.close();
    }
    return 0;
  },
};
