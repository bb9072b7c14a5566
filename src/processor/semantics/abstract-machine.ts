import { Raised, type RaisedNumber } from '../reasons/arithmetic';
import { SS, State, gprSlot, segmentSlot, Segment } from '../state/layout';
import type {
  Expression,
  MemoryPlace,
  MemoryWidth,
  SegmentChoice,
  Slot,
  Statement,
} from './expression';
import { Flags } from './flags';
import type { Form, OperandShape, VectorWidth } from './form';
import { type SlowPath, slowPathNumber } from './slow-path';
import { Value } from './value';
import { Vector } from './vector';

/** An operand of the instruction, or a register: something that can be read and written. */
export interface Access {
  readonly width: MemoryWidth;
  read(): Value;
  /** Reads a place that will then be written: a memory operand faults as a write does. */
  readForUpdate(): Value;
  write(value: Value): void;
}

/**
 * The machine that an instruction definition talks to. What it is told becomes a list of statements
 * over typed expression trees; nothing is executed here.
 */
export class AbstractMachine {
  readonly flags = new Flags(this);
  private list: Statement[] = [];
  private locals = 0;

  constructor(readonly form: Form) {}

  /** The tree of the form's definition. */
  static build(form: Form, define: (m: AbstractMachine) => void): Statement[] {
    const m = new AbstractMachine(form);
    define(m);
    return m.list;
  }

  /** The operand size in bits: 16, 32 or 64. */
  get size(): 16 | 32 | 64 {
    return this.form.operandSize;
  }

  operand(index: number): Access {
    const shape = this.shape(index);
    switch (shape.kind) {
      case 'register':
        return this.registerAccess({ kind: 'operand', index }, shape.width);
      case 'memory':
        return this.memoryAccess(this.recordPlace(ofValue(shape.width)));
      case 'immediate':
        return this.immediateAccess();
      default:
        throw new Error(`${this.form.mnemonic}: operand ${String(index)} has no value`);
    }
  }

  /** The shape of an operand, for definitions that depend on it. */
  shape(index: number): OperandShape {
    const shape = this.form.operands[index];
    if (!shape) throw new Error(`${this.form.mnemonic} has no operand ${String(index)}`);
    return shape;
  }

  /** A general-purpose register by its encoding (0 = RAX … 15 = R15). */
  register(index: number, width: MemoryWidth): Access {
    return this.registerAccess({ kind: 'state', address: gprSlot(index) }, width);
  }

  /** AH. */
  highByteOfRax(): Access {
    return this.registerAccess({ kind: 'state', address: gprSlot(0) + 1 }, 8);
  }

  /** The immediate, truncated to `width`. */
  immediate(width: MemoryWidth): Value {
    return new Value({ op: 'field', width: 64, field: 'immediate' }).resize(width);
  }

  /** The second immediate (of ENTER), truncated to `width`. */
  secondImmediate(width: MemoryWidth): Value {
    return new Value({ op: 'field', width: 64, field: 'target' }).resize(width);
  }

  /** The offset that the memory operand names, without its segment. */
  effectiveAddress(): Value {
    return this.let(new Value({ op: 'effectiveAddress', width: 64 }));
  }

  /** The address size as a mask: 2^16 - 1, 2^32 - 1 or all ones. */
  addressMask(): Value {
    return new Value({ op: 'field', width: 64, field: 'addressMask' });
  }

  /**
   * Writes an address-sized register (a count or string pointer) that was `whole` before: 16 bits
   * leave the upper part alone, 32 bits clear it (SDM 1 3.4.1.1).
   */
  writeAddressRegister(index: number, whole: Value, value: Value, mask: Value): void {
    const keep = mask.eq(0xffff).select(whole.and(~0xffffn), Value.constant(64, 0));
    this.register(index, 64).write(keep.or(value));
  }

  /** Writes CX, ECX or RCX by the address size. */
  writeCounter(value: Value, mask: Value): void {
    this.writeAddressRegister(1, this.register(1, 64).read(), value, mask);
  }

  /**
   * The operand of a bit test. With a register as bit index a memory operand names a bit string:
   * the word accessed lies (index >> log2 width) words away (SDM 2A BT).
   */
  bitOperand(index: number): Access {
    const shape = this.shape(index);
    if (shape.kind !== 'memory' || this.shape(1).kind !== 'register') return this.operand(index);
    const width = ofValue(shape.width);
    const bit = this.operand(1).read().signExtend(64);
    const words = bit.sar(Math.log2(width)).shl(Math.log2(width / 8));
    const offset = this.let(this.effectiveAddress().add(words).and(this.addressMask()));
    return this.memoryAccess({ segment: 'record', offset: offset.expression, width });
  }

  /** RIP of the following instruction. */
  nextRip(): Value {
    return new Value({ op: 'nextRip', width: 64 });
  }

  /** Binds a value so that using it several times computes it once. */
  let(value: Value): Value {
    return new Value(this.bind(value.expression));
  }

  /** The same for a vector. */
  letVector(value: Vector): Vector {
    return new Vector(this.bind(value.expression));
  }

  private bind(value: Expression): Expression {
    if (value.op === 'constant' || value.op === 'local') return value;
    const id = this.local();
    this.tell({ do: 'let', id, value });
    return { op: 'local', width: value.width, id };
  }

  /** A local that has not been used. */
  local(): number {
    return this.locals++;
  }

  tell(statement: Statement): void {
    this.list.push(statement);
  }

  readState(address: number, width: MemoryWidth): Value {
    return this.readSlot({ kind: 'state', address }, width);
  }

  writeState(address: number, width: MemoryWidth, value: Value): void {
    this.list.push({
      do: 'writeState',
      slot: { kind: 'state', address },
      width,
      value: value.expression,
    });
  }

  load(segment: SegmentChoice, offset: Value, width: MemoryWidth): Value {
    return this.memoryAccess({ segment, offset: offset.expression, width }).read();
  }

  store(segment: SegmentChoice, offset: Value, value: Value): void {
    const width = value.width as MemoryWidth;
    const place = { segment, offset: offset.expression, width };
    this.list.push({ do: 'store', place, value: value.expression });
  }

  /** Pushes `value` (16, 32 or 64 bits); a fault leaves RSP as it was. */
  push(value: Value): void {
    const rsp = this.register(4, 64).read();
    const mask = this.stackMask();
    const top = this.let(rsp.sub(value.width / 8).and(mask));
    this.store(SS, top, value);
    this.setStackPointer(rsp, mask, top);
  }

  /** Pops `width` bits; a fault leaves RSP as it was. */
  pop(width: MemoryWidth): Value {
    const rsp = this.register(4, 64).read();
    const mask = this.stackMask();
    const value = this.load(SS, rsp.and(mask), width);
    this.setStackPointer(rsp, mask, rsp.add(width / 8).and(mask));
    return value;
  }

  /** What the stack pointer is anded with (SDM 1 6.2.3: stack-address size). */
  stackMask(): Value {
    return this.readState(State.STACK_MASK, 64);
  }

  setStackPointer(old: Value, mask: Value, pointer: Value): void {
    this.register(4, 64).write(old.and(mask.not()).or(pointer));
  }

  /** The base of a segment as it is added to offsets. */
  segmentBase(index: number): Value {
    return this.readState(segmentSlot(index) + Segment.EFFECTIVE_BASE, 64);
  }

  if(condition: Value, then: () => void, otherwise: () => void = () => undefined): void {
    this.list.push({
      do: 'if',
      condition: condition.expression,
      then: this.collect(then),
      otherwise: this.collect(otherwise),
    });
  }

  /** Runs the body, and again while the condition it gives holds. Each round leaves complete state. */
  repeat(body: () => Value): void {
    let again: Value | undefined;
    const statements = this.collect(() => {
      again = this.let(body());
    });
    if (again) this.list.push({ do: 'repeat', body: statements, again: again.expression });
  }

  /** Where `jumpRelative` leads. */
  relativeTarget(): Value {
    const offset = new Value({ op: 'field', width: 64, field: 'target' });
    return this.readState(State.RIP_BASE, 64).add(offset).resize(this.size);
  }

  /**
   * A near branch to where no instruction can be is #GP(0) of the branch itself, before it has done anything (SDM 2A
   * JMP, CALL, 2B RET). What does nothing else before it jumps leaves this to `jumpRelative`.
   */
  requireTarget(target: Value): void {
    const biased = target.resize(64).add(this.readState(State.TARGET_BIAS, 64));
    this.if(this.readState(State.TARGET_SPAN, 64).ltU(biased), () => {
      this.raise(this.size === 64 ? Raised.TARGET_NOT_CANONICAL : Raised.TARGET_BEYOND_LIMIT);
    });
  }

  /** Continues at `target` (a RIP, any width). */
  jump(target: Value): void {
    this.list.push({ do: 'jump', target: target.resize(64).expression });
  }

  /** Continues at the record's own target: RIP-relative, truncated to the operand size. */
  jumpRelative(): void {
    this.list.push({ do: 'jumpRelative', mask: (1n << BigInt(this.size)) - 1n });
  }

  /** One of the faults that trees raise; see `reasons/arithmetic.ts`. */
  raise(number: RaisedNumber): void {
    this.list.push({ do: 'raise', number });
  }

  /** Leaves the rest to TypeScript. */
  slow(path: SlowPath): void {
    this.list.push({ do: 'slow', path: slowPathNumber(path) });
  }

  private collect(body: () => void): Statement[] {
    const outer = this.list;
    this.list = [];
    body();
    const inner = this.list;
    this.list = outer;
    return inner;
  }

  private recordPlace(width: MemoryWidth): MemoryPlace {
    return { segment: 'record', offset: this.effectiveAddress().expression, width };
  }

  private readSlot(slot: Slot, width: MemoryWidth): Value {
    const id = this.locals++;
    this.list.push({ do: 'readState', id, slot, width });
    return new Value({ op: 'local', width, id });
  }

  private registerAccess(slot: Slot, width: MemoryWidth): Access {
    const read = (): Value => this.readSlot(slot, width);
    const write = (value: Value): void => {
      // Writing 32 bits clears the upper half (SDM 1 3.4.1.1); 8 and 16 leave the rest alone.
      const whole = width === 32 ? 64 : width;
      const truncated = value.resize(width).resize(whole);
      this.list.push({ do: 'writeState', slot, width: whole, value: truncated.expression });
    };
    return { width, read, readForUpdate: read, write };
  }

  private memoryAccess(place: MemoryPlace): Access {
    const { width } = place;
    let update: number | undefined;
    return {
      width,
      read: () => {
        const id = this.locals++;
        this.list.push({ do: 'load', id, place });
        return new Value({ op: 'local', width, id });
      },
      readForUpdate: () => {
        const id = this.locals++;
        update = this.locals++;
        this.list.push({ do: 'loadForUpdate', id, update, place });
        return new Value({ op: 'local', width, id });
      },
      write: (value) => {
        const expression = value.resize(width).expression;
        if (update === undefined) this.list.push({ do: 'store', place, value: expression });
        else this.list.push({ do: 'storeUpdate', update, place, value: expression });
      },
    };
  }

  /** An immediate operand takes the width of the operand it is combined with. */
  private immediateAccess(): Access {
    const first = this.form.operands[0];
    const width = first && 'width' in first ? ofValue(first.width) : this.size;
    const read = (): Value => this.immediate(width);
    const write = (): void => {
      throw new Error(`${this.form.mnemonic}: an immediate cannot be written`);
    };
    return { width, read, readForUpdate: read, write };
  }
}

/** The width of an operand that is a value, no vector. */
function ofValue(width: MemoryWidth | VectorWidth): MemoryWidth {
  if (width === 128 || width === 256) throw new Error('a vector is no value');
  return width;
}
