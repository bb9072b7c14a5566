import { cacheBase, windowBase, type Bits } from './window';
import type { Branch, Mark } from './mark';

/** Numbers of registers, as instructions encode them. */
export const Reg = { RCX: 1, RDX: 2, RBX: 3, RSP: 4, RSI: 6, RDI: 7 } as const;

/** What the instructions that are being written stand for. */
interface Context {
  readonly kind: Mark['kind'];
  readonly rip: bigint;
  /** Registers that lie in the page of data, in the order of its places. */
  readonly spilled: readonly number[];
  /** How many bytes the stack has more than before the guest's instruction. */
  readonly pushed: number;
  readonly afterSti: boolean;
}

/** Opcodes of short jumps. */
export const JCXZ = 0xe3;
export const JMP = 0xeb;

/** REX prefix of 64-bit operands, and the bits that extend ModRM's reg, SIB's index, and the base (SDM 2A 2.2.1). */
export const Rex = { W: 0x48, R: 4, X: 2, B: 1 } as const;
const SS_PREFIX = 0x36;

/**
 * Writes machine code for the translation cache, instruction by instruction, and notes of each what it stands
 * for. Helper instructions change no flags, and reach the page of data by RIP, or by SS, which is flat.
 */
export class Emitter {
  readonly bytes: number[] = [];
  readonly marks: Mark[] = [];
  readonly branches: Branch[] = [];
  private context: Context = { kind: 'exit', rip: 0n, spilled: [], pushed: 0, afterSti: false };
  private begins = false;

  /** @param start offset in the cache */
  constructor(
    readonly bits: Bits,
    readonly start: number,
  ) {}

  get wide(): boolean {
    return this.bits === 64;
  }

  /** Offset in the cache of what is written next. */
  get here(): number {
    return this.start + this.bytes.length;
  }

  /** What comes stands for the guest's instruction at a RIP, or for none. */
  begin(rip: bigint, kind: Mark['kind'] = 'instruction', afterSti = false): void {
    this.context = { kind, rip, spilled: [], pushed: 0, afterSti };
    this.begins = kind === 'instruction';
  }

  /** One instruction. @param counts whether it completes the guest's */
  put(bytes: readonly number[], counts = false): void {
    const { begins } = this;
    this.marks.push({ at: this.here, begins, counts, ...this.context });
    this.begins = false;
    this.bytes.push(...bytes);
  }

  /** Registers begin, or cease, to lie in the page of data. */
  spilled(...registers: readonly number[]): void {
    this.context = { ...this.context, spilled: registers };
  }

  pushed(bytes: number): void {
    this.context = { ...this.context, pushed: bytes };
  }

  /** An instruction with a memory operand in the page of data. @param immediate bytes behind the operand */
  withData(
    opcode: readonly number[],
    reg: number,
    offset: number,
    { immediate = [] as readonly number[], counts = false } = {},
  ): void {
    const modrm = ((reg & 7) << 3) | 5;
    if (!this.wide) {
      const address = Number(windowBase(32)) + offset;
      this.put([SS_PREFIX, ...opcode, modrm, ...dword(address), ...immediate], counts);
      return;
    }
    const length = 1 + opcode.length + 5 + immediate.length;
    const distance = Number(windowBase(64) - cacheBase(64)) + offset - (this.here + length);
    const rex = Rex.W | (reg > 7 ? Rex.R : 0);
    this.put([rex, ...opcode, modrm, ...dword(distance), ...immediate], counts);
  }

  store(offset: number, reg: number): void {
    this.withData([0x89], reg, offset);
  }

  load(reg: number, offset: number, counts = false): void {
    this.withData([0x8b], reg, offset, { counts });
  }

  /** @param value 31 bits */
  storeValue(offset: number, value: number, counts = false): void {
    this.withData([0xc7], 0, offset, { immediate: dword(value), counts });
  }

  /** An instruction on registers, of the size of addresses. */
  sized(bytes: readonly number[], counts = false): void {
    this.put(this.wide ? [Rex.W, ...bytes] : bytes, counts);
  }

  /** MOV reg, [RSP + offset]. */
  loadStack(reg: number, offset = 0): void {
    this.sized([0x8b, 0x44 | (reg << 3), 0x24, offset]);
  }

  /** MOV [RSP], reg. */
  storeStack(reg: number): void {
    this.sized([0x89, 0x44 | (reg << 3), 0x24, 0]);
  }

  /** LEA reg, [base + distance]. */
  add(reg: number, base: number, distance: number): void {
    const sib = base === Reg.RSP ? [0x24] : [];
    this.sized([0x8d, 0x80 | (reg << 3) | base, ...sib, ...dword(distance)]);
  }

  /** LEA reg, [reg + index]. */
  addRegister(reg: number, index: number): void {
    this.sized([0x8d, 0x04 | (reg << 3), (index << 3) | reg]);
  }

  /** The linear address of something in the page of data. Only in 64-bit code, where it cannot be a displacement. */
  addressOf(reg: number, offset: number): void {
    this.withData([0x8d], reg, offset);
  }

  loadValue(reg: number, value: bigint): void {
    if (this.wide) this.put([Rex.W, 0xb8 | reg, ...quad(value)]);
    else this.put([0xb8 | reg, ...dword(Number(BigInt.asUintN(32, value)))]);
  }

  /** The bytes of a register that POPF's classes and the lookup go by: MOVZX ECX, CH and MOVZX ECX, CL. */
  highByteOfRcx(): void {
    this.put([0x0f, 0xb6, 0xcd]);
  }

  lowByteOfRcx(): void {
    this.put([0x0f, 0xb6, 0xc9]);
  }

  /**
   * A short jump ahead: JRCXZ or JECXZ, or JMP.
   *
   * @returns what is called where it leads
   */
  ahead(opcode: typeof JCXZ | typeof JMP, counts = false): () => void {
    this.put([opcode, 0], counts);
    const from = this.bytes.length;
    return () => {
      this.bytes[from - 1] = this.bytes.length - from;
    };
  }

  /** UD2: the monitor does the guest's instruction. */
  callOut(): void {
    this.put([0x0f, 0x0b]);
  }

  /** Jumps to what stands for the code at a RIP: to the stub at the block's end, until that is known. */
  branch(opcode: readonly number[], target: bigint, counts: boolean): void {
    this.put([...opcode, 0, 0, 0, 0], counts);
    this.branches.push({ at: this.here - 4, stub: 0, target });
  }

  /** On to the code at a RIP: the guest's instructions are all done. */
  connect(target: bigint): void {
    this.begin(target, 'exit');
    this.branch([0xe9], target, false);
  }

  /** The stubs to which branches go as long as nobody has translated what they lead to. */
  finish(): void {
    for (const branch of this.branches) {
      branch.stub = this.here;
      this.begin(branch.target, 'exit');
      this.callOut();
      dword(distanceTo(branch.at, branch.stub)).forEach((byte, n) => {
        this.bytes[branch.at - this.start + n] = byte;
      });
    }
  }
}

/** What a branch holds whose last four bytes lie at an offset. */
export const distanceTo = (at: number, target: number): number => target - (at + 4);

export const dword = (value: number): number[] => [
  value & 0xff,
  (value >> 8) & 0xff,
  (value >> 16) & 0xff,
  (value >> 24) & 0xff,
];

export const quad = (value: bigint): number[] => {
  const bits = BigInt.asUintN(64, value);
  return [...dword(Number(bits & 0xffffffffn)), ...dword(Number(bits >> 32n))];
};
