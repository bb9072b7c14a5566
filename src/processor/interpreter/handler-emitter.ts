import { Rec, Run, RECORD_SIZE, State } from '../state/layout';
import type { Expression, Slot, Statement } from '../semantics/expression';
import { Op, ValueType } from '../wasm/encoding';
import { V128 } from '../wasm/simd';
import type { FunctionBuilder } from '../wasm/function-builder';
import { ExpressionEmitter } from './expression-emitter';
import type { Helpers } from './helpers';
import { LOAD, MemoryEmitter, STORE, type Embedding } from './memory-emitter';

/**
 * Writes one handler: a function that takes the address of a decoded record, does what the tree says,
 * and gives the address of the record to go on with (0: leave the interpreter; RIP is then in state).
 */
export class HandlerEmitter {
  private readonly expressions: ExpressionEmitter;
  private readonly memory: MemoryEmitter;

  constructor(
    private readonly f: FunctionBuilder,
    private readonly helpers: Helpers,
    /** The local that holds the record's address. */
    private readonly record: number,
    private readonly embedding: Embedding,
  ) {
    this.expressions = new ExpressionEmitter(f, helpers, record);
    this.memory = new MemoryEmitter(f, helpers, record, embedding, this.expressions);
  }

  /** The whole body: the statements, then on to the next record. */
  body(statements: readonly Statement[]): void {
    this.statements(statements);
    this.f.get(this.record).i32(RECORD_SIZE).op(Op.i32Add);
    this.embedding.leave();
  }

  private statements(list: readonly Statement[]): void {
    for (const statement of list) this.statement(statement);
  }

  private statement(s: Statement): void {
    switch (s.do) {
      case 'let':
        this.value(s.value);
        this.f.set(this.expressions.localFor(s.id, s.value.width));
        return;
      case 'readState':
        this.slotAddress(s.slot);
        this.f.memory(LOAD[s.width], slotOffset(s.slot)).set(this.expressions.localFor(s.id));
        return;
      case 'writeState':
        this.slotAddress(s.slot);
        this.expressions.anyValue(s.value);
        this.f.memory(STORE[s.width], slotOffset(s.slot));
        return;
      case 'readVector':
        this.slotAddress(s.slot);
        this.f.vectorMemory(V128.load, slotOffset(s.slot) + s.offset);
        this.f.set(this.expressions.localFor(s.id, 128));
        return;
      case 'writeVector':
        this.slotAddress(s.slot);
        this.value(s.value);
        this.f.vectorMemory(V128.store, slotOffset(s.slot) + s.offset);
        return;
      case 'loadVector':
        this.memory.loadVector(s.place, s.ids);
        return;
      case 'storeVector':
        this.memory.storeVector(s.place, s.values);
        return;
      case 'load':
        this.memory.load(s.place, s.id);
        return;
      case 'loadForUpdate':
        this.memory.loadForUpdate(s.place, s.id, s.update);
        return;
      case 'store':
        this.memory.store(s.place, s.value);
        return;
      case 'storeUpdate':
        this.memory.storeUpdate(s.place, s.update, s.value);
        return;
      case 'if':
        this.expressions.condition(s.condition);
        this.f.if(
          () => {
            this.statements(s.then);
          },
          s.otherwise.length > 0
            ? () => {
                this.statements(s.otherwise);
              }
            : undefined,
        );
        return;
      case 'repeat':
        this.repeat(s.body, s.again);
        return;
      case 'jump':
        this.value(s.target);
        this.embedding.publish();
        this.f.call(this.helpers.lookup);
        this.embedding.leave();
        return;
      case 'jumpRelative':
        this.jumpRelative(s.mask);
        return;
      case 'raise':
        this.embedding.publish();
        this.f.i32(s.number).call(this.helpers.raise).op(Op.unreachable);
        return;
      case 'slow':
        this.embedding.publish();
        this.f.i32(s.path).get(this.record).call(this.helpers.slow);
        this.embedding.leave();
        return;
    }
  }

  private value(expression: Expression): void {
    this.expressions.value(expression);
  }

  private slotAddress(slot: Slot): void {
    if (slot.kind === 'state') this.f.i32(0);
    else this.f.get(this.record).memory(Op.i32Load16U, Rec.OPERANDS + 2 * slot.index);
  }

  private repeat(body: readonly Statement[], again: Expression): void {
    const { f } = this;
    const left = f.local(ValueType.I32);
    f.i32(0).memory(Op.i32Load, State.REPEAT_LIMIT).set(left);
    f.block(Op.loop, () => {
      this.statements(body);
      this.expressions.condition(again);
      f.if(() => {
        f.get(left).i32(1).op(Op.i32Sub).tee(left).opIndex(Op.brIf, 1);
        this.countRounds(left);
        f.get(this.record);
        this.embedding.leave();
      });
    });
    this.countRounds(left);
  }

  /** Rounds take the place of instructions that are left: so many less are started. */
  private countRounds(left: number): void {
    const { f } = this;
    const rounds = f.local(ValueType.I32);
    const add = (slot: number): void => {
      f.i32(0).i32(0).memory(Op.i32Load, slot).get(rounds).op(Op.i32Add).memory(Op.i32Store, slot);
    };
    f.i32(0).memory(Op.i32Load, State.REPEAT_LIMIT).get(left).op(Op.i32Sub).set(rounds);
    add(Run.ROUNDS);
    f.i32(0).memory(Op.i32Load, Run.REMAINING).get(rounds).op(Op.i32LtS);
    f.if(() => {
      f.i32(0).memory(Op.i32Load, Run.REMAINING).set(rounds);
    });
    add(Run.HELD_BACK);
    f.i32(0).i32(0).memory(Op.i32Load, Run.REMAINING).get(rounds).op(Op.i32Sub);
    f.memory(Op.i32Store, Run.REMAINING);
  }

  /** Within the page the record remembers its target's record; otherwise TypeScript finds it. */
  private jumpRelative(mask: bigint): void {
    const { f } = this;
    const target = f.local(ValueType.I32);
    f.get(this.record).memory(Op.i32Load, Rec.TARGET_RECORD).tee(target);
    f.if(() => {
      f.get(target);
      this.embedding.leave();
    });
    this.embedding.publish();
    f.get(this.record);
    f.i32(0).memory(Op.i64Load, State.RIP_BASE);
    f.get(this.record).memory(Op.i64Load, Rec.TARGET).op(Op.i64Add);
    if (mask !== 0xffffffffffffffffn) f.i64(mask).op(Op.i64And);
    f.call(this.helpers.branch);
    this.embedding.leave();
  }
}

/** The part of a slot's address that is known beforehand. */
function slotOffset(slot: Slot): number {
  return slot.kind === 'state' ? slot.address : (slot.offset ?? 0);
}
