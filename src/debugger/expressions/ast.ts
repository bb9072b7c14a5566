/** How many bytes a memory operand has: `byte [..]`; undefined: the world's width. */
export type OperandSize = 1 | 2 | 4 | 8;

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
  /** A register, flag, symbol, or `vmcs.…`, `exit.…`, `guest.…`, `host.…`. */
  | { readonly kind: 'name'; readonly name: string }
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
      readonly size: OperandSize | undefined;
      readonly segment: string | undefined;
    }
  /** `cs:ip`, `0x7c0:0x10`: a far pointer, whose segment is a register or a number. */
  | { readonly kind: 'far'; readonly segment: Node; readonly offset: Node }
  /** `gpa(…)`, `msr(…)`, `phys(…)` */
  | {
      readonly kind: 'call';
      readonly name: string;
      readonly argument: Node;
      readonly size: OperandSize | undefined;
    }
  | { readonly kind: 'assign'; readonly target: Node; readonly value: Node }
);
