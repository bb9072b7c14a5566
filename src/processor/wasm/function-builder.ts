import { EMPTY_BLOCK, Op, ValueType, signedLeb, unsignedLeb } from './encoding';

/** Writes the body of one WebAssembly function, instruction by instruction. */
export class FunctionBuilder {
  private readonly code: number[] = [];
  private readonly locals: ValueType[] = [];

  constructor(
    /** The function's index in its module. */
    readonly index: number,
    private readonly params: readonly ValueType[],
  ) {}

  /** A fresh local of the given type; gives its index. */
  local(type: ValueType): number {
    return this.params.length + this.locals.push(type) - 1;
  }

  op(...opcodes: number[]): this {
    this.code.push(...opcodes);
    return this;
  }

  /** An instruction with one unsigned immediate (a local, global, function or label index). */
  opIndex(opcode: number, index: number): this {
    this.code.push(opcode);
    unsignedLeb(this.code, index);
    return this;
  }

  get(local: number): this {
    return this.opIndex(Op.localGet, local);
  }

  set(local: number): this {
    return this.opIndex(Op.localSet, local);
  }

  tee(local: number): this {
    return this.opIndex(Op.localTee, local);
  }

  i32(value: number): this {
    this.code.push(Op.i32Const);
    signedLeb(this.code, BigInt(value | 0));
    return this;
  }

  i64(value: bigint): this {
    this.code.push(Op.i64Const);
    signedLeb(this.code, value);
    return this;
  }

  /** A load or store at `offset` bytes past the address on the stack; no alignment is promised. */
  memory(opcode: number, offset: number): this {
    this.code.push(opcode, 0);
    unsignedLeb(this.code, offset);
    return this;
  }

  call(functionIndex: number): this {
    return this.opIndex(Op.call, functionIndex);
  }

  callIndirect(type: number): this {
    this.opIndex(Op.callIndirect, type);
    this.code.push(0);
    return this;
  }

  /** `if … end`, or `if … else … end`; `result` is the type both arms leave on the stack. */
  if(then: () => void, otherwise?: () => void, result?: ValueType): this {
    this.op(Op.if, result ?? EMPTY_BLOCK);
    then();
    if (otherwise) {
      this.op(Op.else);
      otherwise();
    }
    return this.op(Op.end);
  }

  block(opcode: typeof Op.block | typeof Op.loop, body: () => void): this {
    this.op(opcode, EMPTY_BLOCK);
    body();
    return this.op(Op.end);
  }

  brTable(labels: readonly number[], otherwise: number): this {
    this.code.push(Op.brTable);
    unsignedLeb(this.code, labels.length);
    for (const label of labels) unsignedLeb(this.code, label);
    unsignedLeb(this.code, otherwise);
    return this;
  }

  toBytes(): number[] {
    const out: number[] = [];
    unsignedLeb(out, this.locals.length);
    for (const type of this.locals) out.push(1, type);
    for (const byte of this.code) out.push(byte);
    out.push(Op.end);
    return out;
  }
}
