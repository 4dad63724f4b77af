import { assertEquals } from "@std/assert";
import { type Turn, Turns } from "../../lib/host/turns.ts";

const turnOf = (rank: number, retried: number[], act = () => {}): Turn => ({
  rank,
  retry: () => {
    retried.push(rank);
    act();
  },
});

Deno.test("Turns.enter() gives as many slots as there are, and tells who waits when one is back", () => {
  const busy: number[] = [];
  const retried: number[] = [];
  const turns = new Turns(2, (now) => busy.push(now));
  const [a, b, c] = [1, 2, 3].map((rank) => turnOf(rank, retried)) as [Turn, Turn, Turn];
  assertEquals([turns.enter(a), turns.enter(a), turns.enter(b), turns.enter(c)], [
    ...[true, true, false, false],
  ]);
  turns.leave();
  assertEquals(retried, [2, 3]);
  assertEquals(busy, [1, 2, 1]);
});

Deno.test("Turns.mayGoOn() holds up who has a slot while somebody waits whose jobs came earlier", () => {
  const retried: number[] = [];
  const turns = new Turns(1);
  const early: Turn = turnOf(1, retried, () => turns.enter(early));
  const late = turnOf(2, retried);
  assertEquals(turns.enter(late), true);
  assertEquals(turns.mayGoOn(late), true);
  assertEquals(turns.enter(early), false);
  assertEquals(turns.mayGoOn(late), false);
  turns.leave();
  assertEquals(retried, [1]);
  assertEquals(turns.mayGoOn(early), true);
  turns.leave();
  assertEquals(retried, [1, 2]);
});

Deno.test("Turns.forget() holds up nobody for who has gone", () => {
  const turns = new Turns(1);
  const [early, late] = [turnOf(1, []), turnOf(2, [])];
  turns.enter(late);
  turns.enter(early);
  turns.forget(early);
  assertEquals(turns.mayGoOn(late), true);
});
