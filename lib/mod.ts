/**
 * fanfold.
 *
 * @module
 */

export { gather, type GatherOptions, type Place } from "./gather.ts";
