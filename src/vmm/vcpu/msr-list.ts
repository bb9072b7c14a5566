import type { MsrStore } from '../../processor/state/cpu-state';
import { VcpuLayout } from './layout';

const { MSRS, MSR_COUNT, MSR_SIZE, END } = VcpuLayout;
const CAPACITY = (END - MSRS) / MSR_SIZE;

/** The MSRs of a virtual processor that are plain storage, in its area. */
export class MsrList implements MsrStore {
  /** @param view the area */
  constructor(private readonly view: DataView) {}

  get(number: number): bigint | undefined {
    const at = this.find(number);
    return at === undefined ? undefined : this.view.getBigUint64(at + 8, true);
  }

  set(number: number, value: bigint): void {
    this.view.setBigUint64((this.find(number) ?? this.append(number)) + 8, value, true);
  }

  clear(): void {
    this.count = 0;
  }

  [Symbol.iterator](): Iterator<[number, bigint]> {
    const entries = Array.from({ length: this.count }, (_, n): [number, bigint] => {
      const at = MSRS + n * MSR_SIZE;
      return [this.view.getUint32(at, true), this.view.getBigUint64(at + 8, true)];
    });
    return entries.values();
  }

  private find(number: number): number | undefined {
    for (let at = MSRS; at < this.end; at += MSR_SIZE) {
      if (this.view.getUint32(at, true) === number) return at;
    }
    return undefined;
  }

  private append(number: number): number {
    const { count, end } = this;
    if (count === CAPACITY) throw new RangeError(`more than ${String(CAPACITY)} MSRs`);
    this.view.setUint32(end, number, true);
    this.view.setUint32(end + 4, 0, true);
    this.count = count + 1;
    return end;
  }

  private get end(): number {
    return MSRS + this.count * MSR_SIZE;
  }

  private get count(): number {
    return Math.min(CAPACITY, this.view.getUint32(MSR_COUNT, true));
  }

  private set count(count: number) {
    this.view.setUint32(MSR_COUNT, count, true);
  }
}
