import { EMPTY_BLOCK, Op, ValueType, signedLeb, unsignedLeb } from './encoding';
import { SIMD_PREFIX, V128 } from './simd';

/** Writes the body of one WebAssembly function, instruction by instruction. */
export class FunctionBuilder {
  private readonly code: number[] = [];
  private readonly locals: ValueType[] = [];
  private readonly pools: Record<ValueType, number[]> = {
    [ValueType.I32]: [],
    [ValueType.I64]: [],
    [ValueType.V128]: [],
  };
  private readonly taken: Record<ValueType, number> = {
    [ValueType.I32]: 0,
    [ValueType.I64]: 0,
    [ValueType.V128]: 0,
  };
  /** How many blocks are open. */
  depth = 0;

  constructor(
    /** The function's index in its module. */
    readonly index: number,
    private readonly params: readonly ValueType[],
  ) {}

  /** A local of the given type that is not in use; gives its index. It must be set before it is read. */
  local(type: ValueType): number {
    const pool = this.pools[type];
    const number = this.taken[type]++;
    const known = pool[number];
    if (known !== undefined) return known;
    const fresh = this.params.length + this.locals.push(type) - 1;
    pool.push(fresh);
    return fresh;
  }

  /** Gives back, after `body`, the locals that it took. */
  scope(body: () => void): void {
    const before = { ...this.taken };
    body();
    Object.assign(this.taken, before);
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

  /** An instruction on v128 (`simd.ts`), with the numbers of lanes that it names. */
  simd(number: number, ...laneIndices: number[]): this {
    this.code.push(SIMD_PREFIX);
    unsignedLeb(this.code, number);
    this.code.push(...laneIndices);
    return this;
  }

  v128(value: bigint): this {
    const bytes = Array.from({ length: 16 }, (_, n) => Number((value >> BigInt(8 * n)) & 0xffn));
    return this.simd(V128.const, ...bytes);
  }

  /** A load or store of a v128, as `memory`. */
  vectorMemory(number: typeof V128.load | typeof V128.store, offset: number): this {
    this.simd(number, 0);
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
    this.depth++;
    then();
    if (otherwise) {
      this.op(Op.else);
      otherwise();
    }
    this.depth--;
    return this.op(Op.end);
  }

  block(opcode: typeof Op.block | typeof Op.loop, body: () => void): this {
    this.op(opcode, EMPTY_BLOCK);
    this.depth++;
    body();
    this.depth--;
    return this.op(Op.end);
  }

  /** Branches to the block whose body began at this `depth`. */
  branchTo(depth: number): this {
    return this.opIndex(Op.br, this.depth - depth);
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
