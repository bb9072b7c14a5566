import { Field } from '../../../isa/vmx/fields';
import type { PhysicalMemory } from '../../physical-memory';
import type { Vmcs } from '../vmcs';

/** Vectors of one register of 256 bits lie in words of 32 that are 16 bytes apart (SDM 3A 11.8.4). */
const wordOfVector = (register: number, vector: number): number => register + 16 * (vector >>> 5);

/**
 * The virtual-APIC page (SDM 3C 30.1.1): a page of host-physical memory with the registers of a local
 * APIC at their usual offsets (`Apic`). Nothing of it is kept elsewhere.
 */
export class VirtualApicPage {
  constructor(
    private readonly memory: PhysicalMemory,
    private readonly vmcs: Vmcs,
  ) {}

  /** Its host-physical address. */
  get address(): number {
    return Number(this.vmcs.read(Field.VIRTUAL_APIC_PAGE_ADDR));
  }

  /** A register of 32 bits. */
  read(offset: number): number {
    return this.memory.read32(this.address + offset);
  }

  write(offset: number, value: number): void {
    this.memory.write32(this.address + offset, value >>> 0);
  }

  /** 64 bits from an offset, as RDMSR takes them of one register. */
  read64(offset: number): bigint {
    return this.memory.read64(this.address + offset);
  }

  /** @param register the first word of VIRR or VISR */
  addVector(register: number, vector: number): void {
    const at = wordOfVector(register, vector);
    this.write(at, this.read(at) | (1 << (vector & 31)));
  }

  removeVector(register: number, vector: number): void {
    const at = wordOfVector(register, vector);
    this.write(at, this.read(at) & ~(1 << (vector & 31)));
  }

  /** The largest vector that is set; 0 when none is. */
  highestVector(register: number): number {
    for (let vector = 224; vector >= 0; vector -= 32) {
      const bits = this.read(wordOfVector(register, vector));
      if (bits !== 0) return vector + 31 - Math.clz32(bits);
    }
    return 0;
  }
}
