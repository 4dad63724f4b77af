/**
 * Notes that the slot itself is at work from now on, and not a module of the user.
 *
 * @module
 */

import { note } from "./learning_notes.ts";

note("own");
