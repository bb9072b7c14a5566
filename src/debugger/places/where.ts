import { labelled, withNote } from '../../isa/phrases';
import { LONGEST_INSTRUCTION } from '../../isa/instructions/length';
import { Disassembler } from '../../program';
import type { DebugMemory } from '../memory';
import { linearRip, modeOf, type Registers } from '../registers/registers';
import { nearestSymbol, placeIn, type Programs } from './program-place';

/** What of a world says where it is. */
export interface Scene {
  readonly registers: Registers;
  readonly memory: DebugMemory;
  readonly known: Programs;
}

/** Where a world is: the instruction that comes next, and what is known of it. */
export interface Where {
  /** Linear address. */
  readonly address: bigint;
  readonly file?: string | undefined;
  readonly line?: number | undefined;
  /** `print+0x8` */
  readonly symbol?: string | undefined;
  /** Disassembled as the processor decodes it; absent where nothing can be read. */
  readonly instruction?: string | undefined;
}

export function whereIs({ registers, memory, known }: Scene): Where {
  const address = linearRip(registers);
  const place = placeIn(known, address, memory);
  const line = place?.entry.chain[0];
  return {
    address,
    file: line?.file,
    line: line?.line,
    symbol: place && nearestSymbol(place.program, place.address, 0n, place.entry.section),
    instruction: instructionAt(registers, memory, address),
  };
}

export function instructionAt(
  registers: Registers,
  memory: DebugMemory,
  address: bigint,
): string | undefined {
  const { data } = memory.read('gva', address, LONGEST_INSTRUCTION);
  if (data.length === 0) return undefined;
  const disassembler = new Disassembler();
  try {
    const { bits } = modeOf(registers);
    return disassembler.disassemble(data, bits, registers.rip, { count: 1 })[0]?.text;
  } finally {
    disassembler.free();
  }
}

/** `main+0x8 (kernel.asm:12: mov ds, ax)`; the address where the program has no symbol. */
export function whereText({ address, file, line, symbol, instruction }: Where): string {
  const name = symbol ?? `0x${address.toString(16)}`;
  const source = file && line !== undefined ? `${baseName(file)}:${String(line)}` : undefined;
  if (source === undefined || instruction === undefined) {
    return withNote(name, source ?? instruction ?? '');
  }
  return withNote(name, labelled(source, instruction));
}

const baseName = (path: string): string => path.slice(path.search(/[^/\\]*$/));
