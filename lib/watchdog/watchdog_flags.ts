/**
 * What the main thread and the watchdog know of each other without a message.
 *
 * @module
 */

/** Places on the board. */
const HAS_HEARD = 0;
const ENDS = 1;
const AWAKE_MS = 2;
const STOPS = 3;
const IS_STOPPED = 4;
const LENGTH = 5;

/** A few numbers in memory that both threads see. */
export class WatchBoard {
  /** To be sent to the other thread. */
  readonly numbers: Int32Array<SharedArrayBuffer>;

  /** @param numbers Those of the other thread's board. @default new ones */
  constructor(
    numbers: Int32Array<SharedArrayBuffer> = new Int32Array(
      new SharedArrayBuffer(LENGTH * Int32Array.BYTES_PER_ELEMENT),
    ),
  ) {
    this.numbers = numbers;
  }

  /** Whether the main thread has heard that the program is to end. */
  get hasHeard(): boolean {
    return Atomics.load(this.numbers, HAS_HEARD) === 1;
  }

  /** Called by the main thread when it has. */
  heard(): void {
    Atomics.store(this.numbers, HAS_HEARD, 1);
  }

  /** Whether it is the caller who ends the program now: true once, for one of the threads. */
  mayEnd(): boolean {
    return Atomics.compareExchange(this.numbers, ENDS, 0, 1) === 0;
  }

  /** How often the main thread has seen to it that the program is suspended. */
  get stops(): number {
    return Atomics.load(this.numbers, STOPS);
  }

  /** Called by the main thread when it has heard that the program is to be suspended; gives whether it was already. */
  heardStop(): boolean {
    const wasStopped = Atomics.exchange(this.numbers, IS_STOPPED, 0) === 1;
    if (!wasStopped) Atomics.add(this.numbers, STOPS, 1);
    return wasStopped;
  }

  /** Called by the watchdog when it suspends the program, of which the main thread hears later. */
  stop(): void {
    Atomics.store(this.numbers, IS_STOPPED, 1);
  }

  /** For how long this process has been seen not to be stopped, in ms; begins anew after 24 days. */
  get awakeMs(): number {
    return Atomics.load(this.numbers, AWAKE_MS);
  }

  /** Called by the watchdog, which nothing keeps from looking at the clock. */
  wasAwake(ms: number): void {
    Atomics.add(this.numbers, AWAKE_MS, Math.round(ms));
  }
}

/** How a process ends that has a limit of time. */
const STATES = { runs: 0, isOver: 1, isLate: 2 } as const;

/** A process that has a limit of time, as both threads see it; the first says what has become of it. */
export class TimedProcess {
  /** To be sent to the other thread. */
  readonly state: Int32Array<SharedArrayBuffer>;

  /** @param state That of the other thread. @default a new one */
  constructor(state: Int32Array<SharedArrayBuffer> = new Int32Array(new SharedArrayBuffer(4))) {
    this.state = state;
  }

  /** Whether nothing is to be done about it any more. */
  get isOver(): boolean {
    return Atomics.load(this.state, 0) === STATES.isOver;
  }

  /** Says that it is late; false if it is over, or if that has been said. */
  makeLate(): boolean {
    return this.#change(STATES.isLate);
  }

  /** Says that it is over, or that its limit does not count any more; gives whether it was late. */
  end(): boolean {
    return Atomics.exchange(this.state, 0, STATES.isOver) === STATES.isLate;
  }

  #change(to: number): boolean {
    return Atomics.compareExchange(this.state, 0, STATES.runs, to) === STATES.runs;
  }
}
