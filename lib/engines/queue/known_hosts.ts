/**
 * What a run knows of the hosts that work for it.
 *
 * @module
 */

import type { HostRecord } from "./messages.ts";

/** How many refusals are told in one run: one of a hundred hosts is, and not each of one that makes up reasons. */
const MOST_TOLD = 200;

export class KnownHosts {
  #refusalsTold = 0;
  /** Those that have been heard of lately. */
  records: readonly HostRecord[] = [];
  readonly #numbers = new Map<string, number>();
  /** Why hosts run no jobs of a task, by task and host. */
  readonly #refusals = new Map<string, Map<string, string>>();

  /** What hosts have sent that no host sends. */
  readonly #misreports = new Set<string>();

  /** How many slots all of them have. */
  get slots(): number {
    return this.records.reduce((sum, { slots }) => sum + slots, 0);
  }

  /** How many of these are idle. */
  get idle(): number {
    return this.records.reduce((sum, { slots, busy }) => sum + Math.max(0, slots - busy), 0);
  }

  /** The number of a slot of a host, from 1: in the order in which they are first seen. */
  numberOf(host: string, slot: number): number {
    const key = `${slot} ${host}`;
    const number = this.#numbers.get(key) ?? this.#numbers.size + 1;
    this.#numbers.set(key, number);
    return number;
  }

  /** Notes that a host runs no jobs of a task; says whether that, with its reason, is new and worth telling. */
  refuse(task: string, host: string, reason: string): boolean {
    const reasons = this.#refusals.get(task) ?? new Map<string, string>();
    this.#refusals.set(task, reasons);
    const isOther = reasons.get(host) !== reason;
    reasons.set(host, reason);
    if (!isOther || this.#refusalsTold >= MOST_TOLD) return false;
    this.#refusalsTold++;
    return true;
  }

  /** Notes that a host has sent what no host sends; says whether that, with its reason, is new. */
  misreport(host: string, reason: string): boolean {
    const { size } = this.#misreports;
    return this.#misreports.add(`${host}: ${reason}`).size > size;
  }

  /** Notes that a host runs jobs of a task, whatever it has said before: there may be another of its name by now. */
  accept(task: string, host: string): void {
    this.#refusals.get(task)?.delete(host);
  }

  /** Why every host that is known runs no jobs of a task; nothing if there is one that may, or none at all. */
  refusedByAll(task: string): ReadonlyMap<string, string> | undefined {
    const reasons = this.#refusals.get(task);
    if (!reasons || this.records.length === 0) return undefined;
    return this.records.every(({ name }) => reasons.has(name)) ? reasons : undefined;
  }
}
