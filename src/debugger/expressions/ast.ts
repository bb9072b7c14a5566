import type { Format } from '../../processor/floating-point';

/** What a memory operand is: `byte [..]`, `float [..]`. */
export interface OperandType {
  readonly name: string;
  readonly bytes: 1 | 2 | 4 | 8 | 10 | 16 | 32;
  /** Of floating-point numbers. */
  readonly format?: Format;
}

export type UnaryOperator = '-' | '+' | '~' | '!';
export type BinaryOperator =
  | '+'
  | '-'
  | '*'
  | '/'
  | '%'
  | '&'
  | '|'
  | '^'
  | '<<'
  | '>>'
  | '=='
  | '!='
  | '<'
  | '<='
  | '>'
  | '>='
  | '&&'
  | '||';

/** A parsed expression. Columns count from 1. */
export type Node = { readonly column: number } & (
  | { readonly kind: 'number'; readonly value: bigint }
  /** `1.5`, without a sign */
  | { readonly kind: 'real'; readonly text: string }
  /** A register, flag, symbol, or `vmcs.…`, `exit.…`, `guest.…`, `host.…`. */
  | { readonly kind: 'name'; readonly name: string }
  /** `xmm0.f32[1]` */
  | { readonly kind: 'element'; readonly name: string; readonly index: Node }
  | { readonly kind: 'unary'; readonly operator: UnaryOperator; readonly operand: Node }
  | {
      readonly kind: 'binary';
      readonly operator: BinaryOperator;
      readonly left: Node;
      readonly right: Node;
    }
  | { readonly kind: 'choice'; readonly condition: Node; readonly yes: Node; readonly no: Node }
  /** `dword fs:[rsp+8]` */
  | {
      readonly kind: 'memory';
      readonly address: Node;
      /** undefined: a number of the world's width. */
      readonly type: OperandType | undefined;
      readonly segment: string | undefined;
    }
  /** `cs:ip`, `0x7c0:0x10`: a far pointer, whose segment is a register or a number. */
  | { readonly kind: 'far'; readonly segment: Node; readonly offset: Node }
  /** `gpa(…)`, `msr(…)`, `phys(…)`, `st(…)`, `nan(…)` */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly argument: Node;
      readonly type: OperandType | undefined;
    }
  | { readonly kind: 'assign'; readonly target: Node; readonly value: Node }
);
