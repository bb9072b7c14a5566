import { Decoder, DecoderOptions, Formatter, FormatterSyntax, Instruction, OpKind } from 'iced-x86';

/** One line of a disassembly. */
export interface DisassembledRow {
  readonly address: bigint;
  readonly bytes: Uint8Array;
  /** In NASM's syntax; `db …` for bytes that are no instruction. */
  readonly text: string;
  readonly valid: boolean;
}

/** The name to show for an address, such as `print` or `print+0x8`; undefined to show the number. */
export type SymbolResolver = (address: bigint) => string | undefined;

export interface DisassembleOptions {
  /** At most so many rows. */
  readonly count?: number;
  readonly symbols?: SymbolResolver | undefined;
}

const HEX_BRANCH = /0x[0-9a-f]+$/i;

const hex = (byte: number): string => `0x${byte.toString(16).padStart(2, '0')}`;

/** Turns machine code into NASM text by iced-x86. Call `free` when done: it keeps objects outside of the JS heap. */
export class Disassembler {
  private readonly formatter = new Formatter(FormatterSyntax.Nasm);
  private readonly instruction = new Instruction();

  constructor() {
    const { formatter } = this;
    formatter.hexPrefix = '0x';
    formatter.hexSuffix = '';
    formatter.uppercaseHex = false;
    formatter.spaceAfterOperandSeparator = true;
    formatter.branchLeadingZeros = false;
    formatter.showBranchSize = false;
    formatter.ripRelativeAddresses = false;
  }

  /**
   * Disassembles bytes that lie at `address` (the instruction pointer's value there) in code of the given mode. Bytes
   * at the end that are only the beginning of an instruction become `db` rows.
   */
  disassemble(
    bytes: Uint8Array,
    bits: 16 | 32 | 64,
    address: bigint,
    options: DisassembleOptions = {},
  ): DisassembledRow[] {
    const decoder = new Decoder(bits, bytes, DecoderOptions.None);
    const rows: DisassembledRow[] = [];
    const limit = options.count ?? Infinity;
    try {
      decoder.ip = BigInt.asUintN(64, address);
      while (decoder.canDecode && rows.length < limit) {
        const start = decoder.position;
        decoder.decodeOut(this.instruction);
        if (this.instruction.isInvalid) {
          // One byte at a time, so that the decoder finds its feet again.
          rows.push(this.dataRow(bytes, start, address));
          decoder.position = start + 1;
          decoder.ip = BigInt.asUintN(64, address + BigInt(start + 1));
          continue;
        }
        rows.push({
          address: BigInt.asUintN(64, address + BigInt(start)),
          bytes: bytes.slice(start, start + this.instruction.length),
          text: this.text(options.symbols),
          valid: true,
        });
      }
    } finally {
      decoder.free();
    }
    return rows;
  }

  private dataRow(bytes: Uint8Array, start: number, address: bigint): DisassembledRow {
    const byte = bytes[start] ?? 0;
    return {
      address: BigInt.asUintN(64, address + BigInt(start)),
      bytes: bytes.slice(start, start + 1),
      text: `db ${hex(byte)}`,
      valid: false,
    };
  }

  /** The formatter's text with the branch target or absolute address named. */
  private text(symbols: SymbolResolver | undefined): string {
    const { instruction } = this;
    const text = this.formatter.format(instruction);
    if (!symbols) return text;
    const kind = instruction.opCount > 0 ? instruction.op0Kind : OpKind.Register;
    if (
      kind === OpKind.NearBranch16 ||
      kind === OpKind.NearBranch32 ||
      kind === OpKind.NearBranch64
    ) {
      const name = symbols(instruction.nearBranchTarget);
      return name === undefined ? text : text.replace(HEX_BRANCH, name);
    }
    if (instruction.isIpRelMemoryOperand) {
      const name = symbols(instruction.ipRelMemoryAddress);
      return name === undefined ? text : text.replace(/\[rel 0x[0-9a-f]+\]/i, `[rel ${name}]`);
    }
    return text;
  }

  free(): void {
    this.formatter.free();
    this.instruction.free();
  }
}
