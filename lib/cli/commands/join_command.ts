/**
 * `fanfold join`: this machine as a host of a queue.
 *
 * @module
 */

import { Fault } from "../../fault.ts";
import type { HostRecord } from "../../engines/queue/messages.ts";
import { Served } from "../../engines/queue/modules/served.ts";
import { connect } from "../../engines/queue/server/connect.ts";
import { forgetCredentials, readAddress } from "../../engines/queue/server/server_address.ts";
import { DURATION, durationHint, parseDuration } from "../../rules/quantities.ts";
import { parseSlots } from "../../rules/jobs.ts";
import { ruleOptions } from "../../rules/rules.ts";
import { findTasksFile } from "../../tasks_file/find.ts";
import type { Command } from "../command.ts";
import type { Args } from "../request/args.ts";
import { optionsNamed } from "../request/options.ts";
import { rulesOf } from "../request/rule_options.ts";
import { loadNamed, loadWatched } from "../request/tasks_request.ts";
import { serveQueue } from "../serve_queue.ts";

/** How long a host may be silent, unless that is said, and at the least, in ms. */
const LOCK_MS = 30_000;
const LEAST_LOCK_MS = 1000;

/** What may be the name of a host: it stands in lists, and in the environment of jobs. */
const NAME = /^[\w.-]{1,64}$/;

const DIGEST = /^[\da-f]{64}$/;

export interface JoinRequest {
  /** Where the server is, perhaps with a password. */
  readonly url: string;
  readonly slots: number;
  readonly name: string;
  /** Tasks files; that of this folder or a parent, if there is one, where none is named. */
  readonly files: readonly string[];
  readonly bundles: HostRecord["bundles"];
  readonly lockMs: number;
}

export const joinCommand: Command<JoinRequest> = {
  name: "join",
  options: [
    ...ruleOptions("all").filter(({ name }) => name === "jobs"),
    ...optionsNamed("name", "tasks", "bundles", "lock", "help"),
  ],
  examples: [
    "fanfold join redis://localhost",
    "fanfold join redis://localhost -j 50% --tasks tasks/checksums.yaml",
    "fanfold join postgres://me@db/jobs --bundles any",
  ],
  read: (args) => ({
    url: urlIn(args),
    slots: rulesOf(args).slots ?? parseSlots("100%", navigator.hardwareConcurrency) ?? 1,
    name: nameIn(args),
    files: args.lists.tasks ?? [],
    bundles: bundlesIn(args),
    lockMs: lockIn(args),
  }),
  async carryOut({ url, files, bundles, name, slots, lockMs }, io) {
    // What is wrong with it is told before anything is loaded.
    const address = readAddress(url);
    forgetCredentials();
    const isFound = files.length > 0 || await findTasksFile(Deno.cwd()) !== undefined;
    if (!isFound && bundles === "none") {
      const message = "Cannot join: found no tasks file in this folder or its parents, and no " +
        "--bundles, wanted to know what to serve";
      const hint = "--tasks FILE serves the tasks of a file, --bundles any whatever runs send";
      throw new Fault("usage", message, { hint });
    }
    const named = !isFound ? [] : files.length > 0 ? files : [undefined];
    const loaded = [];
    for (const file of named) loaded.push(await loadNamed({ file }, io));
    const own = await io.ownProcess?.();
    const load = (file: string) => loadWatched(file, io);
    await using served = await Served.of(loaded, { bundles, load, folder: io.here });
    const broker = await connect(address);
    const host = { name, slots, lockMs, server: address.shown, start: own?.start };
    return await serveQueue(broker, { ...host, served, serves: served.describe() }, io);
  },
};

/** @throws {Fault} Of kind `usage`, which does not show what was found: it may hold a password. */
function urlIn({ operands }: Args): string {
  const [url, ...more] = operands;
  if (url !== undefined && more.length === 0) return url;
  const found = url === undefined ? "nothing" : `${operands.length} operands`;
  throw new Fault("usage", `Cannot join: found ${found}, wanted the URL of a server`, {
    hint: "fanfold join redis://localhost, or postgres://localhost/NAME",
  });
}

function nameIn({ options: { name = `${machineName()}-${Deno.pid}` } }: Args): string {
  if (NAME.test(name)) return name;
  const wanted = "up to 64 letters, digits, dots, dashes and underscores";
  throw new Fault("usage", `Cannot read --name: found "${name}", wanted ${wanted}`);
}

/** Name of this machine; it may not be known. */
function machineName(): string {
  try {
    return Deno.hostname().replaceAll(/[^\w.-]/g, "-").slice(0, 48) || "host";
  } catch {
    return "host";
  }
}

function bundlesIn({ lists: { bundles = [] } }: Args): HostRecord["bundles"] {
  const [first = "none", ...more] = bundles;
  if (first === "any" || first === "none") {
    if (more.length === 0) return first;
    throw new Fault("usage", `Cannot combine --bundles ${first} and --bundles ${more[0]}`);
  }
  const wrong = bundles.find((digest) => !DIGEST.test(digest));
  if (wrong === undefined) return bundles;
  const wanted = "any, none, or a digest of 64 hexadecimal digits";
  throw new Fault("usage", `Cannot read --bundles: found "${wrong}", wanted ${wanted}`);
}

function lockIn({ options: { lock } }: Args): number {
  if (lock === undefined) return LOCK_MS;
  const ms = parseDuration(lock);
  if (ms !== undefined && ms >= LEAST_LOCK_MS) return ms;
  const wanted = ms === undefined ? DURATION : "1s or more";
  throw new Fault("usage", `Cannot read --lock: found "${lock}", wanted ${wanted}`, {
    hint: durationHint(lock, "lock"),
  });
}
