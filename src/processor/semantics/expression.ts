import type { RaisedNumber } from '../reasons/arithmetic';
/**
 * The typed expression trees that instruction definitions build and that every engine reads.
 *
 * A value has a width in bits (1 for conditions) and is unsigned; an operation that cares about the
 * sign says so. Expressions are pure: whatever reads the machine is a statement that binds a local.
 */

export type ValueWidth = 1 | 8 | 16 | 32 | 64;

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
  | { readonly kind: 'operand'; readonly index: number };

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
    };

/** Which segment an access goes through: the record's (DS, SS or the override), or a fixed one. */
export type SegmentChoice = 'record' | number;

export type MemoryWidth = 8 | 16 | 32 | 64;

export interface MemoryPlace {
  readonly segment: SegmentChoice;
  /** The offset in the segment, already truncated to the address size. */
  readonly offset: Expression;
  readonly width: MemoryWidth;
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
