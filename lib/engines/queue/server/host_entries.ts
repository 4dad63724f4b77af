/**
 * The hosts that are registered on a server, each under a name of its own.
 *
 * @module
 */

import { hasEnded, statFields } from "../../system/proc.ts";
import { Fault } from "../../../fault.ts";
import type { HostRecord } from "../messages.ts";
import { BEAT_MS } from "./run_entries.ts";
import {
  areTexts,
  idOf,
  isRecord,
  jobOf,
  overwrite,
  pack,
  packedIn,
  type SharedQueues,
  unpack,
} from "./shared_queues.ts";
import { sleep } from "./open_server.ts";

/** How often it is looked whether a host says something, in ms. */
const LOOK_MS = 500;

/** A process, where a system tells one from others that had its number. */
interface ProcessMark {
  /** Which start of which machine it runs on, and in which container. */
  readonly machine: string;
  readonly pid: number;
  readonly startedAt: string;
}

export interface HostEntry {
  readonly host: HostRecord;
  /** Tells it from others of its name. */
  readonly owner: string;
  readonly lockMs: number;
  readonly process?: ProcessMark;
  /** When it said last that it is there, by the clock of the server. */
  readonly beat: number;
}

export async function hostsOn({ hosts }: SharedQueues): Promise<readonly HostEntry[]> {
  return [...await packedIn(hosts)].flatMap(([id, value]) => readEntry(id, value) ?? []);
}

/** What stands among the hosts, and is none, by its ids. */
export async function noHostsOn({ hosts }: SharedQueues): Promise<readonly string[]> {
  return [...await packedIn(hosts)].filter(([id, value]) => !readEntry(id, value))
    .map(([id]) => id);
}

/** Those that have been heard of lately. Others are removed; one that was only slow registers again. */
export async function freshHosts(queues: SharedQueues): Promise<readonly HostEntry[]> {
  const entries = await hostsOn(queues);
  const silent = entries.filter(isSilent);
  await Promise.all(silent.map(({ host: { name } }) => queues.hosts.remove(idOf(name))));
  return entries.filter((entry) => !silent.includes(entry));
}

/**
 * Whether nothing was heard of a host for so long that its slices have gone to others; one that lives says soon again what
 * it said at a time that has not come.
 */
export function isSilent({ beat, lockMs }: HostEntry): boolean {
  return Math.abs(Date.now() - beat) > silenceMs(lockMs);
}

function silenceMs(lockMs: number): number {
  return Math.max(3 * BEAT_MS, lockMs);
}

/** A host's own entry. */
export class OwnEntry {
  readonly #queues: SharedQueues;
  readonly #owner: string = crypto.randomUUID();
  readonly #lockMs: number;
  host: HostRecord;
  #isRemoved = false;
  /** What it says of itself, one after another: what came after its removal would be there for ever. */
  #beats: Promise<void> = Promise.resolve();

  constructor(queues: SharedQueues, host: HostRecord, lockMs: number) {
    this.#queues = queues;
    this.host = host;
    this.#lockMs = lockMs;
  }

  /**
   * Takes the name. If another host has it, waits until that one says something, or has been silent for too long.
   *
   * @throws {Fault} If another host has it and is alive.
   */
  async take(): Promise<void> {
    const { hosts } = this.#queues;
    const id = idOf(this.host.name);
    let heard: { readonly beat: number; readonly at: number } | undefined;
    for (;;) {
      await hosts.add("entry", this.#packed(), { jobId: id });
      const entry = readEntry(id, unpack(await jobOf(hosts, id)));
      if (entry?.owner === this.#owner) return;
      if (!entry || isSilent(entry) || hasDied(entry.process)) {
        await hosts.remove(id);
        heard = undefined;
        continue;
      }
      // If its clock was wrong, its entry may seem young for ever.
      heard ??= { beat: entry.beat, at: performance.now() };
      if (heard.beat !== entry.beat || lives(entry.process)) throw taken(entry);
      if (performance.now() - heard.at > silenceMs(entry.lockMs)) await hosts.remove(id);
      else await sleep(LOOK_MS);
    }
  }

  /** Says that the host is there, and what it does. */
  beat(): Promise<void> {
    return this.#beats = this.#beats.catch(() => {}).then(() => this.#beat());
  }

  async #beat(): Promise<void> {
    if (this.#isRemoved) return;
    const { hosts } = this.#queues;
    const id = idOf(this.host.name);
    const entry = readEntry(id, unpack(await jobOf(hosts, id)));
    // It was silent for too long, and another host has its name now.
    if (entry && entry.owner !== this.#owner && !isSilent(entry)) return;
    if (await overwrite(hosts, id, this.#packed())) return;
    await hosts.add("entry", this.#packed(), { jobId: id });
  }

  async remove(): Promise<void> {
    this.#isRemoved = true;
    await this.#beats.catch(() => {});
    const { hosts } = this.#queues;
    const id = idOf(this.host.name);
    const entry = readEntry(id, unpack(await jobOf(hosts, id)));
    if (entry?.owner === this.#owner) await hosts.remove(id);
  }

  #packed() {
    const entry: HostEntry = {
      host: this.host,
      owner: this.#owner,
      lockMs: this.#lockMs,
      ...OWN_PROCESS === undefined ? {} : { process: OWN_PROCESS },
      beat: Date.now(),
    };
    return pack(entry);
  }
}

function taken({ host: { name }, process }: HostEntry): Fault {
  const who = lives(process) ? `, process ${process?.pid} of this machine` : "";
  return new Fault(
    "engine",
    `Cannot join the queue as "${name}": a host of that name serves it${who}`,
    {
      hint: "give this one another name",
    },
  );
}

const OWN_PROCESS = ownProcess();

/** Nothing where that cannot be seen. */
function ownProcess(): ProcessMark | undefined {
  try {
    const boot = Deno.readTextFileSync("/proc/sys/kernel/random/boot_id").trim();
    const container = Deno.readLinkSync("/proc/self/ns/pid");
    const machine = `${boot} ${container}`;
    return { machine, pid: Deno.pid, startedAt: startOf(Deno.pid) };
  } catch {
    return undefined;
  }
}

/** Whether it is known of a process that it has ended. */
function hasDied(process: ProcessMark | undefined): boolean {
  return isOfThisMachine(process) && !lives(process);
}

/** Whether it is known of a process that it has not ended. */
function lives(process: ProcessMark | undefined): boolean {
  if (!process || !isOfThisMachine(process) || hasEnded(process.pid)) return false;
  try {
    return startOf(process.pid) === process.startedAt;
  } catch {
    return false;
  }
}

function isOfThisMachine(process: ProcessMark | undefined): boolean {
  return process !== undefined && process.machine === OWN_PROCESS?.machine;
}

/** When a process was started, since the machine was. */
function startOf(pid: number): string {
  const { 19: start = "" } = statFields(pid);
  return start;
}

function isMark(value: unknown): boolean {
  return isRecord(value) && typeof value.machine === "string" &&
    Number.isSafeInteger(value.pid) && typeof value.startedAt === "string";
}

/** More slots than any host has. */
const MOST_SLOTS = 1_000_000;

/** Anybody may have put it there who has the password: nothing if it is no entry. */
function readEntry(id: string, value: unknown): HostEntry | undefined {
  if (!isRecord(value) || !isRecord(value.host)) return undefined;
  const { owner, lockMs, beat, process, host: { name, slots, busy, tasks, bundles } } = value;
  const isCount = (count: unknown) =>
    Number.isSafeInteger(count) && (count as number) >= 0 && (count as number) <= MOST_SLOTS;
  const is = typeof name === "string" && isCount(slots) && isCount(busy) && areTexts(tasks) &&
    (bundles === "any" || bundles === "none" || areTexts(bundles)) &&
    typeof owner === "string" && typeof lockMs === "number" && typeof beat === "number" &&
    (process === undefined || isMark(process));
  return is && idOf(name) === id ? value as unknown as HostEntry : undefined;
}
