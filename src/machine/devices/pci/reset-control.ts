import type { Stateful } from '../device';

const ResetBits = { HARD: 2, RESET: 4 } as const;

/** Reset control register of the PIIX3, port 0xcf9 (Intel 290550): 06h resets the machine. */
export class ResetControl implements Stateful<number> {
  private value = 0;

  constructor(private readonly onReset: () => void) {}

  read(): number {
    return this.value;
  }

  write(value: number): void {
    this.value = value & ResetBits.HARD;
    if ((value & ResetBits.RESET) !== 0) this.onReset();
  }

  save(): number {
    return this.value;
  }

  restore(state: number): void {
    this.value = state;
  }

  reset(): void {
    this.value = 0;
  }
}
