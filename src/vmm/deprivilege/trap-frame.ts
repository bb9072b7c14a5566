import type { PhysicalMemory } from '../../processor/physical-memory';
import { DIRECT_MAP } from '../host/address-space';

/**
 * What the processor pushes on the monitor's stack when it leaves the guest by a gate (SDM 3A 6.14.2): five words,
 * and the error code below them for vectors that have one.
 */
const WORDS = 5;
const WORD = 8n;

export class TrapFrame {
  /** @param top the linear address behind the stack's last byte */
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly top: bigint,
  ) {}

  /** Where the frame of five words begins: what IRETQ takes. */
  get pointer(): bigint {
    return this.top - BigInt(WORDS) * WORD;
  }

  get errorCode(): bigint {
    return this.read(-1);
  }

  get rip(): bigint {
    return this.read(0);
  }

  get cs(): number {
    return Number(this.read(1) & 0xffffn);
  }

  get rflags(): bigint {
    return this.read(2);
  }

  get rsp(): bigint {
    return this.read(3);
  }

  get ss(): number {
    return Number(this.read(4) & 0xffffn);
  }

  write(rip: bigint, cs: number, rflags: bigint, rsp: bigint, ss: number): void {
    [rip, BigInt(cs), rflags, rsp, BigInt(ss)].forEach((value, n) => {
      this.memory.write64(this.at(n), value);
    });
  }

  private read(word: number): bigint {
    return this.memory.read64(this.at(word));
  }

  private at(word: number): number {
    return Number(this.pointer - DIRECT_MAP) + word * Number(WORD);
  }
}
