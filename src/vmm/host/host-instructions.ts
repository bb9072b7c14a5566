import { writeXcr0 } from '../../processor/extended-state/xcr0';
import { Fault } from '../../processor/faults';
import type { Processor } from '../../processor/processor';
import { cpuid } from '../../processor/system/cpuid';
import { readMsr, writeMsr } from '../../processor/system/msr';
import { timeStampCounter } from '../../processor/system/time';
import { packAnswer } from '../cpuid-answer';

/** Instructions that the monitor executes on the host's processor in ring 0. */
export class HostInstructions {
  constructor(private readonly cpu: Processor) {}

  cpuid(leaf: number, subleaf: number): bigint {
    return packAnswer(cpuid(this.cpu.state, leaf, subleaf));
  }

  rdmsr(number: number): bigint {
    return readMsr(this.cpu, number);
  }

  /** Whether the processor accepted the value: it raises #GP(0) for those it does not. */
  wrmsr(number: number, value: bigint): boolean {
    return this.accepts(() => {
      writeMsr(this.cpu, number, value);
    });
  }

  /** XCR0; the same. */
  xsetbv(value: bigint): boolean {
    return this.accepts(() => {
      writeXcr0(this.cpu.state, value);
    });
  }

  private accepts(write: () => void): boolean {
    try {
      write();
      return true;
    } catch (thrown) {
      if (thrown instanceof Fault) return false;
      throw thrown;
    }
  }

  rdtsc(): bigint {
    return timeStampCounter(this.cpu);
  }

  setCr2(value: bigint): void {
    this.cpu.state.cr2 = value;
  }

  cr8(): bigint {
    return this.cpu.state.cr8;
  }

  setCr8(value: bigint): void {
    this.cpu.state.cr8 = value;
  }

  debugRegister(number: number): bigint {
    return this.cpu.state.dr[number] ?? 0n;
  }

  setDebugRegister(number: number, value: bigint): void {
    this.cpu.state.dr[number] = value;
  }

  in(port: number, bytes: 1 | 2 | 4): number {
    return this.cpu.bus.readPort(port, bytes);
  }

  out(port: number, bytes: 1 | 2 | 4, value: number): void {
    this.cpu.bus.writePort(port, bytes, value);
  }
}
