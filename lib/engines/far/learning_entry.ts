/**
 * The far side of a process slot whose audit log is read afterwards: what it accesses itself stands there between two
 * notes.
 *
 * @module
 */

import "./learning_begin.ts";
export { importers } from "./process_entry.ts";
import { note } from "./learning_notes.ts";

// Modules of the user are imported later.
note("user");
