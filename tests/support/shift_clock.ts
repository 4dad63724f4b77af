/**
 * The clock of a thread set wrong, by as many ms as its URL says; to be imported before anything reads it.
 *
 * @module
 */

const shiftMs = Number(new URL(self.location.href).searchParams.get("shift"));
const now = Date.now;
Date.now = () => now() + shiftMs;
