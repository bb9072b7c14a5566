import type { RaisedNumber } from '../reasons/arithmetic';
import type { LaneWidth, VectorBinary, VectorShift, VectorUnary } from '../wasm/simd';
/**
 * The typed expression trees that instruction definitions build and that every engine reads.
 *
 * A value has a width in bits (1 for conditions) and is unsigned; an operation that cares about the
 * sign says so. A value of 128 bits is a vector: what is done with it is done with its lanes. Expressions are pure: whatever reads the machine is a statement that binds a local.
 */

export type ValueWidth = 1 | 8 | 16 | 32 | 64 | 128;

export type BinaryOperator =
  | 'add'
  | 'sub'
  | 'mul'
  | 'and'
  | 'or'
  | 'xor'
  /** Shifts take a count of the same width; a count of 64 or more is the author's error. */
  | 'shl'
  | 'shr'
  | 'sar'
  /** Division by zero, and the most negative by -1, are the author's to exclude. */
  | 'divU'
  | 'divS'
  | 'remU'
  | 'remS'
  /** The high half of the double-width product (64-bit operands). */
  | 'mulHighU'
  | 'mulHighS';

export type Comparison = 'eq' | 'ne' | 'ltU' | 'leU' | 'ltS' | 'leS';

export type Conversion =
  /** To a larger width with zeros; to a smaller one by dropping high bits. */
  | 'resize'
  /** To a larger width with the sign. */
  | 'signExtend';

export type Unary = 'clz' | 'ctz' | 'popcount';

export type RecordField = 'immediate' | 'target' | 'addressMask';

/** A place in the decoded record that names a state slot: a register operand or the address segment. */
export type Slot =
  | { readonly kind: 'state'; readonly address: number }
  /** Of a register operand, `offset` bytes in it. */
  | { readonly kind: 'operand'; readonly index: number; readonly offset?: number };

export type Expression =
  | { readonly op: 'constant'; readonly width: ValueWidth; readonly value: bigint }
  | { readonly op: 'local'; readonly width: ValueWidth; readonly id: number }
  | { readonly op: 'field'; readonly width: 64; readonly field: RecordField }
  | { readonly op: 'nextRip'; readonly width: 64 }
  | { readonly op: 'effectiveAddress'; readonly width: 64 }
  | {
      readonly op: 'binary';
      readonly width: ValueWidth;
      readonly operator: BinaryOperator;
      readonly a: Expression;
      readonly b: Expression;
    }
  | {
      readonly op: 'compare';
      readonly width: 1;
      readonly comparison: Comparison;
      readonly a: Expression;
      readonly b: Expression;
    }
  | {
      readonly op: 'convert';
      readonly width: ValueWidth;
      readonly conversion: Conversion;
      readonly a: Expression;
    }
  | {
      readonly op: 'unary';
      readonly width: ValueWidth;
      readonly operator: Unary;
      readonly a: Expression;
    }
  | {
      readonly op: 'select';
      readonly width: ValueWidth;
      readonly condition: Expression;
      readonly then: Expression;
      readonly otherwise: Expression;
    }
  | VectorExpression
  | FromVector;

/** What gives a vector, out of vectors and of values that go into its lanes. */
export type VectorExpression =
  | {
      readonly op: 'vectorUnary';
      readonly width: 128;
      readonly operator: VectorUnary;
      readonly lane: LaneWidth;
      readonly a: Expression;
    }
  | {
      readonly op: 'vectorBinary';
      readonly width: 128;
      readonly operator: VectorBinary;
      readonly lane: LaneWidth;
      readonly a: Expression;
      readonly b: Expression;
    }
  | {
      readonly op: 'bitwise';
      readonly width: 128;
      /** andnot: a and not b. */
      readonly operator: 'and' | 'or' | 'xor' | 'andnot';
      readonly a: Expression;
      readonly b: Expression;
    }
  /** The bits of a where the mask has ones, of b where it has zeros. */
  | {
      readonly op: 'bitselect';
      readonly width: 128;
      readonly a: Expression;
      readonly b: Expression;
      readonly mask: Expression;
    }
  /** Every lane by one count (64 bits, below the lane's width). */
  | {
      readonly op: 'vectorShift';
      readonly width: 128;
      readonly operator: VectorShift;
      readonly lane: LaneWidth;
      readonly a: Expression;
      readonly count: Expression;
    }
  | {
      readonly op: 'splat';
      readonly width: 128;
      readonly lane: LaneWidth;
      readonly a: Expression;
    }
  | {
      readonly op: 'replaceLane';
      readonly width: 128;
      readonly lane: LaneWidth;
      readonly index: number;
      readonly a: Expression;
      readonly value: Expression;
    }
  /** Sixteen bytes out of those of a (0 to 15) and b (16 to 31). */
  | {
      readonly op: 'shuffle';
      readonly width: 128;
      readonly bytes: readonly number[];
      readonly a: Expression;
      readonly b: Expression;
    }
  /** Byte n is the byte of a whose number is byte n of b, 0 where that is above 15. */
  | {
      readonly op: 'swizzle';
      readonly width: 128;
      readonly a: Expression;
      readonly b: Expression;
    };

/** What is taken out of a vector. */
export type FromVector =
  | {
      readonly op: 'extractLane';
      readonly width: LaneWidth;
      readonly index: number;
      readonly a: Expression;
    }
  /** The highest bits of the lanes. */
  | {
      readonly op: 'bitmask';
      readonly width: 64;
      readonly lane: LaneWidth;
      readonly a: Expression;
    }
  | { readonly op: 'anyTrue'; readonly width: 1; readonly a: Expression };

/** Which segment an access goes through: the record's (DS, SS or the override), or a fixed one. */
export type SegmentChoice = 'record' | number;

export type MemoryWidth = 8 | 16 | 32 | 64;

export interface MemoryPlace<Width extends number = MemoryWidth> {
  readonly segment: SegmentChoice;
  /** The offset in the segment, already truncated to the address size. */
  readonly offset: Expression;
  readonly width: Width;
}

/** A place of a vector, or of two that follow each other. */
export interface VectorPlace extends MemoryPlace<128 | 256> {
  /** The linear address must be a multiple of the width: #GP(0) otherwise. */
  readonly aligned: boolean;
}

export type Statement =
  | { readonly do: 'let'; readonly id: number; readonly value: Expression }
  | {
      readonly do: 'readState';
      readonly id: number;
      readonly slot: Slot;
      readonly width: MemoryWidth;
    }
  | {
      readonly do: 'writeState';
      readonly slot: Slot;
      readonly width: MemoryWidth;
      readonly value: Expression;
    }
  /** 128 bits of a state slot, `offset` bytes in it. */
  | {
      readonly do: 'readVector';
      readonly id: number;
      readonly slot: Slot;
      readonly offset: number;
    }
  | {
      readonly do: 'writeVector';
      readonly slot: Slot;
      readonly offset: number;
      readonly value: Expression;
    }
  /** One local, or two, the lower half first. */
  | { readonly do: 'loadVector'; readonly ids: readonly number[]; readonly place: VectorPlace }
  | {
      readonly do: 'storeVector';
      readonly place: VectorPlace;
      readonly values: readonly Expression[];
    }
  | { readonly do: 'load'; readonly id: number; readonly place: MemoryPlace }
  /** A load that will be followed by a store to the same place: it faults as a write does. */
  | {
      readonly do: 'loadForUpdate';
      readonly id: number;
      readonly update: number;
      readonly place: MemoryPlace;
    }
  | {
      readonly do: 'storeUpdate';
      readonly update: number;
      readonly place: MemoryPlace;
      readonly value: Expression;
    }
  | { readonly do: 'store'; readonly place: MemoryPlace; readonly value: Expression }
  | {
      readonly do: 'if';
      readonly condition: Expression;
      readonly then: readonly Statement[];
      readonly otherwise: readonly Statement[];
    }
  /** Repeats the body while `again` is 1, at most REPEAT_LIMIT times; then the instruction is run again. */
  | { readonly do: 'repeat'; readonly body: readonly Statement[]; readonly again: Expression }
  /** Leaves the instruction for `target` (a RIP). */
  | { readonly do: 'jump'; readonly target: Expression }
  /** Leaves the instruction for the record's own target. */
  | { readonly do: 'jumpRelative'; readonly mask: bigint }
  | { readonly do: 'raise'; readonly number: RaisedNumber }
  /** Hands the instruction over to a slow path in TypeScript, by its place in the list of slow paths. */
  | { readonly do: 'slow'; readonly path: number };
