export interface Look {
  readonly waiting?: number;
  readonly running: readonly number[];
  readonly slots: number;
}
export class TimeLeft {
  ended(_ms: number): void {}
  look(_look: Look): readonly [low: number, high: number] | undefined {
    return undefined;
  }
}
