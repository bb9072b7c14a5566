import type { Decision } from './decision';
import type { Span } from './diagnostics';
import type { Expression } from './expression';
import type { Token } from './tokens';

/** Sizes of operands in bits; 0 when the source names none. */
export type OperandSize = 0 | 8 | 16 | 32 | 64 | 80 | 128 | 256 | 512;

/** EVEX decorations after an operand: `{k1}`, `{z}`, `{1to8}`, `{rn-sae}`, `{sae}`. */
export interface Decoration {
  readonly mask?: number;
  readonly zeroing?: boolean;
  readonly broadcast?: number;
  readonly rounding?: number;
  readonly suppressExceptions?: boolean;
}

interface OperandCommon {
  readonly span: Span;
  /** `byte`, `word`, … before the operand. */
  readonly size: OperandSize;
  readonly strict: boolean;
  readonly decoration?: Decoration | undefined;
}

export interface RegisterOperand extends OperandCommon {
  readonly kind: 'register';
  readonly register: number;
  /** `to st1`. */
  readonly to: boolean;
}

export interface ImmediateOperand extends OperandCommon {
  readonly kind: 'immediate';
  readonly distance: Distance;
  readonly value: Expression;
}

/** `segment:offset`. */
export interface FarOperand extends OperandCommon {
  readonly kind: 'far';
  readonly selector: Expression;
  readonly offset: Expression;
}

export interface MemoryOperand extends OperandCommon {
  readonly kind: 'memory';
  readonly distance: Distance;
  readonly address: Expression;
  /** Segment register before a colon, 0 when none. */
  readonly segment: number;
  readonly relative: 'rel' | 'abs' | undefined;
  readonly nosplit: boolean;
  /** Width of the displacement (`[byte rax+5]`, `[dword 5]`) in bits. */
  readonly displacementSize: OperandSize;
  /** `a16`, `a32` or `a64` inside the brackets. */
  readonly addressSize: 0 | 16 | 32 | 64;
  /** The first register written alone is the base; one written `reg*1` is not (NASM manual 3.3). */
  readonly hint: AddressHint | undefined;
}

export type AddressHint = { readonly register: number; readonly base: boolean } | 'summed';

export type Distance = 'short' | 'near' | 'far' | undefined;

export type Operand = RegisterOperand | ImmediateOperand | FarOperand | MemoryOperand;

/** `{vex3}` and its kin before a mnemonic: which encoding to choose (NASM manual 3.2.6? ). */
export type EncodingPrefix = 'rex' | 'vex' | 'vex2' | 'vex3' | 'evex';

export interface Prefixes {
  /** Names such as `lock`, `rep`, `bnd`, `xacquire`. */
  readonly words: readonly string[];
  readonly segment: number;
  readonly operandSize: 0 | 16 | 32 | 64;
  readonly addressSize: 0 | 16 | 32 | 64;
  readonly encoding: EncodingPrefix | undefined;
}

export type DataItem =
  | { readonly kind: 'expression'; readonly value: Expression; readonly span: Span }
  | { readonly kind: 'string'; readonly bytes: Uint8Array; readonly span: Span }
  | { readonly kind: 'reserve'; readonly span: Span }
  | {
      readonly kind: 'repeat';
      readonly count: Expression;
      readonly items: readonly SizedItem[];
      readonly span: Span;
    };

/** A data item in a `dup` list may have its own size. */
export interface SizedItem {
  readonly item: DataItem;
  readonly size: number | undefined;
}

/** An instruction as it is written. */
export interface InstructionBody {
  readonly kind: 'instruction';
  readonly mnemonic: string;
  readonly prefixes: Prefixes;
  readonly operands: readonly Operand[];
  /** Registers and plain numbers are all it is made of: its values are the same in every pass. */
  readonly constant: boolean;
  /** What was decided about it, where it is constant. */
  decision: Decision | undefined;
}

export type Body =
  | InstructionBody
  | { readonly kind: 'data'; readonly size: number; readonly items: readonly DataItem[] }
  | { readonly kind: 'reserve'; readonly size: number; readonly count: Expression }
  | { readonly kind: 'equ'; readonly value: Expression }
  | {
      readonly kind: 'incbin';
      readonly path: string;
      /** The file's name in quotes. */
      readonly span: Span;
      readonly skip: Expression | undefined;
      readonly length: Expression | undefined;
    }
  | {
      readonly kind: 'align';
      readonly reserve: boolean;
      readonly boundary: Expression;
      /** What to fill with; `nop` when undefined. */
      readonly fill: Body | undefined;
    }
  | {
      readonly kind: 'directive';
      readonly name: string;
      readonly arguments: readonly Token[];
      /** Written in brackets (NASM manual 8): `__SECT__` goes on to stand for the section before. */
      readonly primitive: boolean;
    }
  | { readonly kind: 'empty' };

export interface Label {
  readonly name: string;
  readonly span: Span;
  /** It stands alone and without a colon: what to say if nothing uses it and it looks like a misspelled instruction. */
  readonly orphan?: { readonly misspelled: string | undefined };
}

/** One line after macro expansion. */
export interface Statement {
  readonly label: Label | undefined;
  readonly times: readonly Expression[];
  readonly body: Body;
  /** The mnemonic's or directive's place. */
  readonly span: Span;
  /** The line in the source, then the lines in the bodies of the macros that it came from. */
  readonly chain: readonly Span[];
  /** What the pass before decided about its instruction, where that is not constant. */
  decision: Decision | undefined;
}
